"""Style and script that a page carries inside itself: read once, tokens cut to those used, white space taken out."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from markupsafe import Markup

_STYLES = {
    "answer/form.html": ("answer.css",),
    "answer/results.html": ("base.css", "staff.css", "results.css"),
    "voice": ("voice.css",),
    **dict.fromkeys(
        ("kiosk/form.html", "kiosk/thanks.html", "kiosk/leave.html", "kiosk/shut.html"), ("answer.css", "thanks.css", "kiosk.css")
    ),
    **dict.fromkeys(("interview/form.html", "interview/consent.html"), ("answer.css", "thanks.css", "interview.css")),
}
_DO_MORE = ("kiosk/form.html", "kiosk/card.html", "interview/form.html")
_SCRIPTS = {
    "voice": ("voice.js",),
    "answer/form.html": ("conditions.js", "answer.js"),
    "answer/card.html": ("conditions.js", "answer.js", "card.js"),
    "answer/preview.html": ("conditions.js", "answer.js", "preview.js"),
    "answer/two_ways.html": ("thanks.js",),
    "kiosk/form.html": ("conditions.js", "kiosk.js", "answer.js"),
    "kiosk/card.html": ("conditions.js", "kiosk.js", "answer.js", "card.js"),
    "kiosk/shut.html": ("kiosk.js", "thanks.js"),
    "interview/form.html": ("conditions.js", "interview.js", "answer.js"),
}


@cache
def inlined_style(template: str) -> Markup:
    """The style of a page: the tokens it uses, then its sheets."""
    sheets = "".join(_read(name) for name in _STYLES.get(template, ("answer.css", "thanks.css")))
    return Markup(_minified_style(_tokens_used(sheets) + sheets))  # noqa: S704 our own files, read at the first use


@cache
def inlined_script(template: str) -> Markup:
    """The script of a page. Lines after ``//:`` are for the pages that do more with the form, and comments elsewhere."""
    said = [_read(name).replace("//: ", "" if template in _DO_MORE else "// ") for name in _SCRIPTS.get(template, ("thanks.js",))]
    return Markup("".join(map(_minified_script, said)))  # noqa: S704 our own files


def _read(name: str) -> str:
    return (resources.files("surveys.web") / "static" / name).read_text(encoding="utf-8")


def _tokens_used(sheets: str) -> str:
    """The token sheet without the declarations that nothing here uses."""
    tokens = _read("tokens.css")
    said = dict(re.findall(r"(--[\w-]+):([^;]*);", tokens))
    used, wanted = set(), set(re.findall(r"var\((--[\w-]+)", sheets))
    while wanted:
        used |= wanted
        wanted = {name for token in wanted for name in re.findall(r"var\((--[\w-]+)", said.get(token, ""))} - used
    return re.sub(r"(--[\w-]+):[^;]*;", lambda found: found[0] if found[1] in used else "", _without_comments(tokens))


def _without_comments(style: str) -> str:
    return re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)


def _minified_style(style: str) -> str:
    tight = re.sub(r"\s+", " ", _without_comments(style))
    return re.sub(r"\s*([{};,])\s*|:\s+", lambda found: found[1] or ":", tight).replace(";}", "}").strip()


def _minified_script(script: str) -> str:
    """Without comments of whole lines, indentation and spaces around signs; line ends stay, as they end statements.

    Texts in single quotes are left alone; no regular expression in our scripts has a space.
    """
    lines = (line.strip() for line in script.splitlines())
    said = "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"
    parts = re.split(r"('(?:[^'\\\n]|\\.)*')", said)
    return "".join(part if part.startswith("'") else re.sub(r" *([{}();,=<>+*?:&|!-]) *", r"\1", part) for part in parts)
