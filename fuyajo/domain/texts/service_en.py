"""The service: users, tokens, calls, in English."""

from __future__ import annotations

EN: dict[str, str] = {
    "problem.unauthorized": "no token, or one that opens nothing",
    "hint.unauthorized": "send `Authorization: Bearer TOKEN`; `fuyajo token new` makes one",
    "problem.internal_service": "something went wrong inside",
    "hint.internal_service": "the service's log says what; try again later",
    "problem.request_value": "{detail}",
    "hint.request_value": "/api/v1/openapi.json describes what is expected",
    "problem.password_length": "a password has {low} to {high} characters",
    "hint.password_length": "a few words in a row are easy to remember",
    "problem.user_name": "“{value}” cannot be a user's name",
    "hint.user_name": "lower case letters, digits, `.`, `_` and `-`, a letter first, at most 64",
    "problem.user_taken": "there is a user called {value}",
    "hint.user_taken": "`fuyajo user list` shows all",
    "problem.scope_missing": "this needs the scope {value}",
    "hint.scope_missing": "make a token that has it: `fuyajo token new --scope …`",
    "problem.too_many_queued": "{limit} runs of yours are waiting already",
    "hint.too_many_queued": "wait for some of them, or cancel: `fuyajo run cancel RUN`",
    "problem.token_not_found": "you have no token {value}",
    "hint.token_not_found": "`fuyajo token list` shows yours",
}
