"""Text → tokens, in one pass, by the phrase tables of both languages. Nothing is decided here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from fuyajo.planner.backends.rules import numbers, pointing, words_en
from fuyajo.planner.backends.rules.tokens import HEADS, K, Token, Tokens

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_.'@/][A-Za-z0-9]+)*")
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?")
_SPACE = re.compile(r"[ \t\u3000]+")
_CLOSING = {'"': '"', "「": "」", "'": "'"}
_NAME_GAP = re.compile(r"[ \t:=]*")
#: A name's own words that mean something else in Japanese text are only words there.
_WORDS_IN_JAPANESE = frozenset(
    {
        K.DET,
        K.SMALL,
        K.THANKS,
        K.PARTICLE,
        K.LIST,
        K.HELP,
        K.TIME,
        K.VAGUE,
        K.ROUGH,
        K.FILL,
        K.PRONOUN,
    }
) | {K.STATE, K.BUT, K.NOT, K.SAYS, K.TAKE, K.REASON, K.GERUND, K.SOME, K.PAST}
_MARKS = {
    ",": K.COMMA,
    "、": K.COMMA,
    "・": K.COMMA,
    ".": K.STOP,
    "。": K.STOP,
    "!": K.STOP,
    ";": K.STOP,
    "\n": K.STOP,
    "\r": K.STOP,
    "?": K.QUESTION_MARK,
    ":": K.COLON,
    "=": K.COLON,
    "&": K.AND,
    "+": K.AND,
    "~": K.FILL,
    "〜": K.FILL,
    "…": K.STOP,
    "—": K.COMMA,
    "–": K.COMMA,
}


def scan(text: str, japanese: bool) -> Tokens:
    """Every character of `text` ends up in exactly one token (spaces in none)."""
    return tuple(_Scanner(text, japanese).run())


class _Scanner:
    def __init__(self, text: str, japanese: bool) -> None:
        self.text = text
        # Only ASCII is lowered: other letters may change length and shift every position.
        self.low = "".join(c.lower() if c.isascii() else c for c in text)
        self.japanese = japanese
        self.at = 0
        self.last: Token | None = None
        self.last_end = 0
        self.points = pointing.possible(self.low)
        # Loaded at the first text that needs them.
        self.phrases, self.lengths = ({}, {}) if text.isascii() else japanese_phrases()
        self.ascii = text.isascii()

    def run(self) -> Iterator[Token]:
        unknown_from: int | None = None
        readers = (
            self._quoted,
            self._times,
            self._number,
            self._pointer,
            self._phrase_ja,
            self._word,
            self._mark,
        )
        while self.at < len(self.text):
            start = self.at
            token = next((found for read in readers if (found := read())), None)
            if token is None and self.at == start:  # neither a token nor a space
                unknown_from = start if unknown_from is None else unknown_from
                self.at += 1
                continue
            if unknown_from is not None:
                yield self._unknown(unknown_from, start)
                unknown_from = None
            if token is not None:
                self.last, self.last_end = token, self.at
                yield token
                if token.kind is K.NAMED and (name := self._name()):
                    yield name
        if unknown_from is not None:
            yield self._unknown(unknown_from, len(self.text))

    def _unknown(self, start: int, end: int) -> Token:
        run = self.text[start:end]
        kind = K.UNKNOWN if any(c.isalnum() for c in run) else K.ODD
        if all(unicodedata.category(c) in {"So", "Sk", "Mn"} for c in run):
            kind = K.FILL  # emoji
        return Token(kind, run)

    def _name(self) -> Token | None:
        """The word after "called", whatever it would mean elsewhere."""
        gap = _NAME_GAP.match(self.text, self.at)
        begin = gap.end() if gap else self.at
        if (end := self._quote_end(begin)) is not None:
            self.at = end + 1
            return Token(K.NAME, self.text[begin + 1 : end])
        if found := _NAME.match(self.text, begin):
            self.at = found.end()
            return Token(K.NAME, found[0])
        return None

    def _quoted(self) -> Token | None:
        if space := _SPACE.match(self.text, self.at):
            self.at = space.end()
        begin = self.at
        end = self._quote_end(begin)
        if end is None:
            return None
        self.at = end + 1
        return Token(K.QUOTE, self.text[begin + 1 : end])

    def _quote_end(self, begin: int) -> int | None:
        """Where the quotation that begins here ends, on the same line; plain searches stay fast."""
        closing = _CLOSING.get(self.text[begin : begin + 1])
        end = self.text.find(closing, begin + 1) if closing else -1
        if closing is None or end < 0 or "\n" in self.text[begin:end]:
            return None
        if closing == "'" and (self._glued(begin - 1) or self._glued(end + 1)):
            return None  # an apostrophe
        return end

    def _glued(self, at: int) -> bool:
        return 0 <= at < len(self.text) and _ascii_word(self.text[at])

    def _times(self) -> Token | None:
        """ "web server x 3"."""
        if self.last is None or self.last.kind not in HEADS:
            return None
        found = numbers.TIMES.match(self.low, self.at)
        if not found:
            return None
        self.at = found.end()
        return Token(K.COUNT, found[0], int(found[1]))

    def _number(self) -> Token | None:
        size = numbers.size_at(self.low, self.at)
        if size:
            start, self.at = self.at, size[0]
            return Token(K.SIZE, self.text[start : self.at], size[1])
        found = numbers.DIGITS.match(self.text, self.at)
        if not found or (self.at and self.text[self.at - 1].isdigit()):
            return None
        return self._plain_number(found[0], found.end())

    def _plain_number(self, said: str, end: int) -> Token | None:
        digits = said.replace(",", "")
        if "." in digits:
            return None
        following = self.text[end : end + 1]
        if following in numbers.COUNTERS and self.text[end + 1 : end + 2] != "目":
            self.at = end + 1
            return Token(K.COUNT, said + following, int(digits))
        if self.text.startswith(("つ残らず", "台残らず"), end):
            self.at = end + 4
            return Token(K.ALL, self.text[end - len(said) : self.at])
        if self.text.startswith("つ前の", end):
            self.at = end + 3
            return Token(K.FILL, "1つ前の")
        if place := numbers.PLACE.match(self.text, end):
            self.at = place.end()
            return Token(K.ORDINAL, said + place[0], digits)
        if following in numbers.LOOSE_COUNTERS and following:
            self.at = end + 1
            return Token(K.NUMBER, said + following, int(digits))
        glued = _WORD.match(self.text, end)
        if glued and glued[0].lower() not in words_en.GLUED:
            return None
        if following in "-" and following:
            self.at = end + 1 if _WORD.match(self.text, end + 1) else end
        else:
            self.at = end
        return Token(K.NUMBER, said, int(digits))

    def _pointer(self) -> Token | None:
        """ "the last two I made", さっき作ったやつ."""
        if not self.points or (self.at and _ascii_word(self.low[self.at - 1 : self.at])):
            return None
        found = pointing.match(self.low, self.at)
        if not found:
            return None
        start, self.at = self.at, found[0]
        return Token(K.CREATED, self.text[start : self.at], found[1])

    def _phrase_ja(self) -> Token | None:
        if self.at >= len(self.text):
            return None
        longest = self.lengths.get(self.low[self.at], 0)
        form = self._form_ja()
        if self.at and _ascii_word(self.text[self.at]) and _ascii_word(self.text[self.at - 1]):
            return None
        for length in range(min(longest, len(self.text) - self.at), 0, -1):
            end = self.at + length
            piece = self.low[self.at : end]
            entry = self.phrases.get(piece)
            if entry is None or (_ascii_word(piece[-1]) and self._goes_on(end)):
                continue
            if piece.isascii() and not self.japanese:
                continue
            if _cut_short(entry[0], piece, self.text[end : end + 1]):
                continue
            if form and end <= form[0]:
                break
            self.at = end
            value = entry[1] or None
            return Token(entry[0], self.text[end - length : end], value)
        if form:
            start, self.at = self.at, form[0]
            return Token(form[1], self.text[start : self.at])
        return None

    def _goes_on(self, end: int) -> bool:
        """Whether a word in Latin letters is longer than up to here: ok-1 is not ok."""
        after = self.text[end : end + 2]
        return _ascii_word(after[:1]) or (after[:1] in ("-", "_") and _ascii_word(after[1:]))

    def _form_ja(self) -> tuple[int, K] | None:
        """The request that begins here: behind a verb, or お願いします anywhere."""
        if self.ascii:
            return None
        from fuyajo.planner.backends.rules import forms_ja

        behind = self.last if self.last_end == self.at else None
        end = forms_ja.begging(self.low, self.at)
        found = forms_ja.ending(self.low, self.at, behind)
        return (
            max(found, (end, K.PLEASE), key=lambda f: f[0])
            if found and end
            else found or ((end, K.PLEASE) if end else None)
        )

    def _word(self) -> Token | None:
        first = _WORD.match(self.text, self.at)
        if not first:
            return None
        if phrase := self._phrase_en(first) or self._label_and_number(first):
            return phrase
        word = first[0]
        self.at = first.end()
        if word.lower() == "name" and self.text[self.at : self.at + 1] in (":", "="):
            return Token(K.NAMED, word)
        if word.lower().endswith("'s"):
            word = word[:-2]
            entry = words_en.PHRASES.get((word.lower(),))
            found = _token(entry, word) if entry else Token(K.WORD, word)
            return replace(found, tail="'s")
        number = words_en.NUMBERS.get(word.lower())
        return Token(K.WORD, word) if number is None else Token(K.NUMBER, word, number)

    def _phrase_en(self, first: re.Match[str]) -> Token | None:
        longest = words_en.LENGTHS.get(first[0].lower(), 0)
        spans = [first]
        while len(spans) < longest:
            gap = _SPACE.match(self.text, spans[-1].end())
            found = _WORD.match(self.text, gap.end()) if gap else None
            if not found:
                break
            spans.append(found)
        for count in range(min(len(spans), longest), 0, -1):
            entry = words_en.PHRASES.get(tuple(s[0].lower() for s in spans[:count]))
            if entry:
                self.at = spans[count - 1].end()
                text = self.text[first.start() : self.at]
                if self.japanese and entry[0] in _WORDS_IN_JAPANESE:
                    return Token(K.WORD, text)
                return _token(entry, text)
        return None

    def _label_and_number(self, first: re.Match[str]) -> Token | None:
        """CPU2コア: the number is read next."""
        label = first[0].rstrip("0123456789").lower()
        if label == first[0].lower() or label not in words_en.LABELS:
            return None
        self.at += len(label)
        return _token(words_en.PHRASES[(label,)], first[0][: len(label)])

    def _mark(self) -> Token | None:
        kind = _MARKS.get(self.text[self.at : self.at + 1])
        if kind is None:
            return None
        self.at += 1
        return Token(kind, self.text[self.at - 1])


def japanese_phrases() -> tuple[dict[str, tuple[K, str]], dict[str, int]]:
    """Every Japanese phrase, and the length of the longest by its first character."""
    from fuyajo.planner.backends.rules import words_ja

    return words_ja.PHRASES, words_ja.LENGTHS


def _cut_short(kind: K, piece: str, following: str) -> bool:
    """再起動した|い is a wish, 開|かな|い and 動|かな|かった no question."""
    past = following in ("い", "く") and kind is K.PAST and piece[-1] == "た"
    return past or (
        bool(following) and following in "いか" and kind is K.QUESTION and piece == "かな"
    )


def _token(entry: tuple[K, str], text: str) -> Token:
    kind, value = entry
    return Token(kind, text, int(value) if kind is K.NUMBER else value or None)


def _ascii_word(char: str) -> bool:
    return char.isascii() and char.isalnum()
