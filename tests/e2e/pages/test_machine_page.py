"""One machine, a new one and the trash, as a person uses them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from fuyajo.domain.drift import Baseline, document_of
from fuyajo.domain.machine import Machine, Snapshot, Trashed
from fuyajo.domain.trash import trash_name
from tests.e2e.pages.conftest import Visitors
from tests.support.browser import fits, focused, settled
from tests.support.command_line import World, machine
from tests.support.service import Service

pytestmark = pytest.mark.browser
SNAPSHOTS = (
    Snapshot("fresh", "2026-11-20T08:00:00Z", "stopped"),
    Snapshot("before", "2026-11-21T08:00:00Z", "running", "fresh", memory=True),
    Snapshot("one-way", "2026-11-22T08:00:00Z", "running", "before"),
    Snapshot("other-way", "<b>when</b>", "running", "before", current=True),
)
OLD = Trashed("old", "2026-11-20T10:00:00Z", "2126-11-20T10:00:00Z")


def buried() -> Machine:
    return machine(trash_name("uuid-old"), uuid="uuid-old", state="stopped", trashed=OLD)


def planned(page: Page, served: Service) -> list[tuple[str, str]]:
    """What the plan does, whose page this is."""
    page.wait_for_url("**/plans/p-*")
    plan = served.actor("mika").plans.load("mika", page.url.rpartition("/")[2])
    return [(change.action, change.name) for change in plan.changes]


def drifted(served: Service, there: Machine) -> None:
    was = {**document_of(there), "cpus": 4}
    taken = "2026-11-22T21:00:00+00:00"
    served.actor("mika").baselines.note(
        [Baseline(there.uuid, "mika", there.name, None, taken, "running", was)]
    )


def test_what_is_asked_of_a_machine_is_a_plan(
    window: Visitors, world: World, served: Service
) -> None:
    world.have(machine("web", snapshots=SNAPSHOTS))
    visit = window("mika")
    wishes = (
        ("form[action$='/stop'] button", ("stop", "web")),
        ("button[aria-label='Go back to fresh']", ("revert", "web")),
        ("button[aria-label='Delete before']", ("delete-snapshot", "web")),
        ("form[action$='/snapshot'] button", ("snapshot", "web")),
        ("text='Restart by force'", ("restart", "web")),
        ("form[action$='/delete'] button", ("delete", "web")),
    )
    for button, change in wishes:
        page = visit.go("/machines/web")
        page.click(button)
        assert planned(page, served) == [change]
    page = visit.go("/machines/web")
    page.fill("#new-memory", "2GiB")
    page.press("#new-memory", "Enter")
    assert planned(page, served) == [("update", "web")]
    page = visit.go("/machines/web")
    assert page.locator("section[aria-labelledby=past] li").count() == len(wishes) + 1


def test_snapshots_are_a_tree(window: Visitors, world: World) -> None:
    world.have(machine("web", snapshots=SNAPSHOTS))
    page = window("mika").go("/machines/web")
    shown = [
        (one.get_attribute("class"), one.locator("strong").inner_text())
        for one in page.locator(".tree > li").all()
    ]
    assert shown == [
        ("depth-0", "fresh"),
        ("depth-0", "before"),
        ("depth-1", "one-way"),
        ("depth-1", "other-way"),
    ]
    assert "after before" in page.locator(".tree > li").nth(2).inner_text()
    assert "with memory" in page.locator(".tree > li").nth(1).inner_text()
    assert "current" in page.locator(".tree > li").nth(3).inner_text()
    assert "<b>when</b>" in page.inner_text(".tree")


def test_sharing_is_given_and_taken_back(window: Visitors, world: World, served: Service) -> None:
    world.have(machine("web"))
    served.user("noriko", password="four words in a row")
    page = window("mika").go("/machines/web")
    page.fill("#grantee", "nobody-at-all")
    page.press("#grantee", "Enter")
    expect(page.locator("#problems li")).to_have_count(1)
    expect(page.locator("#grantee")).to_have_value("nobody-at-all")
    page.fill("#grantee", "noriko")
    page.select_option("#rights", "operate")
    page.click("form[action$='/shares'] >> text='Share'")
    expect(page.locator("section[aria-labelledby=shares] li strong")).to_have_text("noriko")
    hers = window("noriko").go("/machines/web")
    assert hers.locator("form[action$='/stop']").count() == 1
    assert hers.locator("#shares, #delete").count() == 0
    page.click("button[aria-label='Take back from noriko']")
    expect(page.locator("section[aria-labelledby=shares] li")).to_have_count(0)
    hers.reload()
    assert "web" not in hers.title()


def test_what_drifted_can_be_kept_or_put_back(
    window: Visitors, world: World, served: Service
) -> None:
    there = machine("web")
    world.have(there)
    drifted(served, there)
    visit = window("mika")
    for button, action in (("revert", "update"), ("adopt", "adopt")):
        page = visit.go("/machines/web")
        assert page.locator(".differs tbody tr").all_inner_texts()[0].startswith("CPUs\t4\t1\t")
        page.click(f"form[action$='/drift/{button}'] button")
        assert planned(page, served) == [(action, "web")]


def test_the_way_in_is_copied(window: Visitors, world: World) -> None:
    world.have(machine("web"))
    page = window("mika", permissions=["clipboard-read", "clipboard-write"]).go("/machines/web")
    page.click("[data-copy=login]")
    expect(page.locator("[data-copy=login]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.inner_text("#login")


def test_a_new_machine_from_its_template_to_its_plan(
    window: Visitors, world: World, served: Service
) -> None:
    page = window("mika").go("/machines")
    page.click("text=New machine")
    page.wait_for_url("**/machines/new")
    page.click("#template-basic-server")
    page.fill("#name", "Front Door")
    settled(page)
    page.fill("#memory", "lots")
    page.locator("#template-web-server").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#create [name='option.title']")
    settled(page)
    assert (page.input_value("#name"), page.input_value("#memory")) == ("Front Door", "lots")
    focused(page, "template-web-server")
    expect(page).to_have_url(re.compile(r"/machines/new\?template=web-server$"))
    page.press("#name", "Enter")
    expect(page.locator("#wrong-name p")).to_have_count(1)
    expect(page.locator("#wrong-memory p")).to_have_count(1)
    expect(page.locator("[aria-invalid=true]")).to_have_count(2)
    page.fill("#name", "front-door")
    page.fill("#memory", "512MiB")
    page.fill("[name='option.title']", "<b>不夜城</b>")
    page.click("#create button")
    assert planned(page, served) == [("create", "front-door")]


def test_a_new_machine_without_scripts(window: Visitors, world: World, served: Service) -> None:
    page = window("mika", java_script_enabled=False).go("/machines/new")
    page.click("#template-web-server")
    page.fill("#name", "web")
    page.fill("#count", "2")
    page.click("#create button")
    assert planned(page, served) == [("create", "web-1"), ("create", "web-2")]


def test_the_trash_brings_back_and_ends(window: Visitors, world: World, served: Service) -> None:
    world.have(buried())
    visit = window("mika")
    page = visit.go("/machines")
    page.click("a[href='/trash']")
    page.check("tbody input")
    page.click("button[value=restore]")
    assert planned(page, served) == [("recover", "old")]
    page = visit.go("/trash")
    page.click("button[value=expired]")
    expect(page.locator(".note")).to_contain_text("Nothing to do")
    page.click("button[value=empty]")
    assert planned(page, served) == [("purge", "old")]


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-GB"), ("dark", "ja-JP")])
def test_pages_are_accessible_and_fit_a_phone(
    window: Visitors, world: World, served: Service, scheme: str, locale: str
) -> None:
    there = machine("web", snapshots=SNAPSHOTS, environment="shop", max_cpus=4)
    world.have(there, machine("a-name-that-is-as-long-as-names-of-machines-may-ever-be-in-here"))
    world.have(machine("lent", owner="noriko", state="paused"), buried())
    drifted(served, there)
    visit = window("mika", color_scheme=scheme, locale=locale)
    visit.page.set_viewport_size({"width": 320, "height": 640})
    pages = ("/machines", "/machines/web", "/machines/new?template=web-server", "/trash")
    for path in pages:
        page = visit.go(path)
        assert fits(page), path
        assert visit.accessibility() == [], path
    page = visit.go("/machines/new?template=web-server")
    page.fill("#name", "Not A Name")
    page.click("#create button")
    expect(page.locator("#wrong-name p")).to_have_count(1)
    assert visit.accessibility() == []
