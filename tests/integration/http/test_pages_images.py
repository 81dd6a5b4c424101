"""Builds over plain HTTP: who may ask for them, and who sees them."""

from __future__ import annotations

from fuyajo.service import building
from tests.integration.http.test_pages_house import Asks, ask
from tests.support.service import Service

__all__ = ["ask"]
BUILD = "/images/debian-12/build"


def test_only_an_administrators_own_page_builds(api: Service, ask: Asks) -> None:
    api.user("mika", admin=True)
    api.user("noriko")
    office = ("mika", "admin")
    assert ask(("mika", "apply"), BUILD, x="").status_code == 403
    assert ask(("noriko", "apply"), BUILD, x="").status_code == 403
    assert ask(office, BUILD, ours=False, x="").status_code == 403
    assert ask(office, "/images/nothing/build", x="").status_code == 404
    assert api.app.state.database is not None
    assert building.builds(api.actor("mika")) == {}
    answer = ask(office, BUILD, x="")
    assert (answer.status_code, answer.headers["location"]) == (303, "/images#build")
    (build,) = building.builds(api.actor("mika")).values()
    assert (build.job.image, build.job.owner) == ("debian-12", "mika")


def test_a_build_is_a_run_of_who_asked_for_it(api: Service, ask: Asks) -> None:
    api.user("mika", admin=True)
    api.user("jun", admin=True)
    job = building.submit(api.actor("mika"), "debian-12")
    mine = ask(("mika", "read"), f"/runs/{job.run}")
    assert (mine.status_code, "debian-12" in mine.text) == (200, True)
    assert "image:" not in mine.text + ask(("mika", "read"), "/runs").text
    theirs, unknown = (
        ask(("jun", "admin"), f"/runs/{one}") for one in (job.run, "r-20260101-000000-0000")
    )
    assert theirs.status_code == unknown.status_code == 404
    assert theirs.text.replace(job.run, "r-20260101-000000-0000") == unknown.text
    page = ask(("jun", "admin"), "/images")
    assert "asked for by mika" in page.text and job.run not in page.text
    assert ask(("jun", "admin"), BUILD, x="").status_code == 409
    said = api.call("GET", f"/api/v1/runs/{job.run}", api.token("mika")).json()
    assert (said["plan"], said["vms"]) == (None, [])


def test_reports_of_the_gate_are_for_administrators(api: Service, ask: Asks) -> None:
    api.user("mika", admin=True)
    assert ask(("mika", "apply"), "/planners/reports/openai-20261121-090000").status_code == 403
    for path in ("openai-20261121-090000", "..%2Fopenai.admission", "x"):
        assert ask(("mika", "admin"), f"/planners/reports/{path}").status_code == 404, path
