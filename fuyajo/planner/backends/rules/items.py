"""A noun phrase → one wanted VM. Whatever is left over is asked about, never dropped."""

from __future__ import annotations

from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.request import COUNT
from fuyajo.domain.text_rules import unsafe_reason
from fuyajo.planner.backends.rules import words_en
from fuyajo.planner.backends.rules.drafts import VmDraft
from fuyajo.planner.backends.rules.names import identifier, require_valid
from fuyajo.planner.backends.rules.sizes import bind, checked
from fuyajo.planner.backends.rules.tokens import HEADS, Ask, K, Token, Tokens

#: Kinds that carry no wish of their own inside a noun phrase.
IDLE = frozenset({K.DET, K.FILL, K.WITH, K.PLEASE, K.AND, K.COMMA, K.JOSHI, K.TAIL, K.POLITE})
_NAMEABLE = frozenset({K.WORD, K.QUOTE, K.NAME, K.GREET})
_ENDS_NAME = frozenset({K.AND, K.COMMA, K.WITH, K.PLEASE, K.JOSHI, K.NAMED_AFTER, K.FILL})
_JOINS = frozenset({K.AND, K.COMMA})
#: "a debian 11 server" is one server.
_VERSIONED = frozenset({"debian", "a", "an"})


def build_item(tokens: Tokens, japanese: bool) -> VmDraft:
    """One VM (or several alike) out of the words of one noun phrase."""
    return _Item(tokens, japanese).build()


def not_understood(tokens: list[Token]) -> Ask:
    words = [t.text for t in tokens if any(c.isalnum() for c in t.text)] or ["…"]
    return Ask("not_understood", words=words)


class _Item:
    def __init__(self, tokens: Tokens, japanese: bool) -> None:
        self.tokens = tokens
        self.japanese = japanese
        self.used: set[int] = set()

    def build(self) -> VmDraft:
        variables = self._variables()
        names = self._names()
        template = self._template()
        bound = bind(self._masked())
        self.used |= bound.used
        count = self._count()
        self._leftover(names)
        sizes = checked(bound.values, template)
        draft = VmDraft(template, self._fitting(names, count), count or 1, sizes, variables)
        _check_variables(draft)
        return draft

    def _masked(self) -> Tokens:
        """What names and titles used must not look like a number or a size."""
        blank = Token(K.NAMED, "")
        return tuple(blank if i in self.used else t for i, t in enumerate(self.tokens))

    def _kind(self, i: int) -> K | None:
        return self.tokens[i].kind if 0 <= i < len(self.tokens) else None

    def _variables(self) -> tuple[tuple[str, str], ...]:
        found: dict[str, str] = {}
        for i, token in enumerate(self.tokens):
            if token.kind not in (K.TITLE, K.TITLE_AFTER):
                continue
            at = i + 1 if token.kind is K.TITLE else i - 1
            at += 1 if self._kind(at) is K.COLON else 0
            if self._kind(at) is not K.QUOTE or str(token.value) in found:
                raise Ask("quote_text")
            found[str(token.value)] = self.tokens[at].text
            self.used |= {i, at, *range(i, at)}
        return tuple(found.items())

    def _names(self) -> list[str]:
        places = {i for i in range(len(self.tokens)) if i not in self.used and self._is_name(i)}
        forward = list(range(len(self.tokens)))
        places |= self._chained(places, forward, -1)
        if self.japanese:
            places |= self._chained(places, forward[::-1], 1)
        for i in places:
            self.used.add(i)
            self.used |= {j for j in (i - 1, i + 1) if self._kind(j) in (K.NAMED, K.NAMED_AFTER)}
        return [self.tokens[i].text for i in sorted(places)]

    def _is_name(self, i: int) -> bool:
        token = self.tokens[i]
        if token.kind is K.NAME and self._kind(i - 1) is K.NAMED:
            return True
        if token.kind not in _NAMEABLE:
            return False
        if self._kind(i + 1) is K.NAMED_AFTER:
            return True
        if self._kind(i - 1) not in HEADS or not self._ends(i):
            return False
        letters = identifier(token.text)
        plain = letters is not None and (letters,) not in words_en.PHRASES
        return self.japanese or token.kind is K.QUOTE or plain

    def _ends(self, i: int) -> bool:
        following = self._kind(i + 1)
        return following is None or following in _ENDS_NAME

    def _chained(self, places: set[int], order: list[int], step: int) -> set[int]:
        """called a, b and c: the names that follow (or, in Japanese, precede) a name."""
        found = set(places)
        for i in order:
            if i in self.used or i in found or not self._may_chain(i):
                continue
            at = i + step
            joined = False
            while self._kind(at) in _JOINS:
                at, joined = at + step, True
            if joined and at in found:
                found.add(i)
        return found

    def _may_chain(self, i: int) -> bool:
        token = self.tokens[i]
        single = token.kind is K.DET and token.low == "a"
        return (token.kind in _NAMEABLE or single) and self._ends(i)

    def _template(self) -> str:
        said = {str(t.value) for t in self.tokens if t.kind is K.TEMPLATE}
        if len(said) > 1:
            raise Ask("two_kinds")
        places = [i for i, t in enumerate(self.tokens) if t.kind in HEADS and i not in self.used]
        if not places:
            raise Ask("which_kind")
        self.used.update(places)
        return said.pop() if said else "basic-server"

    def _count(self) -> int | None:
        counts = []
        for i, token in enumerate(self.tokens):
            if i in self.used or token.kind not in (K.NUMBER, K.COUNT):
                continue
            if token.kind is K.COUNT or self._counts(i):
                counts.append(token.value)
                self.used.add(i)
        if len(set(counts)) > 1:
            raise Ask("two_values", what="count")
        if not counts:
            return None
        number = counts[0]
        if not isinstance(number, int) or not COUNT[0] <= number <= COUNT[1]:
            raise Ask("range_count", low=COUNT[0], high=COUNT[1])
        return number

    def _counts(self, i: int) -> bool:
        """A number counts VMs when it stands before them, or has a Japanese counter."""
        if self.japanese:
            return not self.tokens[i].text.isdigit()
        before = self.tokens[i - 1].low if i else ""
        if before in _VERSIONED:
            return False
        at = i + 1
        while self._kind(at) in (K.FILL, K.DET):
            at += 1
        return self._kind(at) in HEADS

    def _leftover(self, names: list[str]) -> None:
        left = [t for i, t in enumerate(self.tokens) if i not in self.used and t.kind not in IDLE]
        if not left:
            return
        if all(t.kind in (K.MEMORY, K.DISK, K.CPU, K.NUMBER) for t in left):
            raise Ask("how_much")
        named = [t for t in left if t.kind in (K.QUOTE, K.WORD, K.GREET, K.NAME)]
        if not names and len(left) == 1 and named and left[0].text.isascii():
            raise Ask("maybe_name", word=left[0].text)
        raise not_understood(left)

    def _fitting(self, names: list[str], count: int | None) -> tuple[str, ...]:
        good = tuple(require_valid(name) for name in names)
        if len(set(good)) < len(good):
            raise Ask("name_twice")
        plural = any(t.low.endswith("s") for t in self.tokens if t.kind in HEADS)
        if count is None and len(good) == 0 and plural and not self.japanese:
            raise Ask("how_many")
        expected = count if count is not None else len(good) if plural or self.japanese else 1
        if len(good) > 1 and len(good) != expected:
            raise Ask("names_count")
        return good


def _check_variables(draft: VmDraft) -> None:
    known = TEMPLATES[draft.template].variables
    for key, value in draft.variables:
        if key not in known:
            raise Ask("no_variable", template=draft.template, option=key)
        if unsafe_reason(value) or not known[key].low <= len(value) <= known[key].high:
            raise Ask("unsafe")
