"""Policy, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {
    "problem.policy_refused": "ポリシーにより、リスク「{risk}」の計画は実行できません",
    "hint.policy_refused": "許可の内容は `fuyajo policy show`",
    "problem.policy_protected": "{value} は保護されています",
    "hint.policy_protected": "先に policy.toml の `protected` から外してください",
}
