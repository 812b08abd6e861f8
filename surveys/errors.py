"""What can go wrong, in words: each error knows its place, its fault, its remedy and the status a page is sent with."""

from __future__ import annotations

from collections.abc import Sequence

from forms.messages import Message, Problem, Say, mark


class TupuyError(Exception):
    """An error that a person is told: where, what, and what to do. ``status`` is the HTTP status of its page."""

    status = 400

    def __init__(self, place: str, fault: Message, remedy: Message) -> None:
        super().__init__(f"{place}: {fault.words}")
        self.place, self.fault, self.remedy = place, fault, remedy

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (Problem(self.place, self.fault, self.remedy),)

    def said(self, say: Say) -> str:
        return "\n".join(problem.said(say) for problem in self.problems)


class SettingWrong(TupuyError):
    """A setting, or a file that settings live in, cannot be used."""


class DatabaseProblem(TupuyError):
    """The database cannot be used as it is."""

    status = 503


class DatabaseMissing(DatabaseProblem):
    pass


class DatabaseLocked(DatabaseProblem):
    pass


class DatabaseReadOnly(DatabaseProblem):
    pass


class DatabaseFull(DatabaseProblem):
    pass


class DatabaseOlder(DatabaseProblem):
    pass


class DatabaseNewer(DatabaseProblem):
    pass


class ProblemsFound(TupuyError):
    """Something made by a person has problems; all of them are told at once."""

    status = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(first.place, first.fault, first.remedy)
        self._problems = tuple(problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._problems


class LinkUnknown(TupuyError):
    status = 404

    def __init__(self, link: str) -> None:
        super().__init__(
            link,
            Message(mark("This link does not open any questionnaire.")),
            Message(mark("Check that it is complete, or ask the person who sent it to you.")),
        )


class TooManyGuesses(TupuyError):
    """Somebody tries one code after the other."""

    status = 429

    def __init__(self) -> None:
        super().__init__(
            "/s/",
            Message(mark("Too many codes that open nothing were tried from this network.")),
            Message(mark("Wait a minute and type the code again, or point your camera at the QR code.")),
        )


class RoundNotOpenYet(TupuyError):
    status = 403

    def __init__(self, link: str) -> None:
        super().__init__(
            link,
            Message(mark("This questionnaire is not open yet.")),
            Message(mark("Please come back later with the same link.")),
        )


class RoundClosed(TupuyError):
    status = 410

    def __init__(self, link: str) -> None:
        super().__init__(
            link,
            Message(mark("This questionnaire is closed and takes no more answers.")),
            Message(mark("Thank you for your interest. If you think this is a mistake, tell the person who sent you the link.")),
        )


class TrialOver(TupuyError):
    """The link opened a trial of a draft, which has stopped."""

    status = 410

    def __init__(self, link: str) -> None:
        super().__init__(
            link,
            Message(mark("This test is over.")),
            Message(mark("Ask the person who sent you the link for a new one.")),
        )


class TrialFull(TupuyError):
    """A trial keeps so many answers and no more."""

    status = 409

    def __init__(self, most: int) -> None:
        super().__init__(
            "trial",
            Message(mark("This test has its %(most)s answers and takes no more."), {"most": most}),
            Message(mark("Change the draft and renew the test to empty it.")),
        )


class AnsweredDifferently(TupuyError):
    """The same response was sent before with other answers: nothing stored, nothing lost."""

    status = 409

    def __init__(self, response_id: str) -> None:
        super().__init__(
            response_id,
            Message(mark("Different answers were already sent from this page.")),
            Message(mark("If you are another person, send yours as new. If you are correcting yours, write your receipt code.")),
        )


class AnswerWithdrawn(TupuyError):
    """The response was withdrawn; a late retry of it is not stored again."""

    status = 410

    def __init__(self, response_id: str) -> None:
        super().__init__(
            response_id,
            Message(mark("These answers were withdrawn and are not stored again.")),
            Message(mark("Open the link once more to answer anew.")),
        )


class ReceiptWrong(TupuyError):
    status = 403

    def __init__(self, response_id: str) -> None:
        super().__init__(
            response_id,
            Message(mark("The receipt code does not belong to these answers.")),
            Message(mark("Check the code on your receipt. What was sent before is still kept.")),
        )


class AnswerInvalid(TupuyError):
    """Answers that no page of ours sends: a response id that is not random, a group the programme does not have."""

    status = 422


class SignNotPrintable(TupuyError):
    """No font of the machine has a sign that is to be printed."""

    status = 409

    def __init__(self, sign: str) -> None:
        super().__init__(
            "print",
            Message(mark("No font on this machine has the sign “%(sign)s”, so the sheet cannot be printed."), {"sign": sign[:20]}),
            Message(mark("Ask whoever runs the machine to install a font for it (Debian: fonts-noto).")),
        )


class SheetUnknown(TupuyError):
    """No sheet of paper of this round has the code; ``is_misspelt``: no sheet at all can have it."""

    status = 404

    def __init__(self, code: str, is_misspelt: bool) -> None:
        fault = mark("No sheet of this round has the code %(code)s.")
        super().__init__(
            "sheet",
            Message(mark("A letter of the code “%(code)s” is wrong.") if is_misspelt else fault, {"code": code}),
            Message(mark("Look at the foot of the sheet and type its code again.")),
        )


class SheetBusy(TupuyError):
    """A sheet of paper is not where it was thought to be: stored already, of no use, or typed differently."""

    status = 409

    def __init__(self, code: str, state: str) -> None:
        faults = {
            "stored": mark("Sheet %(code)s is stored already."),
            "spoiled": mark("Sheet %(code)s was said to be of no use."),
            "differs": mark("Sheet %(code)s was typed twice already, and differently."),
        }
        fault = faults.get(state, mark("Sheet %(code)s is not at this point any more."))
        super().__init__("sheet", Message(fault, {"code": code}), Message(mark("Type its code again to see what can be done with it.")))


class SignInFailed(TupuyError):
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "/sign-in",
            Message(mark("This sign-in link has been used or has expired.")),
            Message(mark("Ask for a new one.")),
        )
