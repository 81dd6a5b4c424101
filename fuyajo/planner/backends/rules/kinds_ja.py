"""サーバーを1台作って。種別はWebサーバー: a kind that is told beside the order, said in the order."""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules.rewriting_ja import Late

_GENERAL = r"(?:仮想サーバ|仮想マシン|仮想環境|サーバ|VM(?![a-z名])|マシン|インスタンス)"
_SAID = Late(
    r"(?P<lead>\A|[\n、。, ])[ ]*(?:[・*●○■-][ ]*|\d[.)][ ]*)?"
    r"(?:(?:VM|サーバ|マシン)の?)?(?:種別|種類|タイプ|テンプレート|テンプレ)[ ]?(?:は|が|:|=)[ ]*"
    rf"(?P<kind>(?:普通の|ふつうの|標準の|通常の|素の)?(?:(?:Web|ウェブ)サーバ|{_GENERAL}))"
    r"(?:です|になります|で(?=[、。\n]|\Z|お願い)|に(?:して(?:ください)?)?(?=[、。\n]"
    r"|\Z))?[ ]*(?P<end>[、。,\n]|\Z|(?=お願い))",
    re.IGNORECASE,
)
_HEAD = Late(rf"(?P<web>(?:Web|ウェブ|www|nginx)[ ]?)?{_GENERAL}", re.IGNORECASE)
_MAKES = Late(r"作|追加|構築|用意|準備|手配|立て|建て|新|ほし|欲し|必要|お願い|発行|申請|\d台")


def at_the_order(text: str) -> str:
    """The text with the one kind that it names in the place of "server" or "VM"."""
    told = list(_SAID.finditer(text))
    if len(told) != 1 or not _MAKES.search(text[: told[0].start()]):
        return text
    found = told[0]
    heads = list(_HEAD.finditer(text[: found.start()]))
    if len(heads) != 1 or heads[0]["web"]:
        return text
    before = text[: heads[0].start()] + found["kind"] + text[heads[0].end() : found.start()]
    rest = text[found.end() :]
    mark = found["lead"] if found["lead"].strip() or "\n" in found["lead"] else found["end"]
    return f"{before}{mark}{rest}" if rest.strip() else before
