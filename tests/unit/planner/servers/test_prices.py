"""What a call costs, from counts of tokens."""

from __future__ import annotations

import pytest

from fuyajo.planner.backends.anthropic_api.prices import Price, Tokens, cost_usd, price_of

MILLION = 1_000_000


@pytest.mark.parametrize(
    ("model", "price"),
    [
        ("claude-sonnet-5-5", Price(2, 10, 0.05)),
        ("claude-sonnet-5", Price(2, 10)),
        ("claude-sonnet-4-5-20250929", Price(3, 15)),
        ("claude-opus-5-5", Price(4, 20, 0.05)),
        ("claude-opus-4-8", Price(5, 25)),
        ("claude-haiku-5-5", Price(0.1, 0.5)),
        ("claude-fable-5-1", Price(10, 50, 0.025)),
        # Nobody knows what these cost.
        ("claude-fable-5-2", None),
        ("claude-sonnet-6", None),
        ("claude-opus-5-55", None),
        ("my-model", None),
        ("", None),
    ],
)
def test_families(model: str, price: Price | None) -> None:
    assert price_of(model) == price


def test_cost() -> None:
    tokens = Tokens(fresh=MILLION, cache_write=MILLION, cache_read=MILLION, output=MILLION)
    assert cost_usd("claude-sonnet-5", tokens) == pytest.approx(2 + 2.5 + 0.2 + 10)
    assert cost_usd("claude-sonnet-5-5", tokens) == pytest.approx(2 + 2.5 + 0.1 + 10)
    assert cost_usd("nobody-knows", tokens) == 0
    assert tokens.input == 3 * MILLION


def test_a_long_prompt_of_haiku_costs_more() -> None:
    assert cost_usd("claude-haiku-5-5", Tokens(fresh=100_000)) == pytest.approx(0.01)
    assert cost_usd("claude-haiku-5-5", Tokens(fresh=100_001)) == pytest.approx(0.05, rel=0.01)
