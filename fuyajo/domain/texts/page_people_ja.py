"""The page about one user, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {
    "page.people.of": "ユーザー {user}",
    "page.people.elsewhere": "外部でのサインイン",
    "page.people.elsewhere_what": "OpenID Connect の発行者でこれらのアカウントを持つ人は、"
    "{user} としてサインインします。",
    "page.people.subject": "サブジェクト",
    "page.people.issuer": "発行者",
    "page.people.came": "経緯",
    "page.people.made": "サインインで作成",
    "page.people.linked": "関連付け",
    "page.people.nobody": "外部からこのユーザーとしてサインインする人はいません。",
    "page.people.unlink": "関連付けを解除する",
    "page.people.unlink_what": "これらのアカウントではサインインできなくなります。"
    "発行済みのトークンは有効なままです。",
    "page.people.link": "外部のアカウントを関連付ける",
    "page.people.link_do": "関連付ける",
    "page.people.subject_how": "サブジェクトは、発行者が 「sub」に書く値です。"
    "以前の関連付けは置き換えられます。",
    "page.people.tokens": "トークン",
    "page.people.tokens_what": "プログラムが {user} として操作するためのものです。"
    "シークレットはどこにも保存されません。",
    "page.people.no_tokens": "トークンはありません。",
    "page.house.done_linked": "そのアカウントを持つ人は、このユーザーとしてサインインできます。",
    "page.house.done_unlinked": "外部からこのユーザーとしてサインインすることはできなくなりました。",
}
