"""What may follow a Japanese verb and still order or beg: 〜ていただけますか, 〜てくれへん？, 〜のこと.

Only the forms of a request are here. A report (〜た), a thought (〜かな, 〜べき), a condition (〜たら), a
prohibition (〜な) and a bare question (〜ます？) match nothing, and what matches nothing is asked about.
"""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules.tokens import VERBS, K, Token

_END = r"(?:[ねよなわやさで]|よね|よな|っす|ッス|[〜ー~!])*"
#: "… would make me happy": after たら, ると, れば.
_GLAD = (
    r"(?:、)?(?:大変|とても|すごく|めっちゃ|[ぁ-ん一-龥]{1,3}に|かなり|超)?(?:嬉し|うれし"
    r"|ありがた|有難|有り難|助か|幸|さいわ|幸甚|と)"
    r"(?:い|る|ります|りますが|です|う|く|存じます|思います|思っています|思っております)*"
    r"(?:の)?(?:です|だ|ですが|んですが"
    r"|んだけど|のですが)?"
)
_ASKS = r"(?:でしょうか|ですか|っすか|だろうか|かしら|かな[あぁ]?|かね|やろか|か)(?:ね)?\??"
_THINKS = (
    r"(?:と)?(?:思(?:います|っています|ってます|っております|う)|考えて(?:います|おります)"
    r"|存じ(?:ます|ております))"
)
_SOFT = (
    r"(?:(?:の|ん)(?:です|だ|や)(?:が|けど|けれど|けれども|けども|よね|よ)?"
    r"|(?:です|っす)(?:が|けど|けれど|けれども|ね|よ|わ)?|ねん(?:けど)?|の(?![でにはがをも])|わ|よ|!)"
)
_GET = r"(?:もら|貰|いただ|頂|戴)"
_FINE = r"(?:それで)?(?:いい|良い|大丈夫|十分|結構|ok)(?:です)?(?:よ)?"
_GIVEN = (
    rf"{_GET}(?:え|け)(?:"
    rf"(?:る|ない|へん|ん|ます|ません|ますでしょう|ませんでしょう)(?:の)?(?:{_ASKS}|\?)"
    rf"|(?:ると|たら|れば|ますと|ましたら|ますれば){_GLAD}"
    rf"|たり(?:(?:し|でき)(?:ます|ません)|する|しない)(?:の)?(?:{_ASKS}|\?)"
    rf"|れば{_FINE}|れば(?:と)?{_THINKS}|たらと{_THINKS}|たらと|れば|たら|ますよう)"
)
_TAKEN = (
    rf"(?:もらい|貰い|いただき|頂き)(?:たい(?:{_SOFT}|と{_THINKS}|と)?"
    rf"|たく(?:、|て)?(?:お願い(?:し|いた|致)します|{_THINKS})?|とう(?:ございます|存じます))"
)
_CAN = (
    r"(?:もらう|貰う|いただく|頂く)(?:こと|の)(?:は|って|が)?(?:可能|でき(?:ます|る|ない"
    r"|ません)|出来(?:ます|る|ません))"
    rf"(?:{_ASKS}|\?)"
)
_MAY = (
    rf"(?:もらって|貰って|いただいて|頂いて)(?:も)?(?:いい|良い|よい|よろしい|大丈夫"
    rf"|構わない|かまわない)(?:{_ASKS}|\?)"
    r"|(?:もろて|もらって|いただいて|頂いて)(?:も)?(?:いい|良い|ええ|大丈夫|構いません"
    r"|かまいません|結構|よい)(?:です)?(?:よ|ので|から)?"
)
_GIVE = (
    rf"くれ(?:る(?:の)?(?:{_ASKS}|\?|と{_GLAD}|\Z)|ない(?:{_ASKS}|\?)|ます(?:{_ASKS}|\?)|ません(?:{_ASKS}|\?)"
    rf"|へん(?:{_ASKS}|\??)|たら{_GLAD}|れば(?:{_GLAD}|{_FINE})|ん(?:か|\?)|たまえ|たまへ)"
    rf"|くれ{_END}|くん(?:ない(?:{_ASKS}|\?)|ねえ?\?|ろ)|おくれ|くれはる?\?"
)
_PLEASE = (
    rf"(?:くださ|下さ)(?:い(?:ませ|ます(?:{_ASKS}|\?|よう)|ません(?:{_ASKS}|\?))?|る"
    rf"(?:と{_GLAD}|{_ASKS}|\?)|らない(?:{_ASKS}|\?)|れば{_GLAD})"
    rf"{_END}"
)
_WANTED = rf"(?:ほし|欲し)(?:い(?:{_SOFT}|と{_THINKS})?|く)"
_LEAVE = (
    r"(?:いい|良い|よい|ええ|大丈夫|構わない|かまわない|構いません|かまいません|おk|ok)(?:です)?"
    r"(?:よ|わ|で|ぞ|から|ので|んで)+(?!す)|(?:おk|ok)(?:ですよ?|だよ)"
)
_TODO = rf"(?:お|置)?きたい(?:{_SOFT}|と{_THINKS})?|みたい(?:ので)?(?:{_SOFT})"
_SPEECH = (
    r"(?:(?:もらって|貰って|もろて|いただいて|頂いて)(?=、)|頂戴|ちょうだい|ちょーだい"
    r"|てんか|んか|たって|えな|ーな|もろて|おくんなはれ|くれやす|おくれやす|つかあさい"
    r"|くだされ|たもれ"
    r"|な|や|ね|よ|ねー|よー|よね|さい)"
)
_AUX = r"(?:(?:おい|置い|しまっ|み|やっ|あげ|いっ|き|さしあげ|差し上げ)て|とい?て|お?いて)*"
_AFTER_TE = re.compile(
    rf"(?P<aux>{_AUX})(?P<end>{_GIVEN}|{_TAKEN}|{_CAN}|{_MAY}|{_GIVE}|{_PLEASE}|{_WANTED}|{_LEAVE}|{_TODO}"
    rf"|{_SPEECH}{_END}|)"
)
_AFTER_TAI = re.compile(rf"{_SOFT}(?:{_THINKS})?|と{_THINKS}(?:が|ので)?|、")
_STOPS = r"(?=[ 、。!\n]|\Z)"
_DONE = r"(?:し|行っ|おこなっ|行なっ|実行し|実施し|やっ|かけ|掛け|いたし|致し|させ)"
#: Behind a noun that is an operation: 停止〜.
_AFTER_NOUN = re.compile(
    rf"(?:を|の(?:方|ほう|実施|実行)?を?)?{_DONE}(?:て|と(?:い|っ)て)(?P<rest>)"
    rf"|(?:を)?(?:し|行い|いたし|致し)(?:たい(?:{_SOFT}|と{_THINKS})?|たく(?:、)?(?:{_THINKS})?)"
    rf"|(?:を)?(?:する|行う)(?:こと|よう(?:に)?(?=(?:、)?(?:お願い|頼|宜|よろ)))"
    rf"|(?:を)?(?:する|行う)(?:こと)?{_STOPS}|(?:の|する)こと{_STOPS}"
    rf"|(?:を)?(?:しろ|せい|せよ|すべし|されたい|されたし|しとけ|しときたい|しとき|願う"
    rf"|願います|希望(?:します|です|いたします)?)(?:よ|な|!)*"
    rf"|(?:の)?(?:方|ほう|件|ほど|ご対応)(?=(?:、)?(?:を|で)?(?:お願い|よろしく|宜しく|頼))"
    rf"|(?:は|早)よ(?:して)?{_STOPS}|(?:の)?(?:上|うえ|後|のち)(?:で|に)?(?=、)|(?:を"
    rf"|の)?ご(?:対応|実施|実行|手配)(?:を)?"
    rf"|で(?:す)?{_STOPS}|で(?=(?:お願い|よろ|頼|宜|おね))|っと"
)
_AFTER_PLAIN = re.compile(
    rf"こと{_STOPS}|(?:よう(?:に)?|方向で|形で)(?=(?:、)?(?:お願い|頼|よろしく|宜しく|手配|調整|して))"
)
_BEG = (
    r"(?:お願い|おねがい|御願い|お願|オナシャス|おなしゃす|おねしゃす|お頼み|おたの)"
    r"(?:し(?:ま(?:す|ーす|っす)|とう(?:ございます)?|といて)|(?:いた|致)します"
    r"|申し上げます|申します|もうします|ます"
    rf"|(?:し|いたし|致し|申し上げ)たい(?:{_SOFT}|と{_THINKS}|ところです)?|(?:し|いたし"
    rf"|致し)たく(?:、)?(?:{_THINKS})?"
    rf"|(?:でき|出来)(?:る|ない|ます|ません|へん)(?:{_ASKS}|\?)"
    rf"|し(?:てしまって|ちゃって|て)(?:も)?、?(?:いい|良い|よい|よろしい|宜しい|大丈夫|構わない|かまわない|構いません"
    rf"|かまいません|差し支えない)(?:{_ASKS}|\?)"
    rf"|(?:でき|出来)(?:れば|たら|ますと|ましたら|ると)(?:{_GLAD})?|です|だ|や)?"
)
_RELY = (
    rf"(?:頼|たの)(?:む|みます|んます|んだ|める?\?|めます(?:{_ASKS}|\?)|みたい(?:{_SOFT})?"
    r"|んどく|んどきます)"
)
_KINDLY = (
    r"(?:どうか|何卒|なにとぞ|どうぞ)?(?:、)?"
    r"(?:よろしく|宜しく|夜露死苦|よろ|ヨロ|シクヨロ)(?:です|っす|に)?(?:、)?"
)
_ORDERS = (
    r"(?:ご)?依頼(?:します|いたします|致します|です|したい(?:です)?)"
    r"|希望(?:します|いたします|です|しています)|所望(?:します)?|プリーズ|ぷりーず|plz|pls"
)
#: Anywhere: お願いできますでしょうか, 頼むわ, よろ.
_REQUEST = re.compile(
    rf"(?:を(?:実施|実行|対応)(?:を)?|を|で|にて|の|のほど|の方|のほう)?(?:、)?(?:{_KINDLY}"
    rf"(?:{_BEG}|{_RELY})?|{_BEG}|{_RELY}|{_ORDERS}|願(?:います|え(?:ます|ません)(?:{_ASKS}"
    rf"|\?))){_END}\??"
)
_REQUEST_FIRST = frozenset("をでにのどお御おオ頼たよ宜夜ヨシプぷ願何な依ご希所plキ、")
_POLITE = re.compile(r"か(?:ね|な|しら)?\??\Z|\?\Z|やろか|かな")
_TEXT_TE = ("て", "で", "って")


def ending(low: str, at: int, last: Token | None) -> tuple[int, K] | None:
    """Where the request ends that begins here, right behind the token `last`, and what it is."""
    if last is None or last.kind not in VERBS | {K.TAIL, K.KEEP}:
        return None
    found: list[re.Match[str] | None] = []
    if last.text.endswith(_TEXT_TE):
        found.append(_AFTER_TE.match(low, at))
    if last.text.endswith("たい"):
        found.append(_AFTER_TAI.match(low, at))
    if last.kind in (K.OP, K.CREATE, K.AMBIGUOUS, K.TAKE):
        found.append(_AFTER_NOUN.match(low, at))
    if last.kind in VERBS | {K.KEEP}:
        found.append(_AFTER_PLAIN.match(low, at))
    ends = [match.end() for match in found if match and match.end() > at]
    if not ends:
        return None
    end = max(ends)
    return end, K.POLITE if _POLITE.search(low, at, end) else K.TAIL


def begging(low: str, at: int) -> int | None:
    """Where "please" ends that begins here."""
    if low[at : at + 1] not in _REQUEST_FIRST:
        return None
    found = _REQUEST.match(low, at)
    return found.end() if found else None
