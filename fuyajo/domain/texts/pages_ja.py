"""The pages, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {
    "problem.page_foreign": "Fuyajo 自身のページから送られたものではありません",
    "hint.page_foreign": "ページを開き直して、もう一度お試しください",
    "problem.page_not_found": "そのページはありません",
    "hint.page_not_found": (
        "削除されたか、ご自身のものではない可能性があります。ホームからお進みください"
    ),
    "problem.page_sign_in": "名前とパスワードが一致しません",
    "hint.page_sign_in": "管理者は `fuyajo user password NAME` で新しいパスワードを設定できます",
    "problem.page_first_secret": "このシークレットは無効か、管理者がすでに登録されています",
    "hint.page_first_secret": "シークレットはサービスの起動時に表示され、そのプロセスの間だけ有効です",
    "page.skip": "本文へ移動",
    "page.nav": "メニュー",
    "page.home": "ホーム",
    "page.problem": "うまくいきませんでした",
    "page.sign_in": "サインイン",
    "page.signed_out": "サインアウトされています。",
    "page.sign_in_there": "別のタブでもう一度サインインしてから、ここで続ける",
    "page.sign_in_again": "もう一度サインインする",
    "page.sign_out": "サインアウト",
    "page.user": "名前",
    "page.password": "パスワード",
    "page.secret": "サービス起動時のシークレット",
    "page.first_admin": "最初の管理者",
    "page.first_admin_how": (
        "まだ誰もサインインできません。サービスを起動した画面にシークレットが表示されています。"
    ),
    "page.make_account": "アカウントを作成",
    "page.machines": "マシン",
    "page.machines_count": "全 {n} 台、稼働中 {running} 台",
    "page.no_machines": "マシンはまだありません。必要なものを伝えると、まず計画が表示されます。",
    "page.name": "名前",
    "page.state": "状態",
    "page.template": "テンプレート",
    "page.cpus": "CPU 数",
    "page.memory": "メモリ",
    "page.disk": "ディスク",
    "page.address": "アドレス",
}
