"""Columns as both kinds of database have them, for the tables and for their migrations."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

#: Compared byte by byte everywhere: moments and ids are compared as texts.
TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def text(name: str, *, null: bool = False, key: bool = False) -> Column[str]:
    return Column(name, TEXT, nullable=null and not key, primary_key=key)


def number(
    name: str, *, null: bool = False, key: bool = False, default: int | None = None
) -> Column[int]:
    return Column(
        name,
        Integer,
        nullable=null and not key,
        primary_key=key,
        autoincrement=False,
        default=default,
    )


def moment(name: str, *, key: bool = False) -> Column[int]:
    """Seconds since 1970, UTC, where there are so many of them that a text would cost too much."""
    return Column(name, BigInteger, nullable=False, primary_key=key, autoincrement=False)


def raw(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)
