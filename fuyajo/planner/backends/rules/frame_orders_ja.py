"""Parts of orders, in their order → plain sentences (for `frames_ja`)."""

from __future__ import annotations

from dataclasses import dataclass, field

from fuyajo.planner.backends.rules import purposes_ja

Items = list[tuple[str, str]]
_SAYS = {"stop": "停止して", "start": "起動して", "restart": "再起動して", "delete": "削除して"}
_LABEL = {"mem": "メモリ", "disk": "ディスク", "cpu": "CPU"}
_WHOM = ("own", "every", "spared")
#: Behind と, of the next machine.
_NEXT = ("mem", "disk", "cpu", "val", "cores", "web", "vm")


@dataclass
class Order:
    """One order as it is found; `whom` are names or a description of several."""

    whom: list[str] = field(default_factory=list)
    many: str = ""
    act: str = ""
    values: list[tuple[str, str]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    count: str = ""
    name: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    title: str = ""
    shot: bool = False
    newest: bool = False
    stated: bool = False

    @property
    def makes(self) -> bool:
        if self.whom or self.many or self.act not in ("", "make", "up"):
            return self.act == "make" and not (self.shot or self.whom or self.many)
        return bool(self.kinds) and bool(self.act or self.count or self.name or self.loose)

    @property
    def described(self) -> bool:
        """A machine that has its name, and no order yet."""
        named = self.name or self.loose
        return bool(self.kinds and named) and not (self.whom or self.many or self.act or self.shot)

    @property
    def empty(self) -> bool:
        return self == Order()


class Unclear(Exception):
    """The parts do not make orders."""


def said(items: Items, label: str) -> str | None:
    """The orders as plain sentences, or None when the parts leave anything open."""
    try:
        orders = _Reader(items).orders()
        return "。".join(_sentence(order, label) for order in orders) if orders else None
    except Unclear:
        return None


class _Reader:
    def __init__(self, items: Items) -> None:
        self.items = items
        self.done: list[Order] = []
        self.kept: set[str] = set()
        self.refused: set[str] = set()
        self.now = Order()
        self.closed = self.named_first = self.ended = False
        self.label = ""
        first = next(
            (kind for kind, _ in items if kind in ("act", *_WHOM, "web", "vm", "latin")), ""
        )
        self.act_first = first == "act"

    def orders(self) -> list[Order]:
        for i, (kind, value) in enumerate(self.items):
            self._take(kind, value, i)
        self._end()
        whom = {name for order in self.done for name in order.whom}
        acts = {order.act for order in self.done}
        settings = any(kind == "open" for kind, _ in self.items)
        left_open = not self.done or (settings and not self.done[-1].makes)
        if left_open or whom & self.kept or acts & self.refused:
            raise Unclear
        return self.done

    def _take(self, kind: str, value: str, i: int) -> None:
        if kind == "and":
            self.ended = self.now.described
            return
        if self.ended and kind in _NEXT:
            self._end()
        self.ended = False
        if kind in _WHOM:
            self._whom(kind, value)
        elif kind in ("val", "cores", "num", "count"):
            self._number(kind, value, i)
        elif kind in ("latin", "quote", "called"):
            self._word(kind, value, i)
        elif kind == "act":
            self._act(value)
        elif kind in _LABEL:
            self.label = kind
        elif kind in ("web", "vm"):
            self._kind("ウェブサーバ" if kind == "web" else "VM")
        elif kind == "snap" or (kind == "name" and value.startswith("スナップ")):
            self._open_for_shot()
        else:
            self._beside(kind, value)

    def _beside(self, kind: str, value: str) -> None:
        """What is no slot of its own."""
        now = self.now
        if kind == "want" and now.kinds and not (now.whom or now.many or now.act):
            now.act = "make"
            self.closed = True
        elif kind == "want" and now.whom and now.values and not now.act:
            now.act = "resize"
            now.stated = self.closed = True
        elif kind in ("kept", "refused"):
            (self.kept if kind == "kept" else self.refused).add(value)
        elif kind in ("stated", "beg") and (value != "val" or not now.act):
            now.stated = kind == "stated"
        elif kind == "newest":
            now.newest = True
        unclear = kind == "purpose" and purposes_ja.wants_more(value)
        if unclear or (kind == "it" and not (now.whom or self.done)):
            raise Unclear

    def _end(self) -> None:
        if not self.now.empty:
            self.done.append(self.now)
        self.now = Order()
        self.label = ""
        self.named_first = False

    def _whom(self, kind: str, value: str) -> None:
        now = self.now
        of_new = now.kinds and now.name and not (now.whom or now.many)
        if of_new or (self.closed and (now.whom or now.many or now.makes)):
            self._end()
            now = self.now
        elif (now.values or now.shot) and (now.whom or now.many):
            now.act = now.act or ("" if now.shot else "resize")
            self._end()
            now = self.now
        self.closed = False
        if kind == "own":
            if now.many:
                raise Unclear
            now.whom += [value] if value not in now.whom else []
        else:
            if now.whom or now.many:
                raise Unclear
            now.many = value

    def _act(self, value: str) -> None:
        now = self.now
        if now.act or (now.empty and self.done):
            last = now if now.act else self.done[-1]
            if value == last.act or (value in ("make", "up", "resize") and last.makes):
                return
            sized = last.act == "resize" and bool(last.values)
            if (value == "resize" and last.values) or (value == "make" and sized):
                last.stated = False
                return
            if value in ("take", "make") and last.shot:
                return
            if self.act_first and (now.whom or now.many):
                self._end()
                self.now.act = value
                self.closed = True
                return
            raise Unclear
        if value == "resize" and now.makes:
            if now.count and not (now.act or now.name or now.loose):
                raise Unclear  # 2台のVMのメモリを4GBに変更して: of those that are there
            return
        now.act = value
        now.stated = False
        self.closed = True

    def _number(self, kind: str, value: str, i: int) -> None:
        now = self.now
        if kind == "cores":
            now.values.append(("cpu", value))
        elif kind == "num" or (kind == "count" and self.label == "cpu"):
            if self.label != "cpu":
                raise Unclear
            now.values.append(("cpu", value))
        elif kind == "count":
            self._count(value)
            return
        else:
            after = self.items[i + 1][0] if i + 1 < len(self.items) else ""
            then = self.items[i + 2][0] if i + 2 < len(self.items) else ""
            behind = after in ("mem", "disk") and then not in ("val", "num") and not self.label
            cores = bool(now.values) and now.values[-1][0] == "cpu" and not self.label
            now.values.append((after if behind else "mem" if cores else self.label, value))
        self.label = ""
        if len(now.values) > 1 and now.values[-1] in now.values[:-1] and len(now.whom) < 2:
            now.values.pop()  # 1コアで十分なので1コアに

    def _next(self) -> None:
        """What is said of something new begins another order."""
        if self.closed and (self.now.whom or self.now.many) and self.now.act:
            self._end()
            self.closed = False

    def _count(self, value: str) -> None:
        self._next()
        now = self.now
        if now.shot and value == "1":
            return
        made = [int(order.count or 1) for order in (*self.done, now) if order.makes]
        if len(made) > 1 and value == str(sum(made)):
            return
        if now.whom:
            if str(len(now.whom)) != value:
                raise Unclear
            return
        if now.many or (now.count and now.count != value):
            raise Unclear
        now.count = value

    def _kind(self, value: str) -> None:
        self._next()
        now = self.now
        if now.whom or now.many:
            return
        if now.kinds and value not in now.kinds:
            if now.act or not (now.count or now.name):
                raise Unclear
            self._end()
            now = self.now
        if not now.kinds:
            now.kinds.append(value)

    def _open_for_shot(self) -> None:
        now = self.now
        if now.act in ("", "take", "revert", "make"):
            now.shot = True
            return
        raise Unclear

    def _word(self, kind: str, value: str, i: int) -> None:
        before = self.items[i - 1][0] if i else ""
        after = self.items[i + 1][0] if i + 1 < len(self.items) else ""
        now = self.now
        if not now.shot and before != "name":
            self._next()
            now = self.now
        if kind == "quote" and (before == "title" or after == "title"):
            now.title = value
        elif kind == "called" or before in ("name", "colon") or after in ("named", "name"):
            now.name.append(value)
        elif kind == "quote" and not now.shot:
            raise Unclear
        else:
            self._loose(value)

    def _loose(self, value: str) -> None:
        """front(Webサーバ)とback(VM): a name, its kind, and the next."""
        if self.named_first and self.now.kinds:
            self._end()
        self.named_first = not self.now.kinds if not self.now.loose else self.named_first
        self.now.loose.append(value)


def _sentence(order: Order, label: str) -> str:
    if order.stated:
        raise Unclear
    if order.makes:
        return _made(order)
    sized = order.act == "make" and order.values and not order.shot  # 4GBに増やして
    if order.shot or (order.act in ("revert", "take", "make") and not sized):
        return _shot(order)
    whom = _whom(order)
    extra = order.name or order.loose or order.title or order.count or order.newest
    if not whom or extra:
        raise Unclear
    if order.values:
        if order.act not in ("", "resize", "make", "up"):
            raise Unclear
        if apart := _apart(order, label):
            return apart
        of = "は" if order.many.endswith("全部") else "の"
        return f"{whom.removesuffix('を全部')}{of}{_values(order, label)}に変更して"
    act = "start" if order.act == "up" else order.act
    if act not in _SAYS:
        raise Unclear
    return f"{whom}を{_SAYS[act]}"


def _whom(order: Order) -> str:
    kind = "ウェブサーバの" if order.whom and "ウェブサーバ" in order.kinds else ""
    return order.many or kind + "と".join(order.whom)


def _apart(order: Order, label: str) -> str:
    """aとbのディスクをそれぞれ60GB、90GB: one for each."""
    labels = {kind for kind, _ in order.values if kind}
    number = len(order.values)
    if len(labels) > 1 or number < 2 or number != len(order.whom):
        return ""
    said = _LABEL[labels.pop()] if labels else label
    core = "コア" if said == "CPU" else ""
    pairs = zip(order.whom, order.values, strict=True)
    return "。".join(f"{whom}の{said}を{value}{core}に変更して" for whom, (_, value) in pairs)


def _values(order: Order, label: str) -> str:
    found: list[str] = []
    for kind, value in order.values:
        said = _LABEL.get(kind, label if len(order.values) == 1 else "")
        found.append(
            f"{said}を{value}コア" if kind == "cpu" else f"{said}を{value}" if said else value
        )
    if len({f.partition("を")[0] for f in found}) != len(found):
        raise Unclear
    return "、".join(found)


def _shot(order: Order) -> str:
    names = order.name + order.loose
    whom = _whom(order)
    if order.act not in ("", "take", "make", "revert"):
        raise Unclear
    named = order.act == "revert" and len(names) == 1
    if (
        not whom
        or not (order.shot or named)
        or order.values
        or len(names) > 1
        or order.title
        or order.count
    ):
        raise Unclear
    if order.act == "revert":
        if not names and not order.newest:
            return f"{whom}を最新のスナップショットに戻して"
        return (
            f"{whom}をスナップショット{names[0]}に戻して"
            if names
            else f"{whom}を最新のスナップショットに戻して"
        )
    if order.newest:
        raise Unclear
    called = f"{names[0]}という名前で" if names else ""
    return f"{whom}のスナップショットを{called}取って"


def _made(order: Order) -> str:
    if (
        order.shot
        or order.newest
        or order.whom
        or order.many
        or order.act not in ("", "make", "up", "resize")
    ):
        raise Unclear
    names = order.name or order.loose
    software = any(purposes_ja.wants_more(name) for name in order.loose)
    if (order.name and order.loose) or software or any(map(purposes_ja.is_software, order.name)):
        raise Unclear
    if not order.kinds or len(names) > max(1, int(order.count or 1)):
        raise Unclear
    sizes = [
        (_LABEL.get(kind, ""), f"{value}コア" if kind == "cpu" else value)
        for kind, value in order.values
    ]
    if not all(said for said, _ in sizes) or len({said for said, _ in sizes}) != len(sizes):
        raise Unclear
    of = "、".join(f"{said}{value}" for said, value in sizes)
    called = f"{'と'.join(names)}という" if names else ""
    title = f"。タイトルは{order.title}" if order.title else ""
    return f"{of}{'の' if of else ''}{called}{order.kinds[0]}を{order.count or 1}台作って{title}"
