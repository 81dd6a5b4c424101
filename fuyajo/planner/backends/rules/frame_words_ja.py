"""The parts of an order, found wherever they stand: VMs, acts, sizes, numbers, names, and what begs.

For the third reading (see `frames_ja`). Verbs count in the forms of a request only, as in `verbs_ja`; what
no pattern here knows stays a piece that `frame_rest_ja` judges.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from fuyajo.planner.backends.rules.frame_acts_ja import acts
from fuyajo.planner.backends.rules.frame_says_ja import ASK, DECIDED, ENOUGH, NEED, OPEN, SKIP
from fuyajo.planner.backends.rules.stories_ja import OWN


@dataclass(frozen=True, slots=True)
class Part:
    """`kind` is the name of a group of the pattern, or "rest"; `value` what the part says."""

    kind: str
    text: str
    value: str = ""


_UNITS = r"(?:[GMT]i?B?(?![a-z])|ギガ(?:バイト)?|メガ(?:バイト)?|テラ(?:バイト)?)"
_CORES = r"(?:コア|cores?(?![a-z])|v?CPUs?(?![a-z]))"
_EVERY = r"(?:すべて|全て|全部|ぜんぶ|全台|全員|全機|一律|みんな|まるごと全部)"
_WEB = r"(?:Web|ウェブ|www|nginx) ?サーバ"
_VM = r"(?:仮想サーバ|仮想マシン|仮想環境|仮想インスタンス|サーバ|VM|マシン|インスタンス|鯖)"
_PLAIN = (
    r"(?:新(?!し|規|た)|旧|普通の|ふつうの|素の|まっさらな|空の|汎用の?|標準の|新しい|新規の?"
    r"|小さい|小さな|軽い|専用の)?"
)
_STATE = (
    r"(?:停止中の|停止している|停止してる|止まっている|止まってる|落ちている|落ちてる"
    r"|電源の切れている)"
)
_RUNS = r"(?:稼働中の|起動中の|動作中の|動いている|動いてる|起動している|起動してる|稼働している)"


def _own() -> list[tuple[str, str]]:
    return [
        ("quote", r"[\ue100-\ue1ff]"),
        (
            "spared",
            rf"(?P<sl>{OWN}(?:(?:と|、|や|・|,){OWN})*)(?:だけ|のみ)?(?:以外|を除く|を除いた|を除いて|を除き"
            rf"|(?:は|を)?残して、?(?:それ以外|その他|他|ほか|残り))"
            rf"(?:の)?、?(?:{_EVERY}の?)?(?:残りの|他の)?(?:(?P<sw>{_WEB})|{_VM}|もの|やつ|分)?(?:は|を|、"
            rf"|も)?(?:{_EVERY})?",
        ),
        (
            "stays",
            rf"残す(?:の|もの|VM|サーバ)は(?P<tl>{OWN}(?:(?:と|、|や|・|,){OWN})*)(?:だけ|のみ)?(?:で"
            rf"|です)[。、](?:それ以外|その他|他|ほか|残り)"
            rf"(?:の)?(?:(?P<tw>{_WEB})|{_VM}|もの|やつ|分)?(?:は|を|、|も)?(?:{_EVERY})?(?:を)?",
        ),
        (
            "own",
            rf"(?P<on>{OWN})(?:(?:という|って|っていう|の)(?:名前の)?{_VM}(?:さん)?(?![a-z])|の(?:方"
            rf"|ほう)(?=[をはも、だのでに]))?",
        ),
        (
            "every",
            rf"(?:{_EVERY}の?|全)(?P<e1>{_RUNS}|{_STATE})?(?:(?P<ew>{_WEB})|{_VM})"
            rf"|(?P<e2>{_RUNS}|{_STATE})?(?:(?P<fw>{_WEB})|{_VM})(?:を|は|の)?、?{_EVERY}(?:に)?"
            r"|全台|全機|全サーバ|全VM(?![a-z])"
            rf"|(?:(?P<gw>{_WEB})|{_VM})(?=の(?:メモリ|CPU|ディスク)[^。\ue004]*(?:一律|全部|すべて|全て))",
        ),
    ]


def _sizes() -> list[tuple[str, str]]:
    return [
        ("val", rf"(?P<vn>\d[\d,]*(?:\.\d+)?)[ ]?(?P<vu>{_UNITS})(?:B(?![a-z]))?"),
        ("cores", rf"(?P<cn>\d+)[ ]?(?:{_CORES}|個のコア|つのコア)(?:分)?"),
        ("many", r"(?:台数|VM数|数量|必要台数)(?:は|:|=)?[ ]*(?P<tn>\d+)[ ]?台?"),
        ("count", r"(?P<kn>\d+)(?P<ku>台|機|基|つ|個|VM(?![a-z]))(?:分|ほど|ばかり|だけ|ずつ)?"),
        ("num", r"\d+(?![\d.:/年月日時分週曜番回号代世版])"),
        ("mem", r"メモリ(?:容量|サイズ|量)?|RAM(?![a-z])|mem(?:ory)?(?![a-z])"),
        (
            "disk",
            r"(?:ディスク|ストレージ)(?:容量|サイズ)?|容量|disk(?![a-z])|storage(?![a-z])|SSD(?![a-z])"
            r"|HDD(?![a-z])",
        ),
        ("cpu", r"v?CPU(?:コア)?数?(?![a-z])|コア数?|プロセッサ数?"),
        ("spec", r"(?:マシン)?スペック|サイズ|構成|リソース|性能|能力"),
        (
            "each",
            r"それぞれ|各々|おのおの|各(?=[\dメデCcv])|ずつ|とも(?:に)?(?=[\d、をにはメデC停起再削消])"
            r"|どちらも|両方(?:とも)?"
            r"|いずれも|一律(?:で|に)?|どっちも|両者",
        ),
    ]


def _said() -> list[tuple[str, str]]:
    return [
        ("decided", DECIDED),
        (
            "was",
            r"(?:だと|では|じゃあ?|しか)[^。、0-9\ue004]{1,14}(?:ので|んで|から|ため|し|、)、?|(?:だ"
            r"|です|でした"
            r"|だった)(?:よね|けど|が|っけ|と思う(?:けど|が))[、?]|なんですが、|から(?=\d)|の(?:ところ"
            r"|とこ)(?:を|から|、)?(?=\d)"
            r"|[ ]?(?:→|⇒|➡)[ ]?(?=\d)",
        ),
        ("before", r"変更前(?:の(?:値|スペック|構成))?[ ]?[:は=][^、。/\n\ue004]*"),
        (
            "after",
            r"(?:変更|拡張|増設|縮小|増量)後(?:の(?:値|スペック|構成|容量|サイズ))?(?=[ ]?[:は=が])",
        ),
        (
            "may",
            r"(?<=[てで])も?(?:いい|良い|よい|OK|おk|大丈夫|構わない|構いません|かまわない"
            r"|かまいません|問題ない|問題ありません"
            r"|結構)(?:です|だ)?(?:(?:ので|んで|から|よ|ね|し)+|(?=[。、!]|\Z))",
        ),
        ("enough", rf"(?<=[BGMTアトガラ個つ0-9]){ENOUGH}"),
        (
            "named",
            r"(?:という|と言う|って|っていう|との)(?:名前|名称|名)(?:の|で|に|を)?"
            r"|という(?=[のサスV仮ウW新]|web|$)"
            r"|っていう(?=[サスV仮ウW])"
            r"|(?:の|な)名(?:前|称)で|名で|と(?:命名|名付け|名づけ)(?:し)?て?",
        ),
        (
            "name",
            r"(?:VM|サーバ|マシン|ホスト|スナップショット|スナップ)?(?:の)?(?:名前|名称|ホスト名"
            r"|サーバ名|VM名"
            r"|(?<=[Mバントプ])名)(?:は|を|が|に|:|=|で)?",
        ),
    ]


def _beside() -> list[tuple[str, str]]:
    return [
        ("title", r"(?:ページ)?(?:の)?(?:タイトル|題名|表題|見出し)(?:は|を|が|に|:|=|で|の)?"),
        (
            "keep",
            r"(?:だけ)?(?:は|も|を|には|に|についても?は?)?(?:その|この)まま(?:の状態)?(?:で"
            r"|に)?(?:して(?:おいて)?"
            r"|残して(?:おいて)?)?|(?:は|を)?(?:据え置き|現状維持|維持)(?:で|に|して)?"
            r"|(?:は|を|には|に|も|については)?(?:触ら|触れ|いじら|変え|消さ|止め|落とさ|動かさ"
            r"|(?:変更|停止|削除|再起動)(?:を|は)?(?:し|せ)"
            r"|手を(?:付け|つけ|加え))(?:ない(?:で|よう(?:に)?)|ず(?:に)?)(?:おいて|いて)?",
        ),
        (
            "refused",
            r"(?P<rn>削除|停止|再起動|起動)は(?:まだ)?(?:しない(?:で)?|不要(?:です)?|いりません"
            r"|要りません|無し|なし)",
        ),
        (
            "there",
            r"スナップショットは(?:すでに|既に|もう)?(?:取って|作って|取得して|作成して|保存して"
            r"|残して)あ(?:ります|る)(?:ので|から)?"
            r"|(?:VM|サーバ|もの|やつ|の|マシン)が(?:\d台|1つ|ひとつ)?(?:ある|あります|ございます"
            r"|あって|ありまして)(?:(?:ん|の)ですが"
            r"|んだけど|ので|けど|が)?(?=[、。\n]|\Z)",
        ),
        (
            "newest",
            r"(?:一番|いちばん|最も|1番)?(?:最新|新しい|直近|最後(?!に)|最近|前回)の?(?:もの|やつ"
            r"|状態)?(?=の?スナップ|を|で"
            r"|に|へ|。|まで)",
        ),
        ("snap", r"スナップショット|スナップ|(?<![a-z])snapshots?(?![a-z])"),
        ("web", rf"{_PLAIN}{_WEB}"),
    ]


def _words() -> list[tuple[str, str]]:
    return [
        ("vm", rf"{_PLAIN}{_VM}(?:(?<![M])|(?![a-z]))(?!名)"),
        ("purpose", r"[a-z][a-z0-9-]*(?:用|向け)(?:の|に|で)?"),
        ("latin", r"[a-z][a-z0-9-]*"),
    ]


def _rest() -> list[tuple[str, str]]:
    return [
        (
            "so",
            r"(?:な)?(?:ので|んで|もんで)(?!す)、?|(?<=[たるいだうくぐすつぬむんな])(?:から|し)、"
            r"|(?<=[うくぐすつぬむる])から(?=[ァ-ヶ一-龥a-z\ue004])|(?:の|な)?ため(?:に)?、|につき、?"
            r"|により、",
        ),
        ("need", NEED),
        ("open", OPEN),
        ("vol", r"(?:を)?(?:し|やり)?(?:ちゃい)?(?:ましょう|よう)(?=[。!\n]|\Z)"),
        ("skip", SKIP),
        ("ask", ASK),
        (
            "it",
            r"それ(?=[をはの])|これ(?=[をはの])|(?:その|この)(?:サーバ|VM|マシン|値|数字"
            r"|サイズ)(?=[をはのに])|そこ(?=まで|に)"
            r"|それ(?=に|で)",
        ),
        (
            "joshi",
            r"として|つつ、?|にて|により|[をはがにへでともの]|まで|って|(?:と|に)?して(?=、|\d)|より(?=\d)",
        ),
        ("arrow", r"→|⇒|➡"),
        ("colon", r"[:=]"),
        ("comma", r"[、,・/|&+]|や(?=\ue004)|および|及び"),
        ("stop", r"[。!…\n]+"),
        ("mark", r"\?"),
        ("paren", r"[()]"),
        ("space", r"[ \t\[\]【】]|(?<![^\n])[■●◆◇○□・*-]"),
    ]


@cache
def _pattern() -> re.Pattern[str]:
    rows = [*_own(), *_sizes(), *_said(), *_beside(), *acts(), *_words(), *_rest()]
    return re.compile("|".join(f"(?P<{kind}>{said})" for kind, said in rows), re.IGNORECASE)


def parts(text: str) -> list[Part]:
    """Every character ends up in one part; what no pattern knows is a "rest"."""
    found: list[Part] = []
    at, unknown = 0, 0
    pattern = _pattern()
    while at < len(text):
        hit = pattern.match(text, at)
        if hit is None or hit.end() == at:
            at += 1
            continue
        if unknown < at:
            found.append(Part("rest", text[unknown:at]))
        found.append(_part(hit))
        at = unknown = hit.end()
    if unknown < at:
        found.append(Part("rest", text[unknown:at]))
    return [part for part in found if part.kind != "space"]


def _part(hit: re.Match[str]) -> Part:
    kind = next(k for k in hit.re.groupindex if hit[k] is not None and hit.span(k) == hit.span())
    said = hit[0]
    if kind == "own":
        return Part(kind, said, hit["on"])
    if kind == "stays":
        web = "ウェブサーバ" if hit["tw"] else "VM"
        return Part("spared", said, f"{hit['tl']}以外の{web}を全部")
    if kind == "spared":
        web = "ウェブサーバ" if hit["sw"] else "VM"
        return Part(kind, said, f"{hit['sl']}以外の{web}を全部")
    if kind == "refused":
        return Part(
            kind,
            said,
            {"削除": "delete", "停止": "stop", "再起動": "restart"}.get(hit["rn"], "start"),
        )
    if kind == "every":
        state = hit["e1"] or hit["e2"] or ""
        state = "" if not state else "停止中の" if re.match(_STATE, state) else "稼働中の"
        web = "ウェブサーバ" if hit["ew"] or hit["fw"] or hit["gw"] else "VM"
        return Part(kind, said, f"すべての{state}{web}")
    if kind == "val":
        return Part(kind, said, f"{hit['vn']}{hit['vu']}")
    if kind == "cores":
        return Part(kind, said, hit["cn"])
    if kind == "many":
        return Part("count", said, hit["tn"])
    if kind == "count":
        return Part(kind, said, hit["kn"])
    return Part(kind, said, said)
