"""Words with marks of HTML to plain words. Simple emphasis is kept as ``**strong**`` and ``*soft*``; scripts never survive."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

import nh3

#: Elements that are left out with all that is in them.
_GONE = frozenset({"script", "style", "iframe", "object", "embed", "noscript", "template", "svg", "math", "head", "title"})
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
_BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "hr", "blockquote"})
_MEDIA = frozenset({"img", "audio", "video", "source", "input", "button", "form", "select", "textarea"})
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")
_MARKED = re.compile(r"<[A-Za-z/!?]|&[#A-Za-z]")
_GOING = re.compile(r"<(" + "|".join(sorted(_GONE | _MEDIA)) + r")\b|\s(on)[a-z]{3,20}\s*=", re.IGNORECASE)

#: What is read of one text; a form takes 4,000 characters.
LONGEST = 20_000


@dataclass(frozen=True)
class Plain:
    """``words`` as they may be shown, and what of them is ``gone``: names of elements, each once; "…" for what was too long."""

    words: str
    gone: tuple[str, ...] = ()


class _Reader(HTMLParser):
    """Gathers what clean HTML says; ``open`` are the marks of emphasis that wait for their end, with the place where they began."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.links: list[str] = []
        self.open: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.said.append(dict(attrs).get("alt") or "")
        elif tag in _BREAKS:
            self.said.append("\n")
        elif tag == "a":
            self.links.append(dict(attrs).get("href") or "")
        elif tag in _MARKS:
            self.open.append((tag, len(self.said)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.links:
            address = self.links.pop()
            is_said = address in "".join(self.said[-1:])
            self.said.append(f" ({address})" if re.match(r"https?://", address) and not is_said else "")
        elif tag in _BREAKS:
            self.said.append("\n")
        elif self.open and self.open[-1][0] == tag:
            self.emphasise(*self.open.pop())

    def emphasise(self, tag: str, since: int) -> None:
        """Put the marks close around the words; words on several lines, or that are marked already, stay as they are."""
        inner = "".join(self.said[since:])
        words = inner.strip()
        if words and "\n" not in words and "*" not in words:
            before, after = " " * (inner[0].isspace()), " " * (inner[-1].isspace())
            self.said[since:] = [f"{before}{_MARKS[tag]}{words}{_MARKS[tag]}{after}"]

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def plain(words: str) -> Plain:
    """The words that a reader of a page would see, on as many lines as they stand.

    >>> plain("<p>Es <b>muy </b>&uacute;til<script>alert(1)</script></p>")
    Plain(words='Es **muy** útil', gone=('script',))
    >>> print(plain("(*) y (*)").words)
    (\\*) y (\\*)
    """
    cut, words = (["…"] if len(words) > LONGEST else []), words[:LONGEST]
    words = words.replace("*", r"\*") if words.count("*") > 1 else words  # stars that are words must not become emphasis
    if not _MARKED.search(words):
        return Plain(_tidy(words), tuple(cut))
    gone = ["script" if found[2] else found[1].lower() for found in _GOING.finditer(words)]
    reader = _Reader()
    reader.feed(_cleaned(re.sub(r"\s+", " ", words)))
    reader.close()
    return Plain(_tidy("".join(reader.said)), tuple(dict.fromkeys([*gone, *cut])))


def _cleaned(words: str) -> str:
    """The HTML with the marks that mean something here, every one closed; html.parser alone takes hours over hostile text."""
    known = _BREAKS | set(_MARKS) | {"a", "img"}
    attributes = {"a": {"href"}, "img": {"alt"}}
    return nh3.clean(words, tags=set(known), clean_content_tags=set(_GONE), attributes=attributes, link_rel=None)


def _tidy(said: str) -> str:
    said = _UNSEEN.sub("", said.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (" ".join(line.split()) for line in said.split("\n"))
    return "\n".join(line for line in lines if line)
