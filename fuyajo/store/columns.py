"""Columns as both kinds of database have them, for the tables and for their migrations."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Text

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
