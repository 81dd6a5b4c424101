"""A noun phrase → one wanted VM. Whatever is left over is asked about, never dropped."""

from __future__ import annotations

from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.request import COUNT, Selector
from fuyajo.domain.text_rules import unsafe_reason
from fuyajo.planner.backends.rules import words_en
from fuyajo.planner.backends.rules.drafts import VmDraft
from fuyajo.planner.backends.rules.names import identifier, name_like, require_valid, valid
from fuyajo.planner.backends.rules.sizes import bind, checked
from fuyajo.planner.backends.rules.tokens import HEADS, Ask, K, Token, Tokens
from fuyajo.planner.backends.rules.words import said_words

#: Kinds that carry no wish of their own inside a noun phrase.
IDLE = frozenset({K.DET, K.FILL, K.WITH, K.PLEASE, K.AND, K.COMMA, K.JOSHI, K.TAIL, K.POLITE})
IDLE |= {K.TOO, K.SHOULD}
_NAMEABLE = frozenset({K.WORD, K.QUOTE, K.NAME, K.GREET})
_CHAINED = _NAMEABLE | {K.SMALL, K.STATE, K.TAKE}
_ENDS_NAME = frozenset({K.TITLE, K.AND, K.COMMA, K.WITH, K.PLEASE, K.JOSHI, K.NAMED_AFTER, K.FILL})
_JOINS = frozenset({K.AND, K.COMMA})
_ADJECTIVES = said_words("adjectives")
#: "a debian 11 server" is one server.
_VERSIONED = frozenset({"debian", "a", "an"})


def build_item(tokens: Tokens, japanese: bool, template: str | None = None) -> VmDraft:
    """One VM (or several alike) out of the words of one noun phrase.

    `template` is the kind of the VM said before, for "another one".
    """
    return Item(tokens, japanese, template).build()


def not_understood(tokens: list[Token]) -> Ask:
    words = [t.text for t in tokens if any(c.isalnum() for c in t.text)] or ["…"]
    return Ask("not_understood", words=words)


class Item:
    """The words of one noun phrase, and which of them were used."""

    def __init__(self, tokens: Tokens, japanese: bool, before: str | None = None) -> None:
        self.tokens = tokens
        self.japanese = japanese
        self.before = before
        self.used: set[int] = set()

    def build(self, like: Selector | None = None) -> VmDraft:
        """The draft; with `like` the kind is that VM's."""
        variables = self._variables()
        names = self._names()
        stopped = self._stopped()
        template = None if like else self._template()
        bound = bind(self._masked())
        self.used |= bound.used
        count = self._count()
        self._leftover(names)
        sizes = checked(bound.values, template)
        fitting = self._fitting(names, count)
        draft = VmDraft(template, fitting, count or 1, sizes, variables, stopped, like)
        _check_variables(draft)
        return draft

    def _stopped(self) -> bool:
        """ "a stopped web server"; two states at once are asked about."""
        places = {i for i, t in enumerate(self.tokens) if t.kind is K.STATE and i not in self.used}
        said = {str(self.tokens[i].value) for i in places}
        if len(said) > 1:
            raise not_understood([self.tokens[i] for i in sorted(places)])
        self.used |= places
        return said == {"stopped"}

    def _masked(self) -> Tokens:
        """What names and titles used must not look like a number or a size."""
        blank = Token(K.NAMED, "")
        return tuple(blank if i in self.used else t for i, t in enumerate(self.tokens))

    def _kind(self, i: int) -> K | None:
        return self.tokens[i].kind if 0 <= i < len(self.tokens) else None

    def _low(self, i: int) -> str:
        return self.tokens[i].low if 0 <= i < len(self.tokens) else ""

    def _variables(self) -> tuple[tuple[str, str], ...]:
        found: dict[str, str] = {}
        for i, token in enumerate(self.tokens):
            if token.kind not in (K.TITLE, K.TITLE_AFTER):
                continue
            at = i + 1 if token.kind is K.TITLE else i - 1
            while self._kind(at) in (K.COLON, K.SHOULD) or self._low(at) in ("is", "of", "be"):
                at += 1
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
        if self._kind(i + 1) is K.NAMED_AFTER or self._listed(i) or self._bare(i):
            return True
        if self.japanese and token.kind is K.WORD and self._counted_names(i):
            return True
        if self._kind(i - 1) not in HEADS or not self._ends(i):
            return False
        letters = identifier(token.text)
        plain = letters is not None and (letters,) not in words_en.PHRASES
        plain = plain or (name_like(token.text) and self._kind(i + 1) is not K.AND)
        return self.japanese or token.kind is K.QUOTE or plain

    def _bare(self, i: int) -> bool:
        """ "create vm pluto": without an article the word behind the kind can only be its name."""
        token = self.tokens[i]
        led = [t.kind for t in self.tokens[: i - 1] if t.kind is not K.FILL]
        plain = token.kind is K.WORD and valid(token.text) and not token.text.endswith("ly")
        before = self.tokens[i - 1] if i else token
        noun = before.kind is K.TEMPLATE or (before.kind is K.NOUN and before.value == "one")
        noun = noun and not _plural(before)
        ends = self._ends(i) or self._kind(i + 1) in (K.NUMBER, K.SIZE)
        return plain and noun and not led and not self.japanese and ends

    def _counted_names(self, i: int) -> bool:
        """leftとrightの2台のサーバ."""
        of = self._kind(i + 1) is K.JOSHI and self.tokens[i + 1].text == "の"
        return of and self._kind(i + 2) is K.COUNT and self._kind(i - 1) in _JOINS

    def _listed(self, i: int) -> bool:
        """ "two servers, alpha and beta": the first of as many names."""
        if self._kind(i - 1) in HEADS and i == 1:
            return self.tokens[0].low.endswith("s") and self._kind(i + 1) in _JOINS
        if self._kind(i - 1) not in (K.COMMA, K.COLON) or self._kind(i - 2) not in HEADS:
            return False
        return self._several(i)

    def _several(self, i: int) -> bool:
        several = self._kind(i + 1) in _JOINS and self.tokens[i - 2].low.endswith("s")
        if several and not self.japanese and self.tokens[i].kind is not K.NAME:
            self.used.add(i - 1)
            return True
        return False

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
        if " " in token.text and token.kind is K.STATE:
            return False
        return (token.kind in _CHAINED or single) and self._ends(i)

    def _template(self) -> str:
        said = {str(t.value) for t in self.tokens if t.kind is K.TEMPLATE}
        if len(said) > 1:
            raise Ask("two_kinds")
        places = [i for i, t in enumerate(self.tokens) if t.kind in HEADS and i not in self.used]
        if not places:
            raise Ask("which_kind")
        self.used.update(places)
        again = all(self.tokens[i].value == "again" for i in places)
        if again and self.before is None:
            raise Ask("which_kind")
        return said.pop() if said else self.before if again and self.before else "basic-server"

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
        while self._kind(at) in (K.FILL, K.DET, K.STATE):
            at += 1
        return self._kind(at) in HEADS or self._kind(at) in (K.SAME, K.LIKE)

    def _leftover(self, names: list[str]) -> None:
        left = [
            t
            for i, t in enumerate(self.tokens)
            if i not in self.used and t.kind not in IDLE and not self._describes(i)
        ]
        if not left:
            return
        if all(t.kind in (K.MEMORY, K.DISK, K.CPU, K.NUMBER) for t in left):
            raise Ask("how_much")
        named = [t for t in left if t.kind in (K.QUOTE, K.WORD, K.GREET, K.NAME)]
        if not names and len(left) == 1 and named and left[0].text.isascii():
            raise Ask("maybe_name", word=left[0].text)
        raise not_understood(left)

    def _describes(self, i: int) -> bool:
        """ "a test server": what it is for."""
        known = self.tokens[i].kind is K.WORD and self.tokens[i].low in _ADJECTIVES
        at = i + 1
        while self._kind(at) is K.WORD and self.tokens[at].low in _ADJECTIVES:
            at += 1
        return known and self._kind(at) in HEADS

    def _fitting(self, names: list[str], count: int | None) -> tuple[str, ...]:
        good = tuple(require_valid(name) for name in names)
        if len(set(good)) < len(good):
            raise Ask("name_twice")
        plural = any(_plural(t) for t in self.tokens if t.kind in HEADS)
        if count is None and len(good) == 0 and plural and not self.japanese:
            raise Ask("how_many")
        expected = count if count is not None else len(good) if plural or self.japanese else 1
        if len(good) > 1 and len(good) != expected:
            raise Ask("names_count")
        return good


def _plural(token: Token) -> bool:
    return token.text.isascii() and token.low.endswith("s")


def _check_variables(draft: VmDraft) -> None:
    known = TEMPLATES[draft.template].variables if draft.template else {}
    for key, value in draft.variables:
        if key not in known:
            raise Ask("no_variable", template=draft.template or "", option=key)
        if unsafe_reason(value) or not known[key].low <= len(value) <= known[key].high:
            raise Ask("unsafe")
