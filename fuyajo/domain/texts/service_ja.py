"""The service: users, tokens, calls, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {
    "problem.unauthorized": "トークンがないか、使えないトークンです",
    "hint.unauthorized": "`Authorization: Bearer TOKEN` を送ってください (作成は `fuyajo token new`)",
    "problem.internal_service": "内部でエラーが起きました",
    "hint.internal_service": "原因はサービスのログにあります。あとでもう一度試してください",
    "problem.request_value": "{detail}",
    "hint.request_value": "形式は /api/v1/openapi.json にあります",
    "problem.password_length": "パスワードは {low} 文字以上 {high} 文字以下です",
    "hint.password_length": "いくつかの単語を並べると覚えやすくなります",
    "problem.user_name": "「{value}」はユーザー名にできません",
    "hint.user_name": "英小文字で始まる、英小文字・数字・`.`・`_`・`-` の 64 文字以内です",
    "problem.user_taken": "{value} というユーザーはもういます",
    "hint.user_taken": "一覧は `fuyajo user list`",
    "problem.scope_missing": "スコープ {value} が必要です",
    "hint.scope_missing": "そのスコープのトークンを作ってください: `fuyajo token new --scope …`",
    "problem.too_many_queued": "待っている実行がすでに {limit} 件あります",
    "hint.too_many_queued": "終わるのを待つか、取り消してください: `fuyajo run cancel RUN`",
    "problem.token_not_found": "トークン {value} はありません",
    "hint.token_not_found": "一覧は `fuyajo token list`",
}
