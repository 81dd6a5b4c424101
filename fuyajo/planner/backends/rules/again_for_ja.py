"""What a new machine is for, in any words (家計簿アプリを置く), in the second reading."""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules import purposes_ja
from fuyajo.planner.backends.rules.rewriting_ja import Late
from fuyajo.planner.backends.rules.stories_ja import HEAD, MARK

_NAMED = r"(?:[a-z][a-z0-9-]*(?:という|って(?:いう)?)(?:名前の)?)?"
_SMALL = (
    r"(?:小さい|小さな|新しい|軽い|普通の|素の|大きい|大きな|仮の"
    r"|専用の|もう\d台の|同じ(?:(?:構成|スペック|設定|内容)の)?)?"
)
#: Up to a kind, a number of them, a verb of making, or a size.
_THING = (
    rf"(?=、?{_SMALL}{_NAMED}(?:{HEAD}|\d台|\dつ|新しく|新規|メモリ"
    r"|CPU|ディスク|ストレージ|容量|RAM|vCPU|コア数|普通の|\d[\d.]* ?(?:[GMT]i?B?|ギガ|テラ|コア)))"
)
_FOR = Late(
    r"(?:\A|(?<=[、。!\n])|(?<=を))(?P<said>[^、。!?\n「」\ue000-\uf8ff]{0,34}?"
    r"(?:用(?:に|の|で|として|途で|途に|途の)?|向け(?:に|の|で)"
    r"|のため(?:に|の)|するため(?:に|の)|ために|目的(?:で|の)"
    r"|の人数分|人数分|の分|で使う|に使う|で使いたい|を置く|を載せる"
    r"|を動かす|を回す|を試す|を公開する|を見せる|を流す|をする"
    r"|[一-龥ァ-ヶーぁ-ん](?:う|く|ぐ|す|つ|ぬ|ぶ|む|る|たい)(?:用の"
    r"|ための|ように|のに)?|(?:宿題|課題|授業|講義|演習|研究|仕事"
    r"|業務|学習|勉強|実験|発表|展示|企画|活動|集計|分析|解析"
    r"|検証|置き場|練習台|受け皿|土台|代わり|窓口|基盤)(?:に|で"
    r"|として|用として)|にあたり|に際して|に向けて|に備えて|の一環で"
    r"|の都合で|の関係で|の準備で))、?"
    rf"{_THING}",
    re.IGNORECASE,
)
_BEHIND = Late(
    r"(?P<h>\d台|\dつ|サーバを|VMを|を)(?P<said>、?[^、。!?\n「」\ue000-\uf8ffa-"
    r"z0-9]{1,16}(?:用に|のために|人数分|の分|向けに))、?(?=作"
    r"|立て|用意|お願い|追加|構築|準備|ほし)",
    re.IGNORECASE,
)
#: Software and services that no template has; orders, states, comparisons.
_KEPT = Late(
    r"メール|印刷|プリント|もし|たら|れば|なら(?!し|び)|場合|とき"
    r"|同じ|似た|みたい|ような|くらい|ぐらい|ほど|以外|止ま|さっき"
    r"|先ほど|さきほど|例の"
    r"|今ある|既存|全部|すべて|全て|言って|言われ|書いて|指示"
    r"|命令|無視|忘れ|冗談|嘘|例えば|たとえば|ません|消す|止める"
    r"|停止|削除|電源|明日|来週|来月|今夜|毎|\d+ ?(?:GB|ギガ|コア|台)"
)
_SOFT = Late(
    r"ポートフォリオ|レポート|サポート|パスポート|エクスポート"
    r"|インポート|スポーツ|空港|ユーザ|アクセス|公開|(?:動画|ゲーム"
    r"|メール)(?:部|同好会|サークル|教室|制作|開発|研究|上映|編集"
    r"|授業|講座|の(?:授業|研究|勉強))|ファイル(?:共有|整理|置き場)"
    r"|録画|接続(?:試験|テスト|確認)|移行(?:作業|検証|テスト|先)"
    r"|コピー(?:先)?|データ移動|クラウド(?:研修|検証)|ネットワーク(?:研修"
    r"|授業|演習)|インストール(?:手順|テスト|確認)|専用|限定公開"
)


def is_idle(said: str) -> bool:
    """Whether it only says what a machine is for."""
    return _idle(said)


def without_purposes(text: str) -> str:
    sentences = re.split(r"(?<=[。!\n])", text)
    return "".join(_made(sentence) for sentence in sentences)


def _made(sentence: str) -> str:
    parts = re.split(r"(?<=て、)|(?<=し、)|(?<=作成、)", sentence)
    return "".join(
        _BEHIND.sub(_left_behind, _FOR.sub(_left, part))
        if MARK not in part and purposes_ja.makes(part)
        else part
        for part in parts
    )


def _left(found: re.Match[str]) -> str:
    return "" if _idle(found["said"]) else found[0]


def _left_behind(found: re.Match[str]) -> str:
    return found["h"] if _idle(found["said"]) else found[0]


#: kakeiboという is a name.
_CALLS = Late(r"(?:という|って|いう|名前の|名の|と呼ぶ|[a-z0-9](?:を|の|と))\Z|名前", re.IGNORECASE)
#: A bare loan word may be a service that no template has (プロキシ用の); these are none.
_LOAN = Late(
    r"(?!(?:ブログ|ホームページ|ウェブサイト|サイト|ページ|ポートフォリオ"
    r"|アンケート|テスト|デモ|イベント|ゼミ|サークル|プロジェクト"
    r"|セミナー|キャンペーン|アプリ|ツール|バッチ|ビルド|データ"
    r"|レポート|フォーム|カタログ|ニュース|クラブ|チーム|クラス"
    r"|ワークショップ|ハンズオン|トレーニング|バイト|インターン"
    r"|プレゼン|リリース|リハーサル|サンプル|プロトタイプ|ベンチマーク"
    r"|スクリプト|ボット|シミュレーション|レンダリング|ショップ"
    r"|ギャラリー|ライブ|バンド|コンテスト|ハッカソン|オープンキャンパス"
    r"|ローカル|ステージング|プライベート|レシピ|サイド|ミーティング"
    r"|オンボーディング|スクール|キャンプ|ボランティア|サポート"
    r"|プログラミング|コーディング|デザイン))[ァ-ヶー]+用(?:の"
    r"|に|で)?"
)
#: 来月のイベントに向けて says what for; 来月に向けて would be a time.
_COMING = Late(
    r"(?:明日|明後日|来週|来月|来年|今度|今週|今月|週末|年末|年明け|夏|冬|春|秋)の(?=[^、。]{2,14}"
    r"(?:に向け|に備え|のため|用|で使|向け|にあたり|の準備))"
)
_LATIN = Late(r"[a-z0-9]", re.IGNORECASE)
_PLAINLY = Late(
    r"(?:用[にのでと途]?[にの]?|向け[にので]|ため[にの]|目的[での]"
    r"|を(?:動かす|回す|試す|置く|載せる|入れる|使う|流す|学ぶ"
    r"|教える|覚える)(?:用の|ための)?|で使う)\Z"
)


def _idle(said: str) -> bool:
    said = said.rstrip("、")
    if _CALLS.search(said) or (_LATIN.search(said) and not _PLAINLY.search(said)):
        return False
    bare = _SOFT.sub("", _COMING.sub("", said))
    if _LOAN.fullmatch(said):
        return False
    return not (_KEPT.search(bare) or purposes_ja.wants_more(bare))
