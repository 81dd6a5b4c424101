"""Who may answer one wish, as the gate has it. The one place where planning asks the gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from fuyajo.domain.errors import Unavailable
from fuyajo.planner.backend import Answer, Backend, BackendError, Completion
from fuyajo.planner.registry import NAMES
from fuyajo.planner.standing import Standing
from fuyajo.service.context import Actor
from fuyajo.service.evaluating import refuse_slip, require_standing, standing_of


class Serving:
    """The gate's word for one actor."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    @cached_property
    def standings(self) -> Mapping[str, Standing]:
        return _Standings(self._actor)

    def require(self, backend: Backend) -> None:
        """Raises `Unavailable`, with what to type, when it may not plan. May ask it the known questions."""
        require_standing(self._actor, backend)

    def refuse_slip(self, words: str, assessed: Completion, said: Answer | BackendError) -> None:
        """Raises `Unavailable` when a config came where nothing was asked for; whoever said it is out."""
        refuse_slip(self._actor, words, assessed, said)


class _Standings(Mapping[str, Standing]):
    """Looked up when somebody asks: most wishes are the rules', and others may have to be called for it."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._found: dict[str, Standing] = {}

    def __getitem__(self, name: str) -> Standing:
        if name not in self._found:
            try:
                self._found[name] = standing_of(self._actor, name)
            except Unavailable as error:  # it cannot be reached now, so nothing is known of it
                raise KeyError(name) from error
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)
