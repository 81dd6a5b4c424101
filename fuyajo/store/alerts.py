"""Alerts, how each stands with each machine, and messages until a channel took them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, delete, select, update

from fuyajo.domain.alerts import Alert, Event, Message, Rule, Standing, State
from fuyajo.store.database import Database
from fuyajo.store.tables import ALERT_MESSAGES, ALERT_STATES, ALERTS
from fuyajo.store.upsert import insert


@dataclass(frozen=True)
class AlertStore:
    database: Database

    # --- rules ---------------------------------------------------------------------------------------

    def add(self, alert: Alert, most: int) -> bool:
        """False when its owner has that many."""
        with self.database.write() as connection:
            mine = select(ALERTS.c.id).where(ALERTS.c.owner == alert.owner)
            if len(connection.execute(mine).all()) >= most:
                return False
            connection.execute(ALERTS.insert().values(_row(alert)))
        return True

    def of(self, owner: str) -> list[Alert]:
        """The oldest first."""
        return self._found(ALERTS.c.owner == owner)

    def enabled(self) -> list[Alert]:
        """Everybody's that are to be looked at."""
        return self._found(ALERTS.c.enabled == 1)

    def get(self, alert_id: str) -> Alert | None:
        """Whoever's it is."""
        return next(iter(self._found(ALERTS.c.id == alert_id)), None)

    def set_enabled(self, owner: str, alert_id: str, enabled: bool) -> bool:
        """What it stood at is forgotten: after a pause everything begins anew. Messages are still told."""
        with self.database.write() as connection:
            change = update(ALERTS).where(_mine(owner, alert_id)).values(enabled=int(enabled))
            found = connection.execute(change).rowcount == 1
            if found:
                connection.execute(delete(ALERT_STATES).where(ALERT_STATES.c.alert == alert_id))
        return found

    def remove(self, owner: str, alert_id: str) -> bool:
        """With all that it stood at and has not told."""
        with self.database.write() as connection:
            gone = connection.execute(delete(ALERTS).where(_mine(owner, alert_id))).rowcount == 1
            if gone:
                for table in (ALERT_STATES, ALERT_MESSAGES):
                    connection.execute(delete(table).where(table.c.alert == alert_id))
        return gone

    # --- how they stand --------------------------------------------------------------------------------

    def standings(self, alerts: Iterable[str]) -> dict[tuple[str, str], Standing]:
        """By alert and UUID."""
        wanted = select(ALERT_STATES).where(ALERT_STATES.c.alert.in_(sorted(alerts)))
        with self.database.read() as connection:
            rows = connection.execute(wanted).mappings().all()
        return {(row["alert"], row["uuid"]): _standing(row) for row in rows}

    def keep(self, moved: Iterable[Standing], said: Iterable[Message]) -> None:
        """Both or nothing; of alerts that were removed or switched off meanwhile nothing."""
        with self.database.write() as connection:
            there = set(connection.scalars(select(ALERTS.c.id).where(ALERTS.c.enabled == 1)))
            states = [_state_row(one) for one in moved if one.alert in there]
            if states:
                new = insert(connection, ALERT_STATES)
                into = {"name": new.excluded.name, "body": new.excluded.body}
                keys = ["alert", "uuid"]
                connection.execute(
                    new.on_conflict_do_update(index_elements=keys, set_=into), states
                )
            messages = [_message_row(one) for one in said if one.alert in there]
            if messages:
                connection.execute(ALERT_MESSAGES.insert(), messages)

    # --- what is to be told ----------------------------------------------------------------------------

    def due(self, now: int, most: int) -> list[Message]:
        """What waits longest first."""
        wanted = select(ALERT_MESSAGES).where(ALERT_MESSAGES.c.due <= now)
        order = (ALERT_MESSAGES.c.created, ALERT_MESSAGES.c.id)
        with self.database.read() as connection:
            rows = connection.execute(wanted.order_by(*order).limit(most)).mappings().all()
        return [_message(row) for row in rows]

    def take(self, message: Message, until: int) -> bool:
        """The caller tells it; nobody else does until then. False: somebody else was faster."""
        same = and_(
            ALERT_MESSAGES.c.id == message.id,
            ALERT_MESSAGES.c.due == message.due,
            ALERT_MESSAGES.c.tries == message.tries,
        )
        values = {"due": until, "tries": message.tries + 1}
        with self.database.write() as connection:
            return (
                connection.execute(update(ALERT_MESSAGES).where(same).values(values)).rowcount == 1
            )

    def told(self, message_id: str) -> None:
        """It is gone; also where it is given up."""
        with self.database.write() as connection:
            connection.execute(delete(ALERT_MESSAGES).where(ALERT_MESSAGES.c.id == message_id))

    def failed(self, message_id: str, error: str, due: int) -> None:
        """Once more at that time."""
        change = update(ALERT_MESSAGES).where(ALERT_MESSAGES.c.id == message_id)
        with self.database.write() as connection:
            connection.execute(change.values(error=error, due=due))

    def _found(self, which: ColumnElement[bool]) -> list[Alert]:
        wanted = select(ALERTS).where(which).order_by(ALERTS.c.created, ALERTS.c.id)
        with self.database.read() as connection:
            return [_alert(row) for row in connection.execute(wanted).mappings()]


def _mine(owner: str, alert_id: str) -> ColumnElement[bool]:
    return and_(ALERTS.c.owner == owner, ALERTS.c.id == alert_id)


def _row(alert: Alert) -> dict[str, Any]:
    body = {
        "rule": asdict(alert.rule),
        "vms": alert.vms,
        "tags": alert.tags,
        "channels": alert.channels,
    }
    whole = {"id": alert.id, "owner": alert.owner, "title": alert.title, "created": alert.created}
    return {**whole, "enabled": int(alert.enabled), "body": json.dumps(body)}


def _alert(row: RowMapping) -> Alert:
    body: Mapping[str, Any] = json.loads(row["body"])
    lists = {key: tuple(body[key]) for key in ("vms", "tags", "channels")}
    return Alert(
        id=row["id"],
        owner=row["owner"],
        title=row["title"],
        rule=Rule(**body["rule"]),
        enabled=bool(row["enabled"]),
        created=row["created"],
        **lists,
    )


def _state_row(one: Standing) -> dict[str, Any]:
    body = json.dumps({"state": asdict(one.state), "value": one.value})
    return {"alert": one.alert, "uuid": one.uuid, "name": one.name, "body": body}


def _standing(row: RowMapping) -> Standing:
    body = json.loads(row["body"])
    return Standing(row["alert"], row["uuid"], row["name"], State(**body["state"]), body["value"])


def _message_row(one: Message) -> dict[str, Any]:
    body = json.dumps({"uuid": one.uuid, "name": one.name, "event": one.event})
    keys = ("id", "alert", "owner", "channel", "created", "due", "tries", "error")
    return {**{key: getattr(one, key) for key in keys}, "body": body}


def _message(row: RowMapping) -> Message:
    body = json.loads(row["body"])
    rest = {key: value for key, value in row.items() if key != "body"}
    return Message(**rest, uuid=body["uuid"], name=body["name"], event=Event(*body["event"]))
