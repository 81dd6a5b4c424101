"""Policy, in English."""

from __future__ import annotations

EN: dict[str, str] = {
    "problem.policy_refused": "policy refuses plans of the risk “{risk}”",
    "hint.policy_refused": "`fuyajo policy show` says what is allowed",
    "problem.policy_protected": "{value} is protected",
    "hint.policy_protected": "take it out of `protected` in policy.toml first",
}
