"""Clauses that only tell, in any words (for `residue_ja`): an end that tells, and nothing that orders."""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules import frame_words_ja, told_ja
from fuyajo.planner.backends.rules.rewriting_ja import Late
from fuyajo.planner.backends.rules.stories_ja import HEAD, MARK, OWN, begs, states, takes_back

_CLAUSE = Late(
    r"[^、。!?\n]*?(?:(?:ので|んで(?!す)|もんで|ため(?:に)?|(?<=[うくぐすつぬぶむるたいだ])から"
    r"|(?<=[たるいだすん])(?:し|が|けど|けれど|けれども)(?=、)|につき|により|に伴い|にともない)、?"
    r"|[、。!?\n]+|\Z)"
)
_SAYS_WHY = Late(
    r"(?:ので|んで|もんで|ため(?:に)?|から|し|が|けど|けれど|けれども|につき|により|に伴い"
    r"|にともない)、?\Z"
)
#: What orders and their objects are made of.
_MATTER = Late(
    r"[0-9a-zA-Z「」\"\ue000-\uf8ff]|停止|起動|削除|消[しすさせ去]|落と|切[っりる]"
    r"|作[っるらりれ成]|立て|建て|戻[しすっ]"
    r"|捨て|増や|減ら|上げ|下げ|止[めまり]|スナップ|電源|変更|リサイズ|リブート|シャットダウン"
    r"|復元|保存|破棄|廃棄|撤去"
    r"|処分|構築|用意|準備|手配|追加|拡張|縮小|サーバ|マシン|インスタンス|メモリ|ディスク|CPU"
    r"|コア|ストレージ"
    r"|全部|すべて|全て|残り|以外|これ[はがを]|それ[はがを]|あれ[はがを]|やつ|両方"
)
#: Wherever they stand, what follows is no plain order.
_DOUBT = Late(
    r"もし|やめ|取りや|見送|中断|諦め|あきらめ|断念|撤回|取り下げ|不要だっ|後回し|延期|仮に|場合"
    r"|次第|ふり|れば|なら(?![なずびんい])|たら(?!し|く|い)|つもり|かも|たぶん|多分"
    r"|おそらく|恐らく"
    r"|でしょう|だろう|\?|例えば|たとえば|ではなく|じゃなく|無視|プロンプト|管理者|承認|許可"
    r"|やっぱ|嘘|うそ|冗談|禁止"
    r"|中止|キャンセル|取り消|取消|ダメ|だめ|駄目|まだ|待って|待ち|待た|ほうが|方が|べき|どちら"
    r"|どれ|どっち|片方|なぜ"
    r"|何(?!か|も|度|回|人|名|日|時間|年|やら)|誰(?!も|か)|いつ(?!も|か|の間)|どう(?!も|して|やら"
    r"|にも)|次の|以下|下記"
    r"|こう(?!し)|こんな|このよう|そう(?!し)|そのまま|なんて|とき|時に|際に|うちに|前に|後で"
    r"|あとで|明日|明後日|あさって|今夜|今晩|夜に|来週|来月|来年|翌|毎"
    r"|定期|自動|週末|月末|年末|[月火水木金土日]曜|いずれ|将来|今度|そのうち|しばらく|以降|まで"
)
#: At the end of a clause: somebody's words, a doubt, an exercise, what takes an order back.
_LATER = Late(
    r"夜|朝|夕|昼|晩|午前|午後|あと|のち|これから|[るうくすつむぶ]予定|(?:やり|し|行い|実施し"
    r"|対応し|進め|考え)ます\Z|(?:する|やる)\Z"
)
_END = Late(
    r"(?:言|聞|書|頼|指示|命令|伝え|伝言|届|話|返事|返信|質問|問わ|尋ね|検討|相談|確認|考え|思|迷"
    r"|悩|保留|予定|練習|訓練"
    r"|テスト|試験|例|引用|メール|手紙|メモ|夢|歌|怒|叫|呟|貼|投稿|違|間違|忘れ|大事|大切|重要"
    r"|必要|要|いらな|結構|未"
    r"|ミス|誤|噂|聞こえ|読|曰|述べ|主張|要求|催促|反対|心配|不安|欲し|ほし|たい)"
    r"[^、。!?\n]{0,9}\Z"
)


def remarks(text: str) -> str:
    """The text without its remarks; a VM that only a remark names is what the order behind it is about."""
    clauses = [found for found in _CLAUSE.findall(text) if found]
    if len(clauses) < 2 or "".join(clauses) != text:
        return text
    idle = [_idle(clauses, i) for i in range(len(clauses))]
    if not any(idle) or all(idle):
        return text
    kept = ""
    about: list[str] = []
    for clause, tells in zip(clauses, idle, strict=True):
        if tells:
            about += re.findall(OWN, clause)
            continue
        if about and re.search(HEAD, clause, re.IGNORECASE) and not re.search(OWN, clause):
            return text  # 古き家xは取り壊し、VMを建てて: what is said of a VM does not get lost
        if about and not re.search(OWN, clause):
            if len(set(about)) != 1:
                return text
            clause = f"{about[0]}は、{clause}"
        about = []
        kept += clause
    every = set(re.findall(OWN, text))
    return text if about or every != set(re.findall(OWN, kept)) else kept


#: webを消して、は危険なコマンドです: then the order before it is only spoken of.
_QUOTES = Late(
    r"という|とい[うえわっ]|と[はかのもて言書]|って|[はがをにで](?![一-龥ぁ-ん]{1,3}[、。])|など"
    r"|なんて|とか"
)


def _goes_on(before: str, why: bool) -> bool:
    """webを再起動した後、調子がいいです: an open clause before it is part of what it tells."""
    open_end = before.endswith("、") and not _SAYS_WHY.search(before.rstrip("、"))
    return open_end and not why and bool(_MATTER.search(before))


def _idle(clauses: list[str], i: int) -> bool:
    """Whether a clause only tells; with a comma by itself it belongs to what stands behind it."""
    said = clauses[i]
    bare = said.strip("、。!…\n ")
    why = bool(_SAYS_WHY.search(said.rstrip("、")))
    ended = said[-1:] in "。!\n"
    if not bare or "?" in said or _QUOTES.match(bare) or _goes_on(clauses[i - 1] if i else "", why):
        return False
    if said.endswith("、") and not why:
        return i + 1 < len(clauses) - 1 and _empty(bare) and _idle(clauses, i + 1)
    last = i == len(clauses) - 1
    if not why and not ((ended or last) and states(bare)):
        return False
    return only_tells(_SAYS_WHY.sub("", bare) if why else bare, why=why)


def _empty(said: str) -> bool:
    return not (_MATTER.search(said) or _DOUBT.search(said) or _END.search(said) or begs(said))


def only_tells(said: str, *, why: bool) -> bool:
    """Whether the end of a clause tells, and nothing in it could order or govern an order."""
    named = re.findall(OWN, said)
    bare = (
        re.sub(rf"{OWN}(?:は|が|の|も(?=う)|に)?(?:方は)?", "", said) if len(named) == 1 else said
    )
    if len(bare) < 3 or MARK in bare or begs(bare) or takes_back(bare):
        return False
    if _MATTER.search(bare) or _DOUBT.search(bare) or _END.search(bare):
        return False
    if any(part.kind[:2] in ("v_", "w_") for part in frame_words_ja.parts(bare)):
        return False
    if told_ja.NOT_MEANT.search(bare) or told_ja.UNSURE.search(bare) or told_ja.ALLOWS.search(bare):
        return False
    return why or not (told_ja.SCENE.search(bare) or _LATER.search(bare))
