"""What is told around an order, in any words: who asked, what happened, what is planned.

Used in the second reading only (see `again_ja`). A segment goes when it is a reason or a statement and
holds nothing that could govern the order: no refusal, condition, time of the order, doubt, question,
nobody else's order, no own VM that the order does not mean. The order itself is read word for word.
"""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules import told_ja
from fuyajo.planner.backends.rules.rewriting_ja import Late

#: Stands before each of one's own VMs while the text is rewritten.
MARK = "\ue004"
OWN = rf"{MARK}[a-z0-9-]+(?![a-z0-9-])"
NOUN = (
    "再起動|停止|起動|削除|消去|破棄|廃棄|撤去|処分|除却|廃止"
    "|作成|構築|用意|準備|手配|変更|追加"
    "|シャットダウン|リブート|リスタート|拡張|増設|増量|増強"
    "|縮小|保存|取得|復元|ロールバック"
    "|設定|リサイズ|スタート|ストップ|復旧"
)
UNIT = (
    r"(?:[GMT]i?B?|ギガ(?:バイト)?|メガ(?:バイト)?|テラ(?:バイト)?"
    r"|コア|v?CPU|個|つ)"
)
HEAD = (
    r"(?:Web ?サーバ|ウェブサーバ|仮想サーバ|仮想マシン|仮想環境"
    r"|サーバ|VM|マシン|インスタンス"
    r"|ホームページ|ウェブサイト|Webサイト)"
)
#: A segment with a reason at its end; what follows is the order.
_SO = (
    r"(?:ので|んで(?!す)|もんで|ため(?:に)?|(?<=[うくぐつぬぶむるたいすだ])から"
    r"|(?<=[たるいだすん])し(?=、)"
    r"|ことから|につき|により|(?<=[^ぁ-ん])なので|わけで|次第で(?=、))、?"
)
_SOFT_SO = (
    r"(?:(?<=[っくいしきけせてめれ])て|(?<=ん)で|まして|でして"
    r"|(?:です|ます|た|る|い|だ|の)(?:が|けど|けれど|けども)"
    r"|そうで|ようで|みたい(?:で)?|らしい|らしく(?:て)?|っぽい"
    r"|(?:です|ます|ました|ません)"
    r"|(?<=[一-龥ァ-ヶー])中|(?<=[一-龥ァ-ヶー])(?:済み|済|完了"
    r"|不足|過多|気味|終了|満了|対策|対応|開始))(?:、)"
)
_CUT = Late(rf"{_SO}|{_SOFT_SO}|、|[。!?\n…]+")
_IS_SO = Late(rf"(?:{_SO}|{_SOFT_SO})\Z")
#: What a segment that orders is made of.
_ORDERS = Late(
    rf"(?:{NOUN})(?![いうきくすずにぬねのはひふへほみむゆよるれろわん]*(?:た"
    r"|る|中|済|後)(?:ので|から|ため|[。、]))"
    r"|(?:[止停消捨落切入起戻取撮作造立建増減上下変残][ぁ-ん]{0,4}"
    r"|して|とい|つけ|付け|お願い|ください|下さい"
    r"|ほしい|欲しい|もら|いただ|頼|よろ|電源|スナップ|\d)"
)
_STATES = Late(
    r"(?:た|です|ます|ません|ない|だ|る|う|く|す|つ|む|い|ん)(?:よ"
    r"|ね|な|わ|けど|が|のに|ところ|とこ"
    r"|みたい|ようです|そうです|模様です|もよう|とのこと(?:です"
    r"|でした)?|らしい(?:です)?|っぽい(?:です)?)*\Z"
    r"|(?:そう|みたい|らしい|っぽい|よう|ちゃって|しまって|くて"
    r"|ちゃった|予定|中|済み?|完了|終了|ミス"
    r"|ため|ので|から|[たるいん]し|そうで|ようで|んで|して|って|きて|んだよね)\Z"
)
#: Harmless, though it looks grave: sites about stories, what somebody wants of a machine, looks.
_HARMLESS = Late(
    r"(?:小説|物語|詩|歌|映画|動画|音楽|ゲーム|アニメ|写真|演劇"
    r"|舞台|劇団|落語|童話|絵本|英会話"
    r"|レシピ|日記)(?:の|用の?)?(?:投稿|共有|配信|紹介|公開|掲載"
    r"|応援|ファン|レビュー|感想|学習|予約)?"
    r"(?:サイト|ページ|ブログ|アプリ|システム|掲示板|サービス"
    r"|サークル|部|同好会|教室|大会|イベント|上映会"
    r"|コンテスト|発表会|公演)"
    r"|(?:小説|ブログ|論文|卒論|レポート|コード|プログラム|記事|日記)を書[いきく]"
    r"|みんな(?:で|が|の|に|も|から)|保存(?:期間|先|場所|形式)"
    r"|起動(?:時間|が(?:遅|重))|追加(?:料金|募集|発注)|作成者"
    r"|次の(?:クラス|授業|講義|担当|人|コマ|回|工程|班|チーム"
    r"|イベント|年度|学期|生徒|学生|現場|部署|利用者|案件)|迷惑メール"
    r"|メール(?:の(?!内容|文|本文|件名|指示|通り|とおり|中|依頼)"
    r"|サーバ|配信|送信|受信|送受信|が(?:届か|送れ|遅|詰|増|多"
    r"|溜|飛))|書き(?:換|替|直|込|加|出|方)|言い換|ログ(?:が|の"
    r"|を|ロ|イン|集|収|容|出|サ)"
    r"|(?<=[いなだるた])(?:と|って)(?:[^、。\ue004]{1,9}(?:から|に|より))?"
    r"(?:言われ(?:まし)?た|言われて|指摘され|指摘(?:が|を)|報告(?:が"
    r"|を)|連絡(?:が|を)|苦情(?:が|を)"
    r"|クレーム(?:が|を)|問い合わせ(?:が|を)|要望(?:が|を)|声が)"
    r"|(?<=[たるいだ])(?:らしい|みたい)(?:です|だ)?(?=ので|から|んで|し|、|。|\Z)"
    r"|[一-龥ァ-ヶー]{1,8}システム(?=の|が|を|は|も|に|で)"
    r"|(?:たら|ると)(?=[^、。]{0,24}(?:た|ました|ちゃって|しまって"
    r"|なって)(?:ので|んで|から|です|[。、]|\Z))"
    r"|(?:との|の|という)(?:ご)?(?:指摘|報告|苦情|クレーム|問い合わせ"
    r"|要望|声|アラート|警告)(?:が|を|も|で)"
    r"|(?:課金|請求|費用|コスト|無駄|出費|電気代|アラート|通知"
    r"|騒音|熱)(?:を|は)?(?:止め|減ら|下げ|抑え|削)"
    r"|(?<=[えきぎしじちにびみりけげせてねべめれさなしょや])そう(?:です"
    r"|だ|なので|で)"
    r"|(?:昨日|今朝|さっき|先週|先日|昨夜|今週|先月|朝|夜中|深夜"
    r"|夕方|今日|本日)(?:から|の(?:朝|夜|昼|夕方)?から)"
    r"|(?:今日|本日|今朝|昨日|先週|先月|今週|今月|今年|去年|昨年"
    r"|さっき|先ほど|今期|前期|3月|春|夏|秋|冬)"
    r"|(?:誰|だれ|何|どこ|どれ|いつ|なに)(?:も|でも|か)(?=[^。]{0,8}(?:ない"
    r"|ません|ず))"
    r"|(?:使わ|触ら|見|要ら|いら|動か|出|届か|開か|読め|つながら"
    r"|繋がら|足り|効か|進ま|使え|応え|間に合わ"
    r"|返ら|返って来|戻ら|起きなく|上がら|映ら|表示され|反応し"
    r"|応答し|知ら|終わら|伸び|回ら)(?:なく(?:て|な)|ない|ません"
    r"|なかっ)"
    r"|(?:サイト|ページ|ブログ|アプリ|資料|動画|作品|レポート)を?(?:作|つく)(?=[るりっ])"
    r"|[一-龥]{1,4}されて(?:い)?(?:ない|ません)|との(?:報告|連絡|苦情)(?:あり|です|が)"
    r"|(?:使う|使用する|利用する|動かす|見る|再開する)?予定(?:は|が|も)(?:特に)?(?:ない|なく|無い"
    r"|無く|ありません|なさそう)"
    r"|予約|話題|会話|電話|神話|お世話|世話|話に(?:なら|なっ)"
    r"|待ち合|待機|待受|目的|題材|例年|例会|定例|条例"
    r"|お試し|夢中|言語|伝票|遺伝|駅伝|宣伝|図書|書類|文書|書店"
    r"|書籍|秘書|葉書|辞書|聖書|読書|書庫"
    r"|(?:使い|やり|見)(?:終わ)|違う(?:やつ|部署|班|チーム)|いいやつ"
    r"|[一-龥]違い|こうして|考慮|参考|考査|思考"
    r"|相談会|相談(?:窓口|員|室)|質問(?:受付|箱|コーナー|会)|回答"
    r"|訓練(?:期間|生|が(?:終|始))"
    r"|練習(?:問題|試合|会|用)|翻訳(?:部|チーム|課|作業|会社)"
    r"|歌会|歌手|詩人|詩集|暗号化|(?:定期|期末|中間)(?:点検|試験"
    r"|テスト|考査)"
    r"|中止に(?:なっ|なり|決ま)|(?:キャンセル|取り消し|取消)に(?:なっ"
    r"|なり)|お休み|休止|禁止になっ"
)
#: Behind an order these take it back.
_SLIP = Late(r"ミス|間違|しくじ|うっかり|誤|やらか|勘違い|早とちり|手が滑")
_ORDERED = Late(
    r"[てで][、。!]|くださ|下さ|お願い|ほしい|欲しい|よろ|頼|もらえ"
    r"|いただけ|(?:停止|起動|削除|作成|変更)[。、!]"
)
#: A comma where a full stop might stand.
_CLOSED = Late(
    r"(?:ください(?:ませ)?|下さい|お願い(?:いた|致)?します|ほしいです"
    r"|たいです|よろしく|頼みます|ますか)、\Z"
)
_SIZED = Late(rf"\d[\d.,]*[ ]?{UNIT}")
_TIME = Late(
    r"明日|あした|明後日|あさって|今夜|今晩|今夕|来週|来月|来年"
    r"|翌|後で|あとで|夕方|深夜|\d時|時に|時から"
    r"|まで(?!も)|以降|毎(?![度回])|定期|自動|週末|月末|年末|[月火水木金土日]曜"
    r"|そのうち|しばらく|いずれ|将来|今度|朝|昼|夜"
)
#: 来週から新人が入ります。 tells of something; 来週です。 and 明日やります。 say when.
_TELLS_OF = Late(
    r"\A[^。]*?[一-龥ァ-ヶーぁ-ん]{2,}(?:が|の方が|も)[^。]*(?:ます"
    r"|ました|る|です|います)\Z"
)
_BARE_TIME = Late(
    r"\A(?:[^ぁ-ん]{0,3})?(?:明日|来週|来月|今夜|今度|週末|[^。]{0,4}曜日?)(?:の"
    r"[^。]{0,4})?(?:な|です|だ|に)?"
    r"(?:ので|から|し|ため|やり|やる|行|する|し)"
)
_OBJECT = Late(
    r"全部|すべて|全て|これ[はがを]|それ[はがを]|あれ[はがを]"
    r"|以外|残り|両方|どちらも"
)
_ACTED = Late(
    r"(?:停止|起動|再起動|削除|消去|破棄|作成|変更|追加|構築|用意"
    r"|準備|拡張|縮小|取得|復元|保存|シャットダウン)"
    r"|消し|消す|消え|落と|切っ|切る|作っ|作る|作ら|作り|つくり"
    r"|つくっ|立て|建て|戻し|戻す|捨て|増や|減ら|上げ|下げ|止め"
    r"|電源|スナップ"
)
_NEEDS = Late(r"必要|要[るり]|ほし|欲し|たい|いる[。]?\Z|足りない")
#: What was done once, to something that is no VM: that is a story too.
_DONE = Late(
    r"[^。a-z\ue004]{0,10}(?:間違え|まちがえ|間違っ|誤っ|うっかり"
    r"|ミスっ|手違い|二重に|ダブっ|余分に)[^。a-z\ue004]*"
    r"(?:てしまい?(?:まし)?た|てしまって|ちゃった|ちゃって|ちゃいました"
    r"|ました|た)(?:ので|んで|から|の|ん)?(?:です)?[。、!]*\Z"
)
_ASKS = Late(
    r"ありがと|有難|有り難|感謝|助か|お礼|御礼|恐縮|お願い|おねがい"
    r"|ください|下さい|くださ|頼[みむん]|願い|希望します|よろしく"
    r"|よろ|てほしい|欲しい|ほしい"
    r"|いただ[きけ]|もら[いえ]|くれ[なるまん]|せよ|しろ|こと。"
    r"|申請(?:し(?!た|まし)|いた|致)|名前|名称|名は|タイトル|題名|見出し|対象|[?]"
)


def without_stories(text: str) -> str:
    """The text without the segments that only tell; own VMs are marked (see `MARK`)."""
    segments = _segments(text)
    if len(segments) < 2:
        return text
    kept = [_Segment(said, i, segments) for i, said in enumerate(segments)]
    idle = [segment.idle() for segment in kept]
    for i in range(len(kept) - 2, -1, -1):  # 「サークルで、」 belongs to the reason behind it
        bare = segments[i].endswith("、") and not _IS_SO.search(segments[i])
        idle[i] = idle[i] or (bare and idle[i + 1] and kept[i].empty())
    if not any(idle) or all(idle):
        return text
    return _joined(segments, idle) or text


_WHICH = Late(
    r"(?:\A|(?<=[。、!\n])|(?<=ので)|(?<=から))(?P<said>[^、。!?\n\ue004「」()]{2,24}"
    r"(?:[たるいうくむつすん]|はずの|ままの|だけの|きりの|なしの|続きの|以来の|頃の|気味の|時代の|専用の))"
    rf"(?={OWN})"
)
_WHOSE = Late(
    r"さん|くん|君|氏|様|ちゃん|隣|他|ほか|別の|違う|以外|方の|うち|中で|ような|という|名前|より"
    r"|いけな|ならな|べき|だめ|ダメ|大切|大事|必要|部長|課長|社長|係長|店長|上司|先輩|先生|教授|お客"
    r"|客が|誰かが|みんなが"
    r"|課の|部の|社の|人の|班の|チームの|もう"
)


def without_descriptions(text: str) -> str:
    """もう誰も見ていないはずのweb is web; 田中さんのweb may be another."""

    def left(found: re.Match[str]) -> str:
        said = found["said"]
        kept = _WHOSE.search(said.removeprefix("もう")) or not _harmless(said, reason=False)
        return found[0] if kept else ""

    return _WHICH.sub(left, text)


def idle_words(said: str, *, reason: bool) -> bool:
    """Whether nothing in them could govern an order, or be one."""
    return _harmless(said, reason=reason)


def takes_back(said: str) -> bool:
    return bool(_SLIP.search(said))


def begs(said: str) -> bool:
    """Whether it asks, thanks or names."""
    return bool(_ASKS.search(said))


def states(said: str) -> bool:
    return len(said) > 3 and bool(_STATES.search(said))


def someone_elses(said: str) -> bool:
    """田中さんの: then the VM behind it may be another one."""
    return bool(_WHOSE.search(said))


def _segments(text: str) -> list[str]:
    found: list[str] = []
    start = 0
    for cut in _CUT.finditer(text):
        if cut.end() > start:
            found.append(text[start : cut.end()])
            start = cut.end()
    return [*found, text[start:]] if start < len(text) else found


class _Segment:
    def __init__(self, said: str, at: int, all_: list[str]) -> None:
        self.said = said
        self.bare = said.rstrip("、。!\n… ")
        self.last = at == len(all_) - 1
        self.ended = said[-1:] in "。!\n…" or self.last
        before = all_[at - 1] if at else "。"
        self.behind = any(_ORDERED.search(said) for said in all_[:at])
        self.begins = before[-1:] in "。!?\n…" or bool(_CLOSED.search(before))

    def idle(self) -> bool:
        """Whether it only tells."""
        if self.said.rstrip().endswith("?") or len(self.bare) < 3:
            return False
        reason = bool(_IS_SO.search(self.said))
        if not reason and not (self.ended and self.begins and _STATES.search(self.bare)):
            return False
        if self.behind and (_DONE.fullmatch(self.bare) or _SLIP.search(self.bare)):
            return False
        if _ASKS.search(self.bare) or not _harmless(self.bare, reason=reason):
            return False
        return not (self.ended and not reason and told_ja.SCENE.search(self.bare))

    def empty(self) -> bool:
        """A half sentence without an order, a VM or a number."""
        said = self.bare
        return not (
            MARK in said
            or _SIZED.search(said)
            or _ACTED.search(said)
            or re.search(HEAD, said)
            or _ASKS.search(said)
            or not _harmless(said, reason=True)
        )


def _harmless(said: str, *, reason: bool) -> bool:
    if _DONE.fullmatch(said):
        return True
    bare = _HARMLESS.sub("", said)
    if told_ja.GRAVE.search(bare) or told_ja.ALLOWS.search(bare) or told_ja.NOT_MEANT.search(said):
        return False
    if _OBJECT.search(bare) or _SIZED.search(bare) or "\ue100" <= max(said, default="") <= "\ue1ff":
        return False
    if _ACTED.search(bare) or (_NEEDS.search(bare) and re.search(HEAD, bare)):
        return False
    if _BARE_TIME.search(bare) or told_ja.ONLY_TIME.search(bare) or told_ja.FROM.search(bare):
        return False
    if _TIME.search(bare) and not (reason or _TELLS_OF.search(said)):
        return False
    return not told_ja.UNSURE.search(bare)


def _joined(segments: list[str], idle: list[bool]) -> str | None:
    """What is left; a VM that only an idle segment names becomes the topic of what stands behind it."""
    found = ""
    topic: set[str] = set()
    named: set[str] = set()
    for i, said in enumerate(segments):
        here = set(re.findall(OWN, said))
        if idle[i]:
            if told_ja.tells_which(said, "".join(segments[i + 1 :])):
                return None
            topic |= here
            continue
        named |= here
        if topic and (len(said.strip("、。!\n… ")) > 0):
            ahead = set(re.findall(OWN, _sentence(segments, idle, i)))
            if not topic <= ahead:
                if ahead or len(topic) != 1 or _OTHERS.search(_ITSELF.sub("", said, count=1)):
                    return None
                said = f"{topic.pop()}は、{_ITSELF.sub('', said, count=1)}"
            topic = set()
        found += said
    if not topic <= named or not found.strip("、。!\n… "):
        return None
    return found


_ITSELF = Late(
    r"\A(?:その|この|当該)?(?:サーバ|VM|マシン)(?:を|も|は|ごと"
    r"|の(?=メモリ|CPU|ディスク|スペック))|\A(?:それ|これ|そちら"
    r"|こちら)(?:を|は|も)",
    re.IGNORECASE,
)
#: Then the order has its own object.
_OTHERS = Late(
    r"全部|すべて|全て|以外|ほか|他の|残り|両方|台を|VM|サーバ[をはも]"
    r"|(?<![a-z0-9])(?!v?cpu|ram|mem|disk)[a-z][a-z0-9-]+(?:を"
    r"|は|という)",
    re.IGNORECASE,
)


def _sentence(segments: list[str], idle: list[bool], at: int) -> str:
    """What is kept of the sentence from there on."""
    found = ""
    for i in range(at, len(segments)):
        found += "" if idle[i] else segments[i]
        if segments[i][-1:] in "。!?\n…" and not idle[i]:
            break
    return found
