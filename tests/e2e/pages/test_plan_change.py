"""Changing a plan in the browser: the form, the YAML, and what is said while somebody types."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from fuyajo.domain.plan import Plan
from tests.e2e.pages.conftest import Visitors
from tests.support.browser import focused
from tests.support.plan_pages import planned
from tests.support.service import Service

pytestmark = pytest.mark.browser
HELLO = {"vms": [{"name": "hello", "template": "web-server", "memory": "1GiB"}]}
PLAN = re.compile(r"/plans/(p-[0-9a-f]{8})$")


@pytest.fixture
def plan(served: Service) -> Plan:
    return planned(served, "mika", HELLO)


def made(served: Service, page: Page, old: Plan) -> Plan:
    """The plan whose page this is."""
    page.wait_for_url(PLAN)
    found = PLAN.search(page.url)
    assert found is not None
    assert found[1] != old.id
    return served.actor("mika").plans.load("mika", found[1])


def test_a_form_makes_another_plan(window: Visitors, served: Service, plan: Plan) -> None:
    page = window("mika").go(f"/plans/{plan.id}")
    page.click("a.button:has-text('Change')")
    page.get_by_label("Memory").fill("2GiB")
    page.get_by_label("title").fill("<b>Shop</b> 店")
    page.get_by_role("button", name="Make a plan of it").click()
    fresh = made(served, page, plan)
    (vm,) = fresh.spec.vms
    assert (vm.memory_mib, vm.vars) == (2048, {"title": "<b>Shop</b> 店"})
    assert "<b>Shop</b> 店" in page.inner_text("article.plan")


def test_what_is_wrong_stands_beside_what_was_typed(window: Visitors, plan: Plan) -> None:
    page = window("mika").go(f"/plans/{plan.id}/change")
    page.get_by_label("CPUs").fill("many")
    page.get_by_label("Name", exact=True).last.fill("BAD NAME")
    page.keyboard.press("Enter")  # as people send forms
    page.wait_for_selector("#problems .problems")
    cpus = page.get_by_label("CPUs")
    expect(cpus).to_have_value("many")
    expect(cpus).to_have_attribute("aria-invalid", "true")
    told = page.locator(f"#{cpus.get_attribute('aria-describedby')}")
    expect(told).to_contain_text("wrong type")
    page.click("#problems a:has-text('vms[0].name')")
    expect(page).to_have_url(re.compile("#f-vms-0-name$"))


@pytest.mark.parametrize("scripts", [True, False])
def test_entries_come_and_go_and_the_way_changes(
    window: Visitors, served: Service, plan: Plan, scripts: bool
) -> None:
    page = window("mika", java_script_enabled=scripts).go(f"/plans/{plan.id}/change")
    page.click("text=Add a machine")
    page.wait_for_selector("#f-vms-1-name")
    page.fill("#f-vms-1-name", "second")
    page.click("text=Add a network")
    page.wait_for_selector("#f-networks-0")
    expect(page.locator("#f-vms-1-name")).to_have_value("second")
    page.click("#f-networks-0 button")
    page.wait_for_selector("#f-networks-0", state="detached")
    page.click("text=Edit as YAML")
    expect(page.locator("#text")).to_have_value(re.compile("name: second"))
    page.wait_for_load_state()
    text = page.input_value("#text")
    page.fill("#text", text.replace("second", "third"))
    page.click("text=Edit as a form")
    expect(page.locator("#f-vms-1-name")).to_have_value("third")
    page.click("text=Make a plan of it")
    assert [vm.name for vm in made(served, page, plan).spec.vms] == ["hello", "third"]


def test_yaml_is_checked_while_somebody_types(
    window: Visitors, served: Service, plan: Plan
) -> None:
    page = window("mika").go(f"/plans/{plan.id}/change?form=yaml")
    findings = page.locator("#findings")
    page.fill("#text", "vms:\n- {name: BAD, cpus: 0, wrong: 1}\n- {name: ok, memory: 1}")
    expect(findings).to_contain_text("vms[0].wrong")
    for path in ("vms[0].name", "vms[0].cpus", "vms[1].memory"):
        expect(findings).to_contain_text(path)
    page.fill("#text", "vms: [<img src=x onerror=alert(1)>]")
    expect(findings).to_contain_text("<img src=x")
    page.fill("#text", "vms: [{name: fine}]")
    expect(findings).to_contain_text("1 to create")
    focused(page, "text")
    assert served.actor("mika").plans.ids("mika") == [plan.id]
    page.click("text=Make a plan of it")
    assert [vm.name for vm in made(served, page, plan).spec.vms] == ["fine"]


def test_yaml_that_a_form_cannot_show_stays_as_it_is(window: Visitors, plan: Plan) -> None:
    page = window("mika").go(f"/plans/{plan.id}/change?form=yaml")
    page.fill("#text", "template: web-server")
    page.click("text=Edit as a form")
    expect(page.locator("#problems .problems")).to_contain_text("cannot show all")
    expect(page.locator("#text")).to_have_value("template: web-server")


def test_the_form_is_checked_as_well(window: Visitors, plan: Plan) -> None:
    page = window("mika").go(f"/plans/{plan.id}/change")
    page.get_by_label("CPUs").fill("300")
    expect(page.locator("#findings")).to_contain_text("out of range")
    page.get_by_label("CPUs").fill("2")
    expect(page.locator("#findings")).to_contain_text("1 to create")
