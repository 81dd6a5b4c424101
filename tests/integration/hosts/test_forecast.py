"""`fuyajo host forecast` of the real libvirt, with ten days of a machine that fills it in fifty more."""

from __future__ import annotations

import json
import re
import time
from contextlib import closing
from math import nan
from pathlib import Path

import pytest

from fuyajo.domain.history import METRICS
from fuyajo.store.database import Database
from fuyajo.store.history import FOLD, HistoryStore
from fuyajo.store.home import Home
from fuyajo.store.packing import pack_round
from fuyajo.store.tables import ROUNDS
from tests.support.installation import install, remove
from tests.support.standing import SEEDED, stand

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(120)]
DAY, DAYS, LEFT = 86400, 10, 50


def measured(home: Path, uuid: str, a_day: float) -> None:
    """Every hour of the last days."""
    place, now = METRICS.index("disk_taken"), int(time.time())
    rows = []
    for at in range(now - DAYS * DAY, now - FOLD, 3600):
        taken = (2 * DAYS - (now - at) / DAY) * a_day
        values = tuple(taken if index == place else nan for index in range(len(METRICS)))
        rows.append({"host": "h", "at": at, "body": pack_round({uuid: values})})
    with closing(Database(Home(home))) as database:
        store = HistoryStore(database)
        assert store.hold("h", "me", 1 << 40, now)
        with database.write() as connection:
            connection.execute(ROUNDS.insert(), rows)
        store.fold("h", "me", 1 << 40, now // FOLD * FOLD)


def test_what_was_measured_is_held_against_the_room_of_the_pool(tmp_path: Path) -> None:
    place = install(tmp_path, None)
    try:
        stand(place, tmp_path, [{**SEEDED, "name": "off", "state": "stopped"}])
        listed = json.loads(place.fuyajo("vm", "list", "--json").stdout)
        (uuid,) = (vm["uuid"] for vm in listed if vm["name"] == f"{place.name}-off")
        before = json.loads(place.fuyajo("host", "forecast", "--json").stdout)
        assert {one["state"] for one in before[0]["forecasts"]} == {"unknown"}
        a_day = before[0]["forecasts"][0]["free_bytes"] / LEFT
        measured(place.home, uuid, a_day)
        (told,) = json.loads(place.fuyajo("host", "forecast", "--json").stdout)
        disk, memory = told["forecasts"]
        assert (disk["resource"], disk["state"]) == ("disk", "fills")
        assert disk["measured_days"] in (DAYS, DAYS + 1)
        assert disk["a_day_bytes"] == pytest.approx(a_day, rel=0.02)
        # Others write to the same disk of this computer meanwhile.
        for key in ("earliest_days", "latest_days"):
            assert disk[key] == pytest.approx(LEFT, rel=0.2)
        assert memory["state"] == "unknown" and memory["free_bytes"] > 0
        shown = place.fuyajo("host", "forecast", "local")
        assert re.search(r"\+\S+ GiB +in \d+ to \d+ days", shown.stdout), shown.stdout
        unknown = place.fuyajo("host", "forecast", "nowhere")
        assert unknown.returncode == 1 and "known are: local" in unknown.stderr
    finally:
        remove(place)
