"""What makes an order no order, anywhere in a Japanese message: 誤送信です, テストです。, 検討中です."""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules.rewriting_ja import Late
from fuyajo.planner.backends.rules.stories_ja import NOUN
from fuyajo.planner.backends.rules.tokens import Ask

#: Behind an order: it was a slip.
_SLIP = Late(
    r"(?:[。!、…]|\A)(?:あ|あっ|ごめん(?:なさい)?|すみません|すいません"
    r"|失礼)?[、。 ]?"
    r"(?P<what>(?:今の(?:は)?)?(?:ミスった|ミスりました|ミスです"
    r"|誤送信|誤爆|送信ミス|送信先を間違え|送り先を間違え|宛先(?:違い"
    r"|を間違え)|うっかり(?:です|して(?:い)?(?:た|ました)|でした)"
    r"|勘違い|早とちり|打ち間違え|人違い))"
    r"[^。]{0,10}(?:[。!]|\Z)"
)
#: web削除、ではない。: what stands before it was not meant.
_UNSAID = Late(
    r"(?<=[。、!….\n ])(?P<what>(?:では|じゃあ?)(?:ない|なかった|ありません|ございません))"
    r"(?:です|でした|よ|ね|な)*(?=[。!….\n]|\Z)"
)
#: Before it, or behind: an example, an exercise.
_EXERCISE = Late(
    r"(?:\A|[。!\n])(?:これは|それは|次は|以下は|今のは|あくまで"
    r"|ただの|単なる|以上は)?、?(?:ただの|単なる)?"
    r"(?P<what>(?:送信)?テスト|練習(?:問題)?|例題|例文|サンプル"
    r"|お試し|訓練|演習|リハーサル|模擬|想定問答|ダミー|デモ|クイズ"
    r"|仮の話|冗談|フィクション)(?:(?:です|だ|だよ|である|でした"
    r"|なんです)(?:よ|ね)?(?:[。!\n]|\Z)|なので|ですので|だから)"
)
#: Nobody has decided yet.
_OPEN = Late(
    r"(?P<what>(?<!動作)確認中|承認待ち|確認待ち|返事待ち|回答待ち"
    r"|検討中|相談中|協議中|考え中|保留中|未承認|未確認|様子見"
    r"|迷っ(?:て(?:い)?る|て(?:い)?ます|てて|た|ています)|悩んで(?:い)?(?:る"
    r"|ます|て)|決めかねて)"
    r"(?:です|なので|だから|だけど|ですが|なんです|ので|から|けど|が|、|。|\Z)"
)
#: Somebody comes in; what follows may be what they say.
_SCENE = Late(
    r"(?:\A|[。!\n])(?P<what>(?:部長|課長|社長|係長|主任|店長"
    r"|上司|先輩|同僚|先生|教授|友人|友達|彼女?|父|母|兄|姉|弟"
    r"|妹|妻|夫|お客様|お客さん|客|[一-龥]{1,3}(?:さん|くん|君"
    r"|氏|様))"
    r"(?:(?:が|は)(?:いらっしゃい|お見えになり|お越しになり|来社し"
    r"|来店し|訪ねて来|訪ねてき|入ってき|入って来)(?:まし)?た"
    r"|から(?:電話|メール|手紙|FAX|LINE|メッセージ)が(?:来|届い"
    r"|届き|あっ|あり|入っ|入り)(?:まし)?た))。"
)
_MAIL = Late(
    r"(?:\A|[。!\n])(?P<what>(?:こんな|次の|以下の)?(?:メール"
    r"|手紙|メッセージ|FAX|通知|指示書|メモ|紙)が(?:来|届い|届き"
    r"|あっ|あり|回って来|貼って)(?:まし)?た)。"
)

#: webを消したので、起動して: what is gone is not started; webを止めるみたいなので、消して: nobody knows.
_GONE = Late(
    r"[a-z][a-z0-9-]*(?:は|を|も)?(?:もう|すでに|既に)?(?P<what>(?:消し|削除し|破棄し|捨て|撤去し"
    r"|廃棄し)(?:てしまっ|ちゃっ|まし)?た)"
    r"(?:ので|から|んで|ため)、?[^a-zA-Z。]*(?:起動|再起動|停止|止め|落と|起こ|立ち上げ|動か|メモリ"
    r"|ディスク|CPU|コア)"
)
_HEARD = Late(
    r"[a-z][a-z0-9-]*(?:は|を|も|が)?、?(?:止める|消す|落とす|戻す|動かす|(?:停止|削除|起動|再起動"
    r"|変更)(?:する|される))"
    r"(?P<what>みたい|らしい|っぽい|そう(?=な|だ|で)|とのこと|という話|予定|つもり)(?:な|だ"
    r"|です)?(?:ので|から|んで"
    r"|し)、?[^a-zA-Z。]*(?:起動|再起動|停止|止め|落と|消|削除|戻|変更)"
)

#: Another machine than the one that is named: webを使っているサーバー.
_OTHER = Late(
    r"[a-z0-9-]+を(?P<what>(?:使って|利用して|参照して|監視して|管理して)(?:い)?る)(?:サーバ|VM"
    r"|マシン|方)"
)
_INSIDE = Late(
    r"(?:\A|[。、!\n])(?!vm|web ?サ)[a-z][a-z0-9-]*(?P<what>のうちの)(?=[a-z])", re.IGNORECASE
)
_FROM_SHOT = Late(
    r"(?P<what>スナップショット(?:を元に|をもとに|から))[^。]{0,12}(?:VM|サーバ|マシン"
    r"|複製|クローン)"
    r"[^。]{0,6}(?:作|立て|用意|構築|複製)"
)

#: 昨日の作業, やったこと, and below it what was done.
_DONE = Late(
    r"(?:\A|\n)[^\n。]{0,12}?(?P<what>(?:やった|済んだ|済ませた|終わった|終えた|完了した|実施した"
    r"|実行した|行った|対応した|した"
    r"|昨日の|先週の|先日の|先月の|前回の|今日やった|済みの|完了済みの)(?:こと|作業|対応|内容|件"
    r"|操作|もの|タスク|項目)(?:です|一覧|リスト|の報告)*"
    r"|作業(?:報告|履歴|実績|記録|ログ)|完了報告|日報|週報|議事録"
    r"|対応履歴)[ ]?(?:です)?[:。]?[ ]*\n"
)
_QUOTED = Late(
    r"[?。!](?P<what>(?:と|って)(?:聞かれ|言われ|訊かれ|尋ねられ|書かれ|言って|聞いて"
    r"|メールが|電話が))"
)

#: Webサーバのメモリを4GB追加して, メモリをあと2GB: how much more, which nobody can say in a plan.
#: 友人の台詞です。webを消して; マニュアルにありました。webを消して: whose words they are.
_LABEL = Late(
    r"(?:\A|[。!\n])(?:(?!は|が)[^。!\n、])*?(?P<what>(?:話|台詞|セリフ|せりふ|一節|一文|引用"
    r"|抜粋|原文|訳文|例え|たとえ|寝言|独り言"
    r"|伝言|歌詞|口癖|合言葉|台本|脚本|文面|物語|小説|昔話|ことわざ|格言)(?:です|だ|でした|だった"
    r"|である))(?:よ|ね)?[。!\n]"
)
_SOURCE = Late(
    r"(?P<what>(?:マニュアル|手順書|資料|本|メール|チャット|掲示板|記事|文書|仕様書|説明書|教科書"
    r"|紙|黒板|ボード|メモ|本文"
    r"|張り紙|ログ)に(?:は|も)?(?:こう|そう|次のように|このように)?(?:あり|ある|あっ|書|載|出て"
    r"|記|残って)[^。、]{0,9})[。!\n]"
)
_LEAVE = Late(
    r"(?P<what>(?:許可|承認|了承|了解|OK|ゴーサイン|決裁|同意|合意)(?:が|は|も)(?:まだ)?(?:出"
    r"|下り|おり|もらえ|取れ|得られ|いただけ"
    r"|ついて|あり|なく|ない)[^。、]{0,5}(?:ない|ません|なく|なかった))(?:です)?(?:が"
    r"|けど|[。!、\n])"
)
#: A network of its own is nothing that a machine here has.
_REACHED = Late(
    r"(?P<what>(?:から|へ|に)(?:だけ|のみ|しか)?(?:は)?(?:見え|つなが|繋が|アクセス|接続|到達|届"
    r"|入れ)(?:る|ない|られる|できる|可能な|出来る))"
    r"(?:よう(?:な|に))?(?:新しい|小さい)?(?:Web|ウェブ)?(?:サーバ|VM|マシン)",
    re.IGNORECASE,
)
_SPOKEN = Late(
    r"(?:ください|下さい|お願いします|ほしい|して|消して|止めて|作って)、?(?P<what>と(?:は|も"
    r"|まで)?(?:言え|いえ|言わ(?!れ)|いわ(?!れ)|思わ|限ら))"
    r"|(?:ください|下さい|お願いします|ほしい|して|消して|止めて"
    r"|作って)、(?P<whose>と、?[^。、]{1,8}(?:さん|様|くん|君|氏|部長|課長|社長|先生|先輩)(?:が"
    r"|は|も|から)?)[。!]*\Z"
)

#: 消してもらえたりして: a dream, no order; もらえたりしますか is one.
_DREAM = Late(
    r"(?:もらえ|貰え|くれ|いただけ|頂け)(?P<what>たり)(?!(?:し|でき)(?:ます|ません)|する|しない)"
)

#: 要りません、webの停止: nobody needs the act that stands behind by its mere name.
_NEEDLESS = Late(
    r"(?:\A|[。!\n])(?:(?!もう)[^、。!?\na-z]{0,8}、)?(?P<what>(?:(?:要|い)りません"
    r"|(?:要|い)らない|不要|不必要|必要(?:は)?"
    r"(?:ない|ありません|無い|なし)|無用|お断り|結構|いい|良い|大丈夫|やめ(?:て|とき"
    r"|ます)?|なし|却下|見送り|キャンセル|中止|禁止))"
    r"(?:です|だ|します|にします)?(?:よ|ね|から|わ)?(?:[、。!]+)[^、。!?\n]{1,24}?"
    rf"(?:の|を|[ ])?(?:{NOUN}|スナップショット)(?:は|を|が|も|なんて|など)?[。!]*\Z"
)
#: このあとはいいです。webを消して: what follows is waived before it is said.
_WAIVED = Late(
    r"\A(?:(?!くだ|下さ|ほし|お願い|して|[a-z0-9]).)*?(?:\A|[。、!\n])(?:この|その"
    r"|ここから)?(?P<what>(?:あと|後|先|以降|続き|次|以下"
    r"|下記|今後)(?:の(?:話|分|文|行|指示|内容|依頼|お願い))?(?:は|から下は)(?:もう|特に"
    r"|別に|全部|すべて)?、?"
    r"(?:いい|良い|よい|結構|大丈夫|不要|無視|無用|要りません|いりません|いらない"
    r"|要らない|やらな|しな|聞かな|読まな|対応しな"
    r"|気にしな|忘れて|なし|無し|キャンセル|取り消|中止|却下|ボツ|間違))"
)
#: この順でお願いできるか確認してください: a question, however politely it is put.
_CHECK = Late(
    r"(?<=[るたいなすん])(?P<what>か(?:どうか|否か)?(?:を|の|、|だけ)?(?:先に|一度|まず"
    r"|事前に)?、?(?:ご)?(?:確認|検討|検証|教え|調べ|判断"
    r"|判定|相談|回答|返事|返答|チェック|知らせ|連絡|見て|聞かせ|試算|見積)(?:(?:さ?せ"
    r"|し)?て(?:くだ|下さ|ほし|欲し|もら|いただ|頂|くれ|から"
    r"|[。、!\n]|\Z)|(?:を)?(?:の(?:うえ|上|ほど))?、?(?:お?願|いただ|頂|くだ|下さ|頼)))"
)
#: webは4コアで十分なので、そのままにしてください: nothing is to change.
_STAYS = Late(
    r"(?:[十充]分|足り(?:る|ます|て)|間に合|問題(?:ない|ありません)|困って(?:い)?(?:ない"
    r"|ません))[^。、]{0,8}(?:ので|から|んで|し)、?"
    r"(?P<what>(?:今の|この|その)まま(?:で|に|の))"
)
#: webは4コアじゃ足りないので、mailは8コアにして: for which of them?
_FOR_OTHER = Late(
    r"(?<![a-z0-9-])(?P<a>(?!cpu|vm|ram)[a-z][a-z0-9-]*)(?:は|が|も"
    r"|の)[^。、a-z]*\d[^。、]*?(?:じゃあ?|では|だと)[^。、a-z]*"
    r"(?:足り|足ら|不足|厳し|きつ)[^。、]{0,10}(?:ので|から|んで|ため)、?"
    r"(?!(?P=a)(?![a-z0-9-]))(?P<what>(?!v?cpu|vm|ram|web ?サ)[a-z][a-z0-9-]*)(?:は|を|の)",
    re.IGNORECASE,
)

_SIZE = (
    r"(?:メモリ|RAM|ディスク|ストレージ|容量|v?CPU|コア数?)(?:を|は|が)?、?"
    r"{}\d[\d.,]*[ ]?(?:[GMT]i?B?|ギガ|メガ|テラ|コア|個|つ)(?:バイト)?"
)
_MORE = Late(
    rf"(?:サーバ|VM|マシン)の{_SIZE.format('(?:あと|さらに|もう)?')}(?:ほど|だけ|分|ずつ)?(?:を)?"
    r"(?P<what>追加|増設|増やし|足し|上乗せ|増量)(?=し|て|を|お願い|で)"
    rf"|{_SIZE.format('(?P<more>あと|さらに|もう|プラスで?)')}(?!(?:に|へ|まで|と)"
    rf"|[^。]*\d[^。]*(?:に|へ|まで))",
    re.IGNORECASE,
)


def _what(found: re.Match[str]) -> str:
    return str(next(said for said in found.groupdict().values() if said))


def require_meant(text: str) -> None:
    """Raises `Ask` when the message itself says that its order is none."""
    for pattern, key in (
        (_SLIP, "negation"),
        (_UNSAID, "negation"),
        (_EXERCISE, "hypothetical"),
        (_OPEN, "hypothetical"),
        (_FROM_SHOT, "unsupported"),
        (_DONE, "past"),
        (_QUOTED, "past"),
        (_GONE, "past"),
        (_HEARD, "hypothetical"),
        (_SCENE, "past"),
        (_MAIL, "past"),
        (_LABEL, "past"),
        (_SOURCE, "past"),
        (_LEAVE, "hypothetical"),
        (_REACHED, "unsupported"),
        (_SPOKEN, "past"),
        (_DREAM, "hypothetical"),
        (_NEEDLESS, "negation"),
        (_WAIVED, "negation"),
        (_CHECK, "how_to"),
        (_STAYS, "negation"),
    ):
        found = pattern.search(text)
        if found:
            raise Ask(key, what=_what(found), asks=False)
    if more := _MORE.search(text):
        raise Ask("not_understood", words=[more["what"] or more["more"]])
    if other := _OTHER.search(text) or _INSIDE.search(text) or _FOR_OTHER.search(text):
        raise Ask("not_understood", words=[other["what"]])
