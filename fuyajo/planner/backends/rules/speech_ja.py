"""Roundabout Japanese, said plainly: 停止していただきまして、, 止めると同時に, さいきどう, 落としたって.

Text in, text out. A phrase becomes the plain form that the tables know; quotations and names (Latin
letters) stay as they are. What would make a wish out of a report, a question or a condition is not here.
"""

from __future__ import annotations

import re
from functools import cache

from fuyajo.planner.backends.rules import verbs_ja

_QUOTED = re.compile(r"(「[^」]*」|\"[^\"]*\")")
_NOUN = (
    "停止|再起動|起動|削除|消去|破棄|廃棄|撤去|処分|作成|構築|用意|準備|手配|変更|追加|シャットダウン|リブート|リスタート"
    "|拡張|増設|保存|取得"
)
_END = r"(?=[、。!\n]|\Z)"
_BEG = r"(?:お願い|おねがい|よろ|宜し|頼|たの|そのように)"
_TE = r"(?P<te>[てで])"
#: What may stand in the place of "and": 〜すると同時に, 〜するのに加え.
_AND = (
    r"(?:のと(?:同時に)?|と同時に|と(?:とも|共)に|かたわら|傍ら|(?:の|こと)に(?:加え(?:まして|て)?|あわせて|併せて)"
    r"|のとあわせて|一方で?|とあわせて|ほか)、?"
)
_KANA = {"いち": 1, "に": 2, "さん": 3, "よん": 4, "ご": 5, "ろく": 6, "なな": 7, "はち": 8}
_KANA |= {"きゅう": 9}
_TENS = "|".join(_KANA)
_SPOKEN_SIZE = re.compile(
    rf"(?<=[をがはもでの ])(?:(?P<hundred>ひゃく))?(?:(?P<ten>{_TENS})?(?P<tens>じゅう))?"
    rf"(?P<one>{_TENS})?(?P<unit>ぎが|てら)"
)
_SPOKEN_COUNT = re.compile(rf"(?<=を)({_TENS})(?P<unit>だい|こ)(?=に|つく|た|お|く|で|ほ|よ)")
_KEEP = (
    r"(?:は|には|を|については)?(?:なんもせんで(?:ええ|いい)|ノータッチでいいんで|ノータッチで|触るな|据え置き|手を加えず"
    r"|通常どおりで(?:大丈夫|結構)(?:です)?|残し?で|お残しくださ(?:いませ|い)?|生かしといて|そのままで結構でございます)"
)

_PLAIN: tuple[tuple[str, str], ...] = (
    # voice input
    (r"さいきどう", "再起動"),
    (r"(?<!再)きどう", "起動"),
    (r"ていし(?=[しをてまお、。]|\Z)", "停止"),
    (r"さくじょ", "削除"),
    (r"でんげん", "電源"),
    (r"でぃすく", "ディスク"),
    (r"めもり", "メモリ"),
    (r"しーぴーゆー", "CPU"),
    (r"すなっぷしょっと", "スナップショット"),
    (r"ぜー?んぶ", "全部"),
    (r"りょうほう", "両方"),
    (r"\A(?:えーとですね|もしもし|ねえ|え待って|じゃあ次ね|ええと|えっと|えーと|やば|あ)[、 ]*(?=[^、。])", ""),
    # other words for the same
    (r"鯖", "サーバ"),
    (r"お?(?:抹消|片付け|片づけ|かたづけ|掃除|廃棄|除却|お払い箱に)(?=を|お|の|し|で|い|、す|、つ|願)", "削除"),
    (r"再始動|リスタ(?=よろ|お願|頼|して|で)", "再起動"),
    (r"新設(?=し|い|を|お|の|、)", "作成"),
    (r"(?<=\d台)増設", "作成"),
    (r"調達", "用意"),
    (r"設けて", "作って"),
    (r"設け、", "作って、"),
    (r"[のに]電源を投入", "を起動"),
    (r"(?:を|に)?揃えて", "に変更して"),
    (r"にに変更", "に変更"),
    (r"膨らませて", "増やして"),
    (r"(?<=[にへ])お?改め(?=いただ|くださ|頂)", "変更して"),
    (r"(?<=[にへ])改めて", "変更して"),
    (r"(?<=[にへ])(?:と|の)?ご?(?:拡張|拡充|増強|増設|拡大|縮小|縮減|減量)(?=し|を|お|い|願|頼|で|の)", "変更"),
    (r"へと(?=変更|増や|減ら|引き|お引き|改め)", "に"),
    (r"に?への変更", "に変更"),
    (r"[一1]棟", "1台"),
    (r"(?:一|1)枚(?=撮|取|と)", ""),
    (r"(?<=[a-z0-9])って(?=(?:web)?サーバ|ウェブサーバ|vm|マシン)", "という"),
    (r"(?<=[a-z0-9])ってのは", "は"),
    (r"(?<=[a-z0-9]) ?(?:いう|っちゅう)のは", "は"),
    (r"(?<=[a-z0-9]) ?いう(?=サーバ|ウェブサーバ|vm|名前|マシン)", "という"),
    (r"と称する", "という"),
    (r"についてはこれを|につきましては、?これを|は、これを", "を"),
    (r"にて(?=、|お|ご|作|立|用意|取|撮)", "で"),
    (r"の名称で", "という名前で"),
    (r"(?<=[a-z0-9])(?:の件)?でございます(?:が)?[、。]", "ですが、"),
    (r"(?<=[a-z0-9])(?:な|やけど|なんやけど)、", "は、"),
    (r"そないに?", "そのように"),
    (r"(?:すなわち|つまりは?)、?", ""),
    (r"もう(?=[^0-9０-９一二三少ちすじてろとい]|いら|いり|いい)(?!ろ|た)", ""),
    (r"なんか(?=重|遅|固|調子|おかし|変)", ""),
    (r"いつも(?=ありがと|お世話|どうも)", ""),
    # lists of nouns and of verbs
    (r"^(?:第[一二三四五]に|[一二三四五]、|[1-5]つ目(?:は)?、)", ""),
    (r"(?<=[、。\n])(?:第[一二三四五]に|[一二三四五]、|[1-5]つ目(?:は)?、)", ""),
    (rf"の(?P<n>{_NOUN})(?:と、?|、)(?=[a-z])", r"を\g<n>して、"),
    (rf"(?P<n>{_NOUN})しつつ、?", r"\g<n>して、"),
    (rf"(?P<n>{_NOUN})する(?:{_AND}|ことです。)", r"\g<n>して、"),
    (r"、?(?:と)?(?:この|以上)、?(?:[0-9二三四]つ|[0-9二三四]点)(?:を)?", "、"),
    (rf"(?<=[て。、\n])(?:を)?(?:まとめて|両方(?:とも)?|以上|全部)(?:を)?(?={_BEG}|オナ|です|やって)", ""),
    (r"(?:(?<=\n)|(?<=。)|(?<=、))以上[。!]?\Z", "お願いします"),
    # honorific speech
    (rf"ご(?={_NOUN})", ""),
    (rf"(?P<n>{_NOUN})(?:して)?(?:いただき|頂き)(?:まして)?(?:から)?、", r"\g<n>して、"),
    (rf"{_TE}(?:いただき|頂き|もらい)(?:まして)?(?:から)?、", r"\g<te>、"),
    (rf"{_TE}(?:いただく|もらう|頂く)(?:の|こと)に(?:加え(?:まして|て)?|あわせて)、?", r"\g<te>、"),
    (rf"(?P<n>{_NOUN})(?:の|という)?(?:運び|形|かたち|流れ|手順|方向|段取り)(?:で|と|に)", r"\g<n>で"),
    (rf"で(?:進めて|して|として)(?:ください|いただけ|いただき|もらい|もらえ)[^。!?\n]*{_END}", "で、お願いします"),
    (rf"(?P<n>{_NOUN})として(?=ください|いただ)", r"\g<n>して"),
    (rf"(?P<n>{_NOUN})するという手順", r"\g<n>で"),
    (rf"{_TE}(?:いただく|頂く|もらう)(?:よう|段取り|手はず|運び|形)[^。!?\n]*{_END}", r"\g<te>ください"),
    (
        rf"{_TE}(?:いただく|頂く|もらう)ことは(?:可能|でき)[^。!?\n]*か\??(?=[。\n]|\Z)",
        r"\g<te>ください",
    ),
    (
        rf"(?P<n>{_NOUN})(?:して)?(?:いただき|頂き)たく[、]?(?:ご連絡|お願い|ご相談|存じ|ご依頼)[^。!?\n]*{_END}",
        r"\g<n>してください",
    ),
    (rf"{_TE}(?:いただき|頂き)たく[、]?(?:ご連絡|ご相談|ご依頼)[^。!?\n]*{_END}", r"\g<te>ください"),
    (rf"{_TE}(?:もらえる|いただける|くれる)と(?:神|最高|完璧|ありがたみ)[^。!?\n]*{_END}", r"\g<te>ください"),
    (rf"{_TE}(?:いただけ|もらえ)ますと、[^。!?\na-z0-9]*{_END}", r"\g<te>ください"),
    (rf"(?P<n>{_NOUN})いただけますと[^。!?\na-z0-9]*{_END}", r"\g<n>してください"),
    (rf"{_TE}(?:は)?(?:くれまいか|もらえまいか|いただけまいか)", r"\g<te>ください"),
    (rf"{_TE}(?:いただこう|もらおか|もらおう(?:か)?|やってほしい|くれたまえ|おくれ|ほしいのだ|まい){_END}", r"\g<te>ください"),
    (rf"(?P<n>{_NOUN})(?:した|し)たまえ", r"\g<n>してください"),
    (rf"(?P<n>{_NOUN})なさってみて(?=くだ)", r"\g<n>して"),
    (rf"(?P<n>{_NOUN})(?:の)?(?:お手続き|手続き|ご手配|処理)(?=を)", r"\g<n>"),
    (r"を?お願い(?:いた|致)したく(?:存じます)?(?=。|\Z)", "をお願いします"),
    (r"をお願いせざるを得(?:ません|ない)", "をお願いします"),
    (r"(?<=[ぁ-ん])取り計らい願います", "お願いします"),
    (r"要望(?:する|いたします|します)", "お願いします"),
    (rf"することを(?={_BEG})", "を"),
    # western and young speech
    (r"たって(?:や|くれ(?:へん)?(?:やろ|る)?か|んか|くれへんやろか)?(?=[。、!?]|\Z)", "て"),
    (rf"{_TE}(?:もう|しもう)て(?:かまへん|ええ)(?:で|よ)?", r"\g<te>ください"),
    (rf"{_TE}(?:もう|しもう)て、", r"\g<te>、"),
    (rf"{_TE}くれるか(?=[。!?]|\Z)", r"\g<te>ください"),
    (rf"{_TE}(?:や|さ|な)(?=[、。!]|\Z)", r"\g<te>"),
    (
        rf"{_TE}も?(?:OK|ok|おk|いい|よい|良い|ええ|構わ(?:ない|ぬ|ん|ません)|かまへん|かまいません|差し支え(?:ない|ありません))"
        rf"(?:です)?(?:よ|で|わ|から)?[、。! ]*(?=(?:では|じゃあ)?、?(?:てか)?{_BEG})",
        r"\g<te>、",
    ),
    (
        r"(?:お願いしゃす|おな?しゃーす|おねしゃす|(?:お)?(?:頼|たの)んまっ?[すせ]|オナシャス|頼むわな|お願いしまっす|キボンヌ)",
        "お願いします",
    ),
    (r"、?(?:の流れで|って感じで|の感じで)(?=お願い|[。 ]|\Z)", "、"),
    (r"(?<=[→ ])止(?=[、。\n]|\Z)", "停止"),
    (r"(?<=[→ ])起(?=[、。\n]|\Z)", "起動"),
    (rf"(?<=[a-z0-9]){_KEEP}{_END}", "はそのままで"),
    # foreigners: 〜にします。お願いします。
    (r"に(?:します|する)[。、](?=.*お願いします)", "にして、"),
    (r"(?:作ります|作りたいです)[。、](?=.*お願いします)", "作って、"),
)


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), plain) for pattern, plain in _PLAIN)


@cache
def _forms() -> tuple[re.Pattern[str], dict[str, str]]:
    """止める before "and at the same time", お止めいただき: the te-form of either."""
    forms: dict[str, str] = {}
    for _kind, _value, verbs in verbs_ja.VERBS:
        for te, _nai, plain, masu in verbs:
            forms.setdefault(plain, te)
            forms.setdefault(f"お{masu}", te)
    plains = "|".join(sorted((f for f in forms if f[0] != "お"), key=len, reverse=True))
    polite = "|".join(sorted((f for f in forms if f[0] == "お"), key=len, reverse=True))
    return re.compile(
        rf"(?P<plain>{plains})(?:{_AND}|ことです。|(?:の|こと)を(?:まとめて)?(?={_BEG}))"
        rf"|(?P<polite>{polite})(?:(?:いただき|頂き)(?:まして)?(?:から)?、|になって(?:から)?、)"
    ), forms


def plainly(text: str, names: frozenset[str]) -> str:
    """The text in plain words; quotations stay."""
    parts = _QUOTED.split(text)
    parts[::2] = [_plainly(part, names) if part else part for part in parts[::2]]
    return "".join(parts)


def _plainly(text: str, names: frozenset[str]) -> str:
    text = _SPOKEN_SIZE.sub(_size, text)
    text = _SPOKEN_COUNT.sub(
        lambda m: f"{_KANA[m[1]]}{'台' if m['unit'] == 'だい' else '個'}", text
    )
    for pattern, plain in _rules():
        text = pattern.sub(plain, text)
    pattern, forms = _forms()
    text = pattern.sub(lambda m: f"{forms[m['plain'] or m['polite']]}、", text)
    return _SLASHED.sub(lambda m: _apart(m[0], names), text)


_SLASHED = re.compile(r"[a-z0-9-]+(?:/[a-z0-9-]+)+")


def _apart(said: str, names: frozenset[str]) -> str:
    """edge-a/edge-b, where both are one's own."""
    parts = said.split("/")
    return "、".join(parts) if all(part in names for part in parts) else said


def _size(found: re.Match[str]) -> str:
    """ろくじゅうぎが → 60ギガ."""
    tens = (_KANA[found["ten"]] if found["ten"] else 1) * 10 if found["tens"] else 0
    value = (100 if found["hundred"] else 0) + tens + _KANA.get(found["one"] or "", 0)
    return f"{value}{'ギガ' if found['unit'] == 'ぎが' else 'テラ'}" if value else found[0]
