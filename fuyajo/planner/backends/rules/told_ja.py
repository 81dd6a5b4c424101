"""Reasons before an order and what is told beside it: 夜間バッチも終わったし、…; …。契約が終わりました。

A reason that says so (ので, から, し、) may speak of a time: 明日は祝日なので、webを止めて stops it now, and
the plan that is shown says so. 明日なので and 明日から are times of the order, and are asked about.
"""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules.rewriting_ja import Late

#: What may govern the order, take it back, or make it somebody else's words.
GRAVE = Late(
    r"もし|たら(?![いくし])|れば|なら(?![なんい])|場合|際に|次第|かも|たぶん|多分|つもり|仮に|ふり"
    r"|言っ|言わ|言う|言い|いう|いわれ|聞い|聞き|書い|書き|書か|頼ま|頼ん|指示|命令|伝え"
    r"|伝わ|とのこと|そうです|そうなので|そうだ|らしい|叫|怒鳴|呟|つぶや|送っ|届い|述べ|語"
    r"|曰|返事|投稿|要求|催促|主張"
    r"|やっぱ|やめ|止め|取り消|取消|キャンセル|中止|待っ(?!てい|てる|てお)|待て|待ち|冗談|嘘|うそ|いや|違"
    r"|間違|ダメ|だめ|駄目|禁止|不可|ではなく|じゃなく|反対|迷|悩|保留|検討|未定|考え"
    r"|例|引用|セリフ|台詞|文章|言葉|メール|メッセ|ログ(?!イン)|件名|タイトル|映画|歌|詩"
    r"|小説|物語|夢|練習|翻訳|質問|話|演劇|舞台|劇|暗号|合言葉|口癖|次の|以下|下記|こう"
    r"(?!し)|こんな|このよう|独り言|遊び"
    r"|無視|忘れ(?!て(?:た|い))|管理者|システム(?!点検|更新|移行|障害|改修|部|課|担当)"
    r"|プロンプト|規則|承認|許可|確認し|相談"
    r"|とんでもな|ありえな|あり得な|論外|勘弁|以外|除い|だけ(?!ど|れ)|のみ|どちら|どれ|どっち|片方"
    r"|そのまま|残し|残す|しな(?!くな"
    r"|いと)|せず|不要|いりません|いらない|結構|必要(?:ない|ありません|は)|何|誰|いつ|なぜ"
    r"|どう(?!も)|べき|かな(?!っ|か|り|ら[ずな])|でしょう|\?"
)
#: 部長が来た。webを消して: a scene, and then perhaps what somebody in it says.
SCENE = Late(
    r"(?:部長|課長|社長|係長|主任|店長|上司|先輩|後輩|同僚|先生|教授|友人|友達|彼|彼女|父"
    r"|母|兄|姉|弟|妹|妻|夫|誰か|男|女|客|お客様|お客さん|隣の人|子供"
    r"|[一-龥]{1,3}(?:さん|くん|君|氏|様))(?:が|は|も|、)[^。]*?(?:来た|来ました|来て|来る"
    r"|現れ|入って|入った|帰って|帰った|戻って|戻った|立って|立ち|振り"
    r"|笑|怒|泣|電話|口を|走|歩|見て|見た|いた|座|返事|尋ね|うなず|頷|近づ|やって)"
)
#: 訓練です。webを止めて: an order that is not meant.
NOT_MEANT = Late(
    r"(?:例文|訓練|練習|演習|リハーサル|模擬|試験|お手本|サンプル|見本|引用|台本|シナリオ"
    r"|想定|クイズ|問題|課題|テスト)(?:です|だよ?|である|でした)?[。!]*\Z"
)
#: 確認がまだです, webは大事です, webも同じです: then the order is not as plain as it looks.
UNSURE = Late(
    r"まだ(?:です|だ|終わ|取|でき|済|もら|決|出)|未[一-龥]|\A(?:でも|ただ|しかし|ところが"
    r"|けど)|大事|大切|重要|貴重|絶対|同じ|同様|そうし|予定"
)
_TOO = Late(r"[a-z0-9]も")
#: webは消していいです。dbを…: leave for one thing beside an order for another.
ALLOWS = Late(r"[てで]も?(?:いい|良い|よい|構|かま|大丈夫|OK|ok)")
#: What an order or its object is made of.
_MATTER = Late(
    r"停止|起動|削除|消|落と|切っ|切る|作っ|作る|作ら|作成|立て|建て|戻し|戻す|捨て|増や"
    r"|減ら|スナップ|電源|再開|変更|リサイズ|してくだ|お願い|[てで]ほしい"
    r"|[A-Za-z「」\"\ue100-\ue1ff]|\d+ ?(?:台|つ|個|GB|TB|MB|コア|ギガ|メガ|テラ)"
)
_OBJECT = Late(
    r"メモリ|ディスク|ストレージ|容量|CPU|コア|サーバ|マシン|ホームページ|サイト|台|全部"
    r"|すべて|全て|スペック|これ[はがを]|それ|あれ|やつ"
)
_SO = (
    r"(?:ので|(?<=[うくぐつぬぶむるたいすんだ])から|ため(?:に)?|(?<=[たるいだす])し(?=、)|"
    r"(?<=[っく])て(?=、)|まして(?=、)|でして(?=、)|おり(?=、))"
)
_FIRST = Late(
    rf"(?:\A|(?<=[。!\n]))(?P<said>[^。!?\n、「」]{{2,40}}?"
    rf"(?:、[^。!?\n、「」]{{2,30}}?)?{_SO})、?(?=[^、。!?\n])"
)
_TIME = Late(
    r"明日|あした|明後日|あさって|今夜|今晩|今夕|来週|来月|来年|翌|後で|あとで|夜|夕方|昼"
    r"|朝|\d時|時に|時から|まで|以降|毎|定期|自動|週末|月末|年末|[月火水木金土日]曜"
    r"|そのうち|しばらく|いずれ|将来|今度"
)
#: The time itself is all the reason there is.
ONLY_TIME = Late(
    rf"(?:もう|まだ|もうすぐ)?(?:{_TIME.pattern})[^ぁ-ん]{{0,3}}(?:な|だ|です)?(?:ので|から|し|ため)?\Z"
)
FROM = Late(r"(?:て|で|明日|あした|時|日|週|月|年|夜|朝|昼|今夜|晩|午前|午後|分|後|ごろ|頃)から\Z")
_REQUEST = (
    r"(?:[てで](?:くだ(?:さい(?:ませ)?)?|下さい|ね|よ|ほしい(?:です|な)?|おいて|くれ"
    r"|もらえますか|いただけますか|もらえませんか|いただけませんか|もらえると助かります"
    r"|いただけると助かります|おいてください)?"
    r"|ください(?:ませ)?|下さい|お願い(?:します|いたします|致します|できますか"
    r"|できますでしょうか|です|ね)?|おねがい(?:します)?|頼む|頼みます|よろしく(?:です)?"
    r"|たい(?:です|んですが|のですが)?|停止|起動|再起動|削除|で)"
)
_LAST = Late(r"(?P<sep>[。!?…]+|、)(?P<said>[^。!?\n、「」][^。!?\n「」]{2,60})[。!…]*\Z")
_SAYS_SO = Late(
    r"(?:ので|んで|[うくぐつぬぶむるたいすんだ]から|ため|[たるいだす]し|もん|ものですから"
    r"|なんだよね|んだよね|んですよね|んだよ|んです)\Z"
)
_STATES = Late(
    r"(?:ました|ています|てます|ている|てる|ております|ます|です|った|いた|した|けた"
    r"|ません|ない|んだ|だ|[いうくすつむる])(?:よ|ね|な|わ|けど|が|みたい|みたいです"
    r"|ようです|っぽい|っぽいです|模様です)?\Z"
)
_PAST_OR_NOW = Late(r"これから|今から|いまから|今日|本日|昨日|先週|先日|先月|今朝|さっき|昨夜|今週")
_UNGRAVE = Late(
    r"[誰何]も|だれも|連絡が(?:来|入)|と連絡|報告が|みんなで?|当分|だけど|もう(?:誰も)?"
    r"(?:使わ|触ら|使っ)な|触らない|使わない|うまくいかな|動かな|いつも|ごめん"
)


def without_reasons(text: str, names: frozenset[str]) -> str:
    """The text without the reason at its head and the remark at its end."""
    first = _FIRST.search(text)
    if first and _leads(first["said"], text[first.end() :], names):
        text = text[: first.start()] + text[first.end() :]
    last = _LAST.search(text)
    if not last or not re.search(rf"{_REQUEST}\Z", text[: last.start()]):
        return text
    said = last["said"].strip()
    so = bool(_SAYS_SO.search(said))
    if (so or (last["sep"] != "、" and _STATES.search(said))) and _goes(
        said, reason=so, behind=True
    ):
        return text[: last.start()] + ("?" if "?" in last["sep"] else "。")
    return text


_SENTENCE = Late(r"[^。!?\n…]+[。!?\n…]*")
#: A sentence that asks for something, or adds to what is asked for.
_ASKS_FOR = Late(
    r"お願い|おねがい|ください|下さい|くださ|頼|願い|願う|希望|よろしく|よろ|(?<!み)たい"
    r"(?!へん)|ほしい|欲し|必要|要り|要る|いただ|もら|くれ|せよ|しろ|こと。|名前|名称|名は"
    r"|タイトル|題名|見出し|対象"
    r"|メモリ|ディスク|CPU|コア|スペック|台|[てで][。!]?\Z|お礼|ありがと|です[かよ]ね?\?|ますか"
)


def without_statements(text: str, names: frozenset[str]) -> str:
    """The text without the sentences that only tell how things are.

    Where the order behind one names no VM, the one VM that the statement is about stays, as the topic.
    """
    parted = _ENDED.sub(r"\1。", text)
    sentences = _SENTENCE.findall(parted)
    if len(sentences) < 2 or "".join(sentences) != parted.lstrip("。!?\n…"):
        return text
    if any(_TOO.search(sentence) and not _ASKS_FOR.search(sentence) for sentence in sentences):
        return text  # xが遅いです。yも遅いです。: the order is for both
    told = [_tells(sentence) for sentence in sentences]
    rest = "".join(s for s, tells in zip(sentences, told, strict=True) if not tells)
    if not any(told) or not _ORDER_LIKE.search(rest):
        return text
    kept: list[str] = []
    for i, sentence in enumerate(sentences):
        if not told[i]:
            kept.append(sentence)
            continue
        following = next(
            (s for s, tells in zip(sentences[i:], told[i:], strict=True) if not tells), ""
        )
        if following and not _ORDER_LIKE.search(following):
            return text
        stays = _instead(sentence, following or "".join(kept), bool(following), names)
        if stays is None:
            return text
        kept.append(stays)
    return "".join(kept)


def _instead(statement: str, order: str, ahead: bool, names: frozenset[str]) -> str | None:
    """What stays of a statement beside its order: nothing, the VM that it is about, or (None) all."""
    about = set(_own(statement, names))
    if tells_which(statement, order):
        return None
    if _POINTS.search(order) and (about or not _own(order, names)):
        return None
    if _own(order, names) or (_THING.search(order) and not about):
        return ""
    if not ahead or len(about) != 1 or _THING.search(order):
        return None
    return f"{about.pop()}は、"


#: A statement that a comma ends.
_ENDED = Late(r"(ました|ています|ております|ません|てください|下さい)、")
_POINTS = Late(
    r"それ(?!と|から)|これ|両方|どちらも|どっちも|こいつ|そいつ|そっち|\dつとも|\d台とも|さっき"
)
_ORDER_LIKE = Late(
    r"停止|起動|削除|消し|消す|消去|落と|切っ|作|造|立て|建て|用意|準備|戻し|戻す|スナップ"
    r"|変更|リブート|リスタート|シャット|止め|とめ|増や|減ら|上げ|下げ|電源|お願い"
    r"|ください|ほしい|欲しい|して|捨て|破棄|追加|構築"
)
_THING = Late(r"サーバ|VM|マシン|全部|すべて|全て|以外|\d台", re.IGNORECASE)
_NAME = Late(r"(?<![a-z0-9-])[a-z][a-z0-9-]*(?![a-z0-9-])", re.IGNORECASE)
_SET = Late(
    r"サーバ|VM|マシン|インスタンス|(?:る|中の|た|ない)(?:もの|やつ|の(?=[はがも]))|(?:方|ほう)[はがも]",
    re.IGNORECASE,
)
_ALL_OF_IT = Late(
    r"(?:全部|ぜんぶ|すべて|全て|残らず|みんな|まとめて|ことごとく|一斉に|両方(?:とも)?|どちらも"
    r"|ひとつ残らず|全台)"
)
_HEAD = Late(r"サーバ|VM|マシン|インスタンス", re.IGNORECASE)


def tells_which(said: str, order: str) -> bool:
    """止まっているVMは邪魔なので、全部消して: "all" is of those that the reason speaks of."""
    return bool(_SET.search(said) and _ALL_OF_IT.search(order) and not _HEAD.search(order))


def _own(said: str, names: frozenset[str]) -> list[str]:
    return [word for word in _NAME.findall(said) if word in names]


def _tells(sentence: str) -> bool:
    """Whether the sentence only tells: no order, nothing that governs one, nothing to be made."""
    if sentence.rstrip().endswith("?"):
        return False
    said = sentence.rstrip("。!\n… ")
    if (
        len(said) < 4
        or _ASKS_FOR.search(said)
        or not _STATES.search(said)
        or NOT_MEANT.search(said)
    ):
        return False
    if UNSURE.search(said):
        return False
    return _goes(_NAME.sub("", said), reason=False, behind=True)


def _leads(said: str, order: str, names: frozenset[str]) -> bool:
    """Whether a reason may go: PoCを始めるので goes where the order behind it says of what it is."""
    if not order.strip() or _own(said, names) or tells_which(said, order):
        return False
    bare = _NAME.sub("", said) if _own(order, names) or _THING.search(order) else said
    return _goes(bare, reason=True)


def decides_nothing(said: str) -> bool:
    """Whether a note (why, for what) leaves the order as it is."""
    return _goes(said, reason=True, behind=True)


def _goes(said: str, *, reason: bool, behind: bool = False) -> bool:
    """Whether it decides nothing: it neither governs nor holds an order, nor says when."""
    bare = _UNGRAVE.sub("", said)
    if (
        GRAVE.search(bare)
        or ALLOWS.search(bare)
        or _MATTER.search(said)
        or (not reason and SCENE.search(said))
    ):
        return False
    if not behind and _OBJECT.search(said):
        return False
    if FROM.search(said) or ONLY_TIME.search(said):
        return False
    if behind and UNSURE.search(said):
        return False
    return reason or not _TIME.search(_PAST_OR_NOW.sub("", said))
