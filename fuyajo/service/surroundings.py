"""What every run needs besides its plan: pool, keys, images."""

from __future__ import annotations

from pathlib import Path

from fuyajo.engine.keys import KeyPair, ensure_key
from fuyajo.engine.reader import accelerator, is_local
from fuyajo.engine.render import BaseImage, Surroundings
from fuyajo.service.backups import directory_of
from fuyajo.service.context import Actor
from fuyajo.service.images import list_images


def surroundings(actor: Actor) -> Surroundings:
    settings = actor.settings
    directory = actor.home.ssh(actor.user)
    pair = _pair(actor, directory)
    return Surroundings(
        uri=settings.reached_by,
        pool=settings.pool,
        pool_path=settings.pool_path,
        backups=directory_of(actor),
        vault=settings.vault,
        public_key=pair.public,
        private_key=pair.private,
        known_hosts=directory / "known_hosts",
        # Probed on this side, where the answer is kept: a run begins with an empty home. What a host far
        # away can do is the run's to find out.
        accelerator=accelerator() if is_local(settings.reached_by) else "auto",
        images=tuple(BaseImage(i.name, i.path, i.sha256) for i in list_images(actor)),
    )


def _pair(actor: Actor, directory: Path) -> KeyPair:
    """Of this machine, or the one that several share: guests are entered by whichever carries a run out."""
    pair = ensure_key(directory)
    if actor.settings.database is None:
        return pair
    from fuyajo.store.ssh_keys import SshKeyStore

    SshKeyStore(actor.database).share(actor.user, pair.private)
    return ensure_key(directory)
