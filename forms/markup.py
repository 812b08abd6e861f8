"""Emphasis in texts: ``**bold**``, ``*italic*`` and, where a text has room for them, line breaks. Nothing else is markup.

A sign that emphasises nothing is a sign like any other, and so are ``_``, ``<`` and ``&``. ``\\*`` is always a star.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.emphasis import tokenize
from markdown_it.token import Token
from markupsafe import Markup, escape

from forms.definition import FormDefinition
from forms.texts import all_texts, with_texts
from forms.wording import Text

#: What may be in a rendered text; no tag has an attribute.
ALLOWED = frozenset({"em", "strong", "br"})
#: Elements of HTML. Other words in angle brackets, such as <name>, are words.
ELEMENTS = (
    "a abbr applet article aside audio b base big blockquote body br button canvas center code dd del details div dl dt em embed "
    "figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label li link main "
    "mark math meta nav noscript object ol option p param picture pre q s samp script section select small source span strike "
    "strong style sub summary sup svg table tbody td template textarea tfoot th thead title tr tt u ul var video"
)
_TAG = re.compile(rf"</?(?:{'|'.join(ELEMENTS.split())})(?:[\s/][^<>]*)?>|<!--", re.IGNORECASE)


def as_html(words: str, *, lines: bool = False) -> Markup:
    """Words with their emphasis, escaped. With ``lines`` a line break is drawn as one.

    >>> as_html("**Sí** o *no*, 2 * 3 < 7")
    Markup('<strong>Sí</strong> o <em>no</em>, 2 * 3 &lt; 7')
    """
    drawn = _emphasised(words) if "*" in words else escape(words)
    return Markup(str(drawn).replace("\n", "<br>")) if lines else drawn  # noqa: S704 escaped above; a line end is no markup


@lru_cache(maxsize=4096)
def _emphasised(words: str) -> Markup:
    drawn = _MARKDOWN.renderer.render(_tokens(words), _MARKDOWN.options, {})
    return Markup(nh3.clean(drawn, tags=set(ALLOWED), attributes={}, link_rel=None))  # noqa: S704 this cleans it


def runs(words: str) -> tuple[tuple[str, str], ...]:
    """(how, words) of each piece, for whoever draws emphasis by other means: how is "", "strong", "em" or "strong em".

    >>> runs("**Sí** o *no*")
    (('strong', 'Sí'), ('', ' o '), ('em', 'no'))
    """
    found, inside = [], []
    for token in _tokens(words):
        if token.nesting == 1:
            inside.append(token.tag)
        elif token.nesting == -1:
            inside.pop()
        elif token.content:
            found.append((" ".join(dict.fromkeys(sorted(inside, reverse=True))), token.content))
    return tuple(found)


def plain(words: str) -> str:
    """The words alone, for places that can show no emphasis.

    >>> plain("**Sí** o *no*, 2 * 3"), plain("tr_open")
    ('Sí o no, 2 * 3', 'tr_open')
    """
    return "".join(token.content for token in _tokens(words)) if "*" in words else words


def plain_text(text: Text) -> Text:
    """The words of each language alone."""
    if not any("*" in words for _, words in text.words):
        return text
    return Text(tuple((language, plain(words)) for language, words in text.words))


def emphasis(words: str) -> tuple[str, ...]:
    """What is emphasised and how, whatever the order: the same in each language of a text.

    >>> emphasis("*uno* **dos** *tres*")
    ('em', 'em', 'strong')
    """
    return tuple(sorted(token.tag for token in _tokens(words) if token.nesting == 1)) if "*" in words else ()


def has_html(words: str) -> bool:
    """Whether there are tags of HTML, which a page would show as they stand.

    >>> has_html("<b>Hola</b>"), has_html("x < y > z"), has_html("<nombre>")
    (True, False, False)
    """
    return "<" in words and _TAG.search(words) is not None


def without_html(words: str) -> str:
    """The words without tags, and without scripts and styles altogether.

    >>> without_html("<b>Hola</b><script>alert(1)</script> 2 < 3")
    'Hola 2 < 3'
    """
    return html.unescape(nh3.clean(words, tags=set())) if has_html(words) else words


def cleaned(form: FormDefinition) -> FormDefinition:
    """The form as it may be published: no text of it holds HTML. ``check`` tells where there was some."""
    if not any(has_html(words) for _, text in all_texts(form) for _, words in text.words):
        return form
    form = with_texts(form, _clean)
    return replace(form, words=tuple((name, _clean(text)) for name, text in form.words))


def _clean(text: Text) -> Text:
    return Text.of({language: without_html(words) for language, words in text.words})


# The reader ------------------------------------------------------------------------------------------------------------


def _tokens(words: str) -> list[Token]:
    return [token for block in _MARKDOWN.parseInline(words) for token in _inside(block)]


def _inside(block: Token) -> Iterator[Token]:
    yield from block.children or ()


def _star(state: StateInline, silent: bool) -> bool:
    """An escaped star; a backslash before anything else is a backslash."""
    if not state.src.startswith("\\*", state.pos):
        return False
    if not silent:
        state.pending += "*"
    state.pos += 2
    return True


def _only_stars(state: StateInline, silent: bool) -> bool:
    """Emphasis by stars; a line of ``_`` is a place to write on."""
    return state.src[state.pos] == "*" and tokenize(state, silent)


def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero").enable("emphasis")
    reader.inline.ruler.at("emphasis", _only_stars)
    reader.inline.ruler.before("emphasis", "star", _star)
    return reader


_MARKDOWN = _reader()
