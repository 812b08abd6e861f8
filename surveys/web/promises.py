"""The promise above the first question: each line literally true of this form and this programme (privacy.md D16)."""

from __future__ import annotations

from markupsafe import Markup

from forms.answers import marks_offered
from forms.messages import mark, mark_many
from forms.questions import type_of
from forms.wording import Text
from surveys.storage import Programme
from surveys.web.asking import Page


def promises(
    page: Page, programme: Programme, asks_card: bool = False, is_personal: bool = False, is_lent: bool = False
) -> tuple[Markup, list[Markup], list[Markup]]:
    """(heading, promises, what cannot be promised). ``is_lent``: on a device of the team, whose address nobody takes home."""
    kinds = {question.kind for question in page.form.questions()}
    heading = _heading(bool({"own_code", "short_text"} & kinds) or asks_card, is_personal)
    said = [
        *(page.tell(words) for words in kept_words("own_code" in kinds, asks_card, is_personal)),
        *_shown(page, programme),
        *_asked(page),
        *(_rights_on_lent(page) if is_lent else _rights(page)),
    ]
    return page.tell(heading), said, _not_promised(page, programme)


def promises_to_correct(page: Page, programme: Programme) -> tuple[Markup, list[Markup], list[Markup]]:
    """The same above answers that came through a personal link and are corrected by their receipt, on a page without one."""
    _, said, not_promised = promises(page, programme)
    followed = mark(
        "These answers came through a personal link. Your name is not kept with your answers, "
        "but whoever has the list of links and the key could join them."
    )
    return page.tell(_heading(False, is_personal=True)), [said[0], page.tell(followed), *said[1:]], not_promised


def _heading(is_coded: bool, is_personal: bool) -> str:
    if is_personal:
        return mark("Your answers are confidential, not anonymous")
    return mark("Your answers do not carry your name") if is_coded else mark("Your answers are anonymous")


def kept_words(asks_own_code: bool, asks_card: bool, is_personal: bool) -> list[str]:
    """What is kept of a person, and who could find out more: the sentences of a level of anonymity.

    ``surveys.promising.WORDING`` is their version.
    """
    said = [mark("You need no account. We keep nothing about this phone, and only the day, not the time.")]
    if is_personal:
        said += [
            mark(
                "This link is yours alone. Your name is not kept with your answers, "
                "but whoever has the list of links and the key could join them."
            ),
            mark("While the questionnaire is open, what you send through this link replaces what you sent before."),
        ]
    if asks_card:
        said.append(
            mark(
                "If you write the code of your card, we keep it scrambled, only to compare one round with the next. "
                "We have no list of who has which card; whoever keeps the key and sees your card could test its code."
            )
        )
    if asks_own_code:
        said.append(
            mark(
                "If you make a code of your own, we keep it scrambled, only to compare one round with the next. "
                "Nobody knows your name; whoever keeps the key could test a code."
            )
        )
    if asks_card or asks_own_code:
        said.append(mark("You can answer without any code."))
    return said


def _shown(page: Page, programme: Programme) -> list[Markup]:
    k = programme.min_cell
    said = [page.tell(mark("Pages and reports show no result of a group in which fewer than %(k)s people answered."), k=k)]
    if programme.analysts:
        said.append(
            page.tell_many(
                mark_many(
                    "Only %(count)s named person can see smaller figures; each use is written down.",
                    "Only %(count)s named people can see smaller figures; each use is written down.",
                ),
                len(programme.analysts),
            )
        )
    return said


def _asked(page: Page) -> list[Markup]:
    asked = [question for question in page.form.questions() if type_of(question.kind).asks]
    needed = [question for question in asked if question.required == "yes"]
    if not needed:
        return [page.tell(mark("You can leave any question blank."))]
    if all(marks_offered(page.form, question) for question in needed):
        return [page.tell(mark("You can choose not to answer any question."))]
    return [page.tell(mark("You can leave blank every question that does not say it needs an answer."))]


def _rights(page: Page) -> list[Markup]:
    """What the receipt is good for, until when, and where the results will be."""
    receipt = mark(
        "You get a receipt code. With it you can correct or delete your answers until the questionnaire closes. "
        "After that nobody can find them by it."
    )
    return [page.tell(receipt), page.tell(mark("Whatever is published of the results can be read on this same link afterwards."))]


def _rights_on_lent(page: Page) -> list[Markup]:
    """The same on a kiosk or in an interview: without a signal there is no receipt, and the participant has no link."""
    receipt = mark(
        "If there is signal, you get a receipt code. With it you can correct or delete your answers until the questionnaire closes. "
        "The team gives you the address. After that nobody can find them by it."
    )
    return [page.tell(receipt), page.tell(mark("Whatever is published of the results can be read at an address that the team gives you."))]


def _not_promised(page: Page, programme: Programme) -> list[Markup]:
    """What a small group must know: others may guess, and where its answers are shown."""
    said = [page.tell(mark("What we cannot promise: in a very small group, others may guess who said what."))]
    names = {group.key: Text.of(group.name) for group in programme.groups}
    for group in programme.groups:
        if group.is_asked and group.shown_in and group.shown_in in names:
            words = mark("Answers from “%(group)s” are shown only together with others, within “%(other)s”.")
            said.append(page.tell(words, group=names[group.key], other=names[group.shown_in]))
        elif group.is_asked and group.members is not None and group.members < programme.min_cell:
            words = mark("“%(group)s” has fewer than %(k)s members: its answers count in the total and are not shown apart.")
            said.append(page.tell(words, group=names[group.key], k=programme.min_cell))
    return said
