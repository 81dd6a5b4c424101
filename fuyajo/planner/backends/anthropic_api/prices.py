"""What a call of Anthropic's API costs: US dollars per million tokens, by family of models.

From Anthropic's price list of November 2026; docs/planners.md says where to look for a newer one. Writing to
the cache for five minutes costs a quarter more than plain input. A model that is not listed costs "0", and
`fuyajo doctor` says that its price is unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MILLION = 1_000_000
_CACHE_WRITE = 1.25
_LONG_PROMPT = 100_000


@dataclass(frozen=True)
class Price:
    """Dollars per million tokens; `cache_read` is the part of the input price that cached input costs."""

    input: float
    output: float
    cache_read: float = 0.1


# The first prefix that fits, so the longer ones come first. A date may follow the name of a model.
_FAMILIES: tuple[tuple[str, Price], ...] = (
    ("claude-fable-5-1", Price(10, 50, 0.025)),
    ("claude-mythos-5-1", Price(10, 50, 0.025)),
    ("claude-fable-5", Price(10, 50)),
    ("claude-mythos-5", Price(10, 50)),
    ("claude-opus-5-5", Price(4, 20, 0.05)),
    ("claude-opus-5", Price(5, 25)),
    ("claude-opus-4-5", Price(5, 25)),
    ("claude-opus-4-6", Price(5, 25)),
    ("claude-opus-4-7", Price(5, 25)),
    ("claude-opus-4-8", Price(5, 25)),
    ("claude-sonnet-5-5", Price(2, 10, 0.05)),
    ("claude-sonnet-5", Price(2, 10)),
    ("claude-sonnet-4-5", Price(3, 15)),
    ("claude-sonnet-4-6", Price(3, 15)),
    ("claude-haiku-5-5", Price(0.1, 0.5)),
    ("claude-haiku-4-5", Price(1, 5)),
)
# Of this family a long prompt costs five times as much.
_LONG = {"claude-haiku-5-5": Price(0.5, 2.5)}


@dataclass(frozen=True)
class Tokens:
    """Counts of one call; `fresh` is input that was neither read from the cache nor written to it."""

    fresh: int = 0
    cache_write: int = 0
    cache_read: int = 0
    output: int = 0

    @property
    def input(self) -> int:
        return self.fresh + self.cache_write + self.cache_read


def price_of(model: str, input_tokens: int = 0) -> Price | None:
    """The price of that model, or None when it is not listed."""
    for prefix, price in _FAMILIES:
        if re.fullmatch(rf"{prefix}(-[0-9]{{8}}|-latest)?", model):
            return _LONG.get(prefix, price) if input_tokens > _LONG_PROMPT else price
    return None


def cost_usd(model: str, tokens: Tokens) -> float:
    """US dollars; 0 for a model without a listed price."""
    price = price_of(model, tokens.input)
    if price is None:
        return 0.0
    read, written = tokens.cache_read * price.cache_read, tokens.cache_write * _CACHE_WRITE
    return ((tokens.fresh + read + written) * price.input + tokens.output * price.output) / _MILLION
