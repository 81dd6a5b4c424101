"""Every sentence Fuyajo itself says, in English and Japanese, by key."""

from __future__ import annotations

from typing import Literal

from fuyajo.domain.texts.doctor_en import EN as DOCTOR_EN
from fuyajo.domain.texts.doctor_ja import JA as DOCTOR_JA
from fuyajo.domain.texts.en import EN
from fuyajo.domain.texts.gate_en import EN as GATE_EN
from fuyajo.domain.texts.gate_ja import JA as GATE_JA
from fuyajo.domain.texts.ja import JA
from fuyajo.domain.texts.planner_en import EN as PLANNER_EN
from fuyajo.domain.texts.planner_ja import JA as PLANNER_JA
from fuyajo.domain.texts.talk_en import EN as TALK_EN
from fuyajo.domain.texts.talk_ja import JA as TALK_JA

Lang = Literal["en", "ja"]
TABLES: dict[Lang, dict[str, str]] = {
    "en": {**EN, **PLANNER_EN, **TALK_EN, **GATE_EN, **DOCTOR_EN},
    "ja": {**JA, **PLANNER_JA, **TALK_JA, **GATE_JA, **DOCTOR_JA},
}


def text(key: str, lang: Lang = "en", /, **params: object) -> str:
    """The sentence of that key; parameters are inserted literally, never parsed as a template."""
    return TABLES[lang][key].format_map(params)


def known(key: str) -> bool:
    return key in TABLES["en"]
