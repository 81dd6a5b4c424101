"""The console of a machine, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {
    "problem.console_in_use": "コンソールはすでに使用中です",
    "hint.console_in_use": (
        "シリアルコンソールは 1 台に一つです。空くのを待つか、ご自身のマシンなら引き継いでください"
    ),
    "problem.console_off": "{value} は稼働していないため、コンソールには何も出ません",
    "hint.console_off": "起動してください: `fuyajo vm start {value}`",
    "problem.console_many": "コンソールを {value} 個開いています。これ以上は開けません",
    "hint.console_many": "どれかを閉じてください",
    "problem.screen_none": "このマシンには表示できる画面がありません",
    "hint.screen_none": (
        "停止中なら起動してください。ビデオデバイスがなければシリアルコンソールだけが使えます"
    ),
    "page.console.title": "{value} のコンソール",
    "page.console.heading": "シリアルコンソール",
    "page.console.back": "離れて {value} へ",
    "page.console.screen": "画面",
    "page.console.off": "{value} は稼働していません。",
    "page.console.to_start": "マシンのページで起動する",
    "page.console.again": "接続",
    "page.console.take": "引き継ぐ",
    "page.console.end": "切断",
    "page.console.reader": "スクリーンリーダー向け",
    "page.console.region": "{value} のコンソール",
    "page.console.keys": (
        "キーは Tab も含めてすべてマシンに送られます。"
        "Ctrl+] (または Ctrl+Shift+Esc) でコンソールから離れます。"
    ),
    "page.console.limits": (
        "{minutes} 分間キー入力がないと閉じます。開いたことは監査に残りますが、入力の内容は残りません。"
    ),
    "page.console.plain": "ターミナルで開く",
    "page.console.plain_how": (
        "このページのコンソールにはスクリプトが必要です。ハイパーバイザー上では次のコマンドで開けます:"
    ),
    "page.console.plain_leave": "Ctrl+] で終了します。",
    "page.console.desk": "コンソールと画面",
    "page.console.open": "コンソールを開く",
    "page.console.shot": "{value} の現在の画面",
    "page.console.shot_again": "もう一度見る",
    "page.console.input": "マシンへのキー入力",
    "page.console.much": "出力が多すぎて読み上げられません。",
    "page.console.connecting": "接続しています…",
    "page.console.connected": "接続済み",
    "page.console.closed": "切断",
    "page.console.lost": (
        "接続が切れたか、サインアウトしています。もう一度接続するか、サインインしてください。"
    ),
    "page.console.ended": "切断しました。",
    "page.console.left_out": "出力が速すぎたため {n} バイトを省きました",
    "page.console.why.left": "切断しました。",
    "page.console.why.idle": "長い間キー入力がなかったため閉じました。",
    "page.console.why.signed_out": "サインアウトしたため閉じました。",
    "page.console.why.rights": "マシンの共有が終わったため閉じました。",
    "page.console.why.stopped": "マシンが停止したため閉じました。",
    "page.console.why.taken": "ほかの人が引き継いだか、ホストが閉じたため終了しました。",
    "page.console.why.lost": "ホストが応答しないため閉じました。",
    "page.console.why.ending": "サービスを再起動しています。少し待って接続してください。",
    "page.console.why.slow": "ブラウザーが 30 秒間何も受け取らなかったため閉じました。",
}
