"""Forms from and to other systems' files. What had no room here is told part by part, never dropped in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module

from forms import codec
from forms.exchange.limesurvey_file import is_limesurvey
from forms.exchange.limesurvey_read import read_limesurvey
from forms.exchange.report import Finding, Imported
from forms.exchange.workbook import WorkbookRefused, is_workbook, read_workbook
from forms.exchange.xlsform_read import read_xlsform
from forms.messages import Message, mark

__all__ = ["Finding", "Imported", "is_workbook", "read_form", "second_opinion"]


def read_form(data: bytes, filename: str = "") -> Imported:
    """The form of any file that can be read here, told apart by its content. Whatever the bytes, it ends in a report."""
    return next(read(data, filename) for is_it, read in READERS if is_it(data, filename))


def _read_xlsform(data: bytes, filename: str) -> Imported:
    try:
        return read_xlsform(read_workbook(data, filename), filename)
    except WorkbookRefused as fault:
        return Imported(None, problems=tuple(fault.problems), source="xlsform")


def _read_own(data: bytes, filename: str) -> Imported:
    try:
        form = codec.load(codec.decode(data))
    except codec.FormFileError as fault:
        return Imported(None, problems=tuple(fault.problems), source="yaml")
    counts = (("questions", sum(1 for _ in form.questions())), ("sections", len(form.sections)), ("languages", len(form.languages)))
    return Imported(form, source="yaml", counts=counts)


#: Who reads what: the first reader that knows a file reads it. The last one takes everything.
READERS: Sequence[tuple[Callable[[bytes, str], bool], Callable[[bytes, str], Imported]]] = (
    (lambda data, filename: is_workbook(data) or filename.casefold().endswith((".xlsx", ".xls", ".xlsm")), _read_xlsform),
    (is_limesurvey, read_limesurvey),
    (lambda data, filename: True, _read_own),
)


def second_opinion(data: bytes, filename: str = "") -> tuple[Finding, ...]:
    """What pyxform, which ODK and Kobo convert forms with, says of a workbook: notes, never blockers.

    pyxform is loaded here, when somebody asks, and nowhere else. It has not to cope with files that are refused here.
    """
    place = filename or "workbook"
    try:
        read_workbook(data, filename)
    except WorkbookRefused as fault:
        return tuple(Finding(problem.place, place, "left_out", problem.fault) for problem in fault.problems)
    return tuple(_opinions(data, place))


def _opinions(data: bytes, place: str) -> Iterator[Finding]:
    warnings: list[str] = []
    kind = ".xlsx" if data.startswith(b"PK") else ".xls"
    try:
        import_module("pyxform.xls2xform").convert(data, warnings=warnings, file_type=kind)
    except Exception as fault:  # its crashes are opinions as well: some files end in a TypeError
        words = mark("pyxform, with which ODK and Kobo read forms, refuses the file: %(detail)s")
        yield Finding(place, type(fault).__name__, "kept", Message(words, {"detail": str(fault)[:500]}))
    for warning in warnings:
        yield Finding(place, "pyxform", "kept", Message(mark("pyxform remarks: %(detail)s"), {"detail": warning[:500]}))
