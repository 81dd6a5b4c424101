"""Key pairs of users where several machines share them: any of them enters a guest that another one made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from fuyajo.store.database import Database
from fuyajo.store.files import write_whole
from fuyajo.store.tables import SSH_KEYS
from fuyajo.store.upsert import insert


@dataclass(frozen=True)
class SshKeyStore:
    database: Database

    def share(self, owner: str, private: Path) -> None:
        """The pair that all machines use is this one, if it is the first; otherwise it takes its place.

        `private` is the file of the secret half; the public one lies beside it (`.pub`).
        """
        public = private.with_suffix(".pub")
        mine = {"private": private.read_text("ascii"), "public": public.read_text("ascii")}
        found = self._kept(owner, mine)
        if found != mine:
            # The public half first: a private key without it would look complete and is not.
            write_whole(public, found["public"].encode("ascii"))
            write_whole(private, found["private"].encode("ascii"))

    def _kept(self, owner: str, mine: dict[str, str]) -> dict[str, str]:
        wanted = select(SSH_KEYS.c.private, SSH_KEYS.c.public).where(SSH_KEYS.c.owner == owner)
        with self.database.read() as connection:
            found = connection.execute(wanted).mappings().first()
        if found is None:
            with self.database.write() as connection:
                first = insert(connection, SSH_KEYS).values(owner=owner, **mine)
                connection.execute(first.on_conflict_do_nothing())
                found = connection.execute(wanted).mappings().one()
        return {key: str(value) for key, value in found.items()}
