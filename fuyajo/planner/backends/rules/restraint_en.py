"""What makes an English order none, whatever stands beside it: "web is fine. Delete!", "stop web later"."""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules.tokens import Ask

#: A cry behind a remark names nothing; it may be meant for anybody.
_CRY = re.compile(
    r"[.!?;…]\s*(?:stop|halt|delete|remove|erase|destroy|kill)\s*!+\s*$", re.IGNORECASE
)
#: One order, and when: after what, was not said.
_LATER = re.compile(
    r"\b(?P<what>afterwards?|after that|after this|thereafter|later on)\W*$", re.IGNORECASE
)
_ORDERS = re.compile(
    r"\b(?:start|stop|restart|reboot|boot|delete|remove|create|make|give|set|resize|take|turn|shut|switch|power"
    r"|add|build|snapshot|destroy|erase|revert|restore|roll|raise|increase|reduce|launch|bring|put)\b",
    re.IGNORECASE,
)


def require_meant(text: str) -> None:
    """Raises `Ask` when the message itself says that its order is none, or not for now."""
    if _CRY.search(text):
        raise Ask("only_noun")
    later = _LATER.search(text)
    if later and len(_ORDERS.findall(text)) < 2:
        raise Ask("schedule", what=later["what"], asks=False)
