"""Which number belongs to which word: "2 cores", "memory 4 GB", "メモリを4GBに"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.request import CPUS, DISK_GIB, MEMORY_MIB
from fuyajo.planner.backends.rules.drafts import Sizes
from fuyajo.planner.backends.rules.tokens import Ask, K, Token, Tokens

_LABELS = frozenset({K.MEMORY, K.DISK, K.CPU})
_VALUES = frozenset({K.SIZE, K.NUMBER})
_TRANSPARENT = frozenset({K.FILL, K.JOSHI, K.COLON, K.DET, K.TOO})
_FIELD = {K.MEMORY: "memory", K.DISK: "disk", K.CPU: "cpus"}
#: A lone size beyond this is as likely a disk; then Fuyajo asks.
_SURELY_MEMORY = 32 * 1024


@dataclass
class Bound:
    """The values by field, and the positions that were used for them."""

    values: dict[str, float] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    # Sizes without a word of their own, and where they stand.
    lone: list[tuple[Token, int]] = field(default_factory=list)

    def put(self, name: str, token: Token, positions: Iterable[int]) -> None:
        value = token.value
        if not isinstance(value, int | float):
            raise Ask("how_much")
        if self.values.get(name, value) != value or name in self.values:
            raise Ask("two_values", what=name)
        self.values[name] = value
        self.used.update(positions)


def bind(tokens: Tokens) -> Bound:
    """Pair every size with its word; a lone size is memory, a lone number is left to the caller."""
    bound = Bound()
    for chunk in _chunks(tokens):
        _pair(tokens, chunk, bound)
    _settle_lone(tokens, bound)
    return bound


def _settle_lone(tokens: Tokens, bound: Bound) -> None:
    """A lone size is memory; of two, as in 4 GB / 50 GB, the second and much larger one is the disk."""
    if len(bound.lone) == 2 and not bound.values.keys() & {"memory", "disk"}:
        (memory, first), (disk, second) = bound.lone
        small, large = memory.value, disk.value
        if isinstance(small, float) and isinstance(large, float) and small * 4 <= large:
            bound.put("memory", memory, [first])
            bound.put("disk", disk, [second])
            return
    for token, position in bound.lone:
        beside = any(t.kind is K.CPU for t in tokens[max(0, position - 2) : position])
        _lone(token, position, bound, beside)


def _chunks(tokens: Tokens) -> Iterable[list[int]]:
    chunk: list[int] = []
    for i, token in enumerate(tokens):
        if token.kind in _LABELS or token.kind in _VALUES:
            chunk.append(i)
        elif token.kind not in _TRANSPARENT or token.text == "で":
            yield chunk
            chunk = []
    yield chunk


def _pair(tokens: Tokens, chunk: list[int], bound: Bound) -> None:
    at = 0
    while at < len(chunk):
        here = tokens[chunk[at]]
        there = tokens[chunk[at + 1]] if at + 1 < len(chunk) else None
        label = _label_of(here, there)
        if there is not None and label is not None:
            value = here if here.kind in _VALUES else there
            bound.put(_FIELD[label], value, chunk[at : at + 2])
            at += 2
            at += _repeated(tokens, chunk, at, label, bound)
        else:
            if here.kind is K.SIZE:
                bound.lone.append((here, chunk[at]))
            at += 1


def _label_of(here: Token, there: Token | None) -> K | None:
    """The label when the two belong together, in either order."""
    if there is None:
        return None
    for label, value in ((here, there), (there, here)):
        wanted = K.NUMBER if label.kind is K.CPU else K.SIZE
        if label.kind in _LABELS and value.kind is wanted:
            return label.kind
    return None


def _repeated(tokens: Tokens, chunk: list[int], at: int, label: K, bound: Bound) -> int:
    """CPUを2コア says the word twice."""
    if at < len(chunk) and tokens[chunk[at]].kind is label and label is K.CPU:
        bound.used.add(chunk[at])
        return 1
    return 0


def _lone(token: Token, position: int, bound: Bound, beside: bool) -> None:
    """`beside`: right behind the cores, where a size is memory however large: 8コア64GB."""
    if isinstance(token.value, float) and token.value > _SURELY_MEMORY and not beside:
        raise Ask("memory_or_disk", size=token.text)
    bound.put("memory", token, [position])


def checked(values: dict[str, float], template: str | None = None) -> Sizes:
    """Whole numbers within the limits of a request, or a question that states the limits."""
    sizes = Sizes(
        cpus=_whole(values, "cpus", 1, CPUS),
        memory=_whole(values, "memory", 1, MEMORY_MIB),
        disk=_whole(values, "disk", 1024, DISK_GIB),
    )
    least = TEMPLATES[template].min_memory_mib if template in TEMPLATES else 0
    if template and sizes.memory is not None and sizes.memory < least:
        raise Ask("memory_small", template=template, low=least)
    return sizes


def _whole(values: dict[str, float], name: str, unit: int, bounds: tuple[int, int]) -> int | None:
    if name not in values:
        return None
    number = values[name] / unit
    low, high = bounds
    if not low <= number <= high or number != int(number):
        raise Ask(f"range_{name}", low=low, high=high)
    return int(number)
