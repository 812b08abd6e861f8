"""Messages to people who are invited: what they say, and how they leave by e-mail. Plain text, and nothing that tracks.

Knows no records: whom to write to, and with which link, is handed in.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from types import TracebackType
from typing import Literal
from urllib.parse import quote

from forms.messages import Say, mark
from surveys.settings import MailServer

Kind = Literal["invitation", "reminder"]
Fate = Literal["sent", "failed", "unknown", "unreachable"]

#: How long the mail server may take to answer, in seconds.
PATIENCE_SECONDS = 15
#: What is kept of a server's words.
LONGEST_REASON = 200


@dataclass(frozen=True)
class Letter:
    """One person's message and all that it says. ``closes``: the moment in words, or ""; ``k``: the smallest group shown."""

    kind: Kind
    name: str
    title: str
    programme: str
    link: str
    opt_out: str
    results: str
    closes: str
    contact: str
    k: int

    def subject(self, say: Say) -> str:
        words = mark("Your opinion counts: %(title)s") if self.kind == "invitation" else mark("A reminder to everybody: %(title)s")
        return say(words, title=self.title)

    def text(self, say: Say) -> str:
        """The message as it is sent by e-mail or pasted into a messenger."""
        own, results = say(mark("Your own link, please do not pass it on:")), say(mark("What is published of the results will be here:"))
        quiet = say(mark("If you want no more messages from us:"))
        parts = [say(mark("Hello %(name)s:"), name=self.name), *self._asking(say), f"{own}\n{self.link}"]
        parts += [say(mark("You can answer until this moment: %(closes)s"), closes=self.closes)] if self.closes else []
        parts += [self._promise(say), f"{results}\n{self.results}", f"{quiet}\n{self.opt_out}"]
        parts += [say(mark("Questions or complaints? Write to %(contact)s."), contact=self.contact)] if self.contact else []
        return "\n\n".join(parts) + "\n"

    def _promise(self, say: Say) -> str:
        words = mark(
            "Your answers are confidential, not anonymous: whoever guards the key and this list could find out which are yours. "
            "No result of a group of fewer than %(k)s people is shown."
        )
        return say(words, k=self.k)

    def _asking(self, say: Say) -> list[str]:
        asked = say(mark("%(programme)s asks for your opinion: %(title)s."), programme=self.programme, title=self.title)
        if self.kind == "invitation":
            return [asked]
        return [
            asked,
            say(mark("We write this to everybody who was invited, as we do not look up who has answered. If you have, thank you.")),
        ]


def messenger_link(phone: str, text: str) -> str:
    """The address that opens a message to this number in WhatsApp, with the text in it, to be sent by a person.

    >>> messenger_link("+51987654321", "Hola: a&b")
    'https://wa.me/51987654321?text=Hola%3A%20a%26b'
    """
    return f"https://wa.me/{phone.lstrip('+')}?text={quote(text, safe='')}"


def as_email(letter: Letter, address: str, sender: str, say: Say, now: datetime) -> EmailMessage:
    """The letter as an e-mail. Nothing in it tells whether it was opened."""
    message = EmailMessage()
    message["From"] = Address(_in_one_line(letter.programme)[:60], addr_spec=sender)
    message["To"] = Address(_in_one_line(letter.name), addr_spec=address)
    message["Subject"] = _in_one_line(letter.subject(say))
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = say.language
    message["List-Unsubscribe"] = f"<{letter.opt_out}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text(say), cte="quoted-printable")
    return message


def _in_one_line(words: str) -> str:
    """Words for a header, which ends with its line."""
    return " ".join(words.split())


@dataclass(frozen=True)
class Outcome:
    """What became of one message.

    sent: the server took it. failed: it refused this one, and takes others. unreachable: it was not handed over, and the
    server takes nothing now. unknown: the line broke after it was handed over.
    """

    fate: Fate
    reason: str = ""


class Postman:
    """Hands messages to the mail server, over one connection that is opened with the first of them."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._line: smtplib.SMTP | None = None

    def __enter__(self) -> Postman:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        if self._line is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._line.quit()

    def send(self, message: EmailMessage, address: str) -> Outcome:
        try:
            line = self._opened()
            if refusal := self._refusal(line, address):
                return refusal
        except (smtplib.SMTPException, OSError) as fault:
            self._line = None
            return Outcome("unreachable", _reason(fault))
        return self._hand_over(line, message)

    def _opened(self) -> smtplib.SMTP:
        if self._line is None:
            server, context = self.server, ssl.create_default_context()
            if server.security == "tls":
                line: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE_SECONDS, context=context)
            else:
                line = smtplib.SMTP(server.host, server.port, timeout=PATIENCE_SECONDS)
            if server.security == "starttls":
                line.starttls(context=context)
            if server.user:
                line.login(server.user, server.password)
            self._line = line
        return self._line

    def _refusal(self, line: smtplib.SMTP, address: str) -> Outcome | None:
        """What the server says against this sender or this address; None when it takes both."""
        line.ehlo_or_helo_if_needed()
        code, said = line.mail(self.server.sender)
        if code != 250:
            raise smtplib.SMTPSenderRefused(code, said, self.server.sender)
        code, said = line.rcpt(address)
        if code in (250, 251):
            return None
        if code == 421:
            raise smtplib.SMTPResponseException(code, said)
        line.rset()
        return Outcome("failed", _told(code, said))

    def _hand_over(self, line: smtplib.SMTP, message: EmailMessage) -> Outcome:
        try:
            code, said = line.data(message.as_bytes(policy=SMTP))
        except smtplib.SMTPDataError as fault:
            with suppress(smtplib.SMTPException, OSError):
                line.rset()
            return Outcome("failed", _reason(fault))
        except (smtplib.SMTPException, OSError) as fault:
            self._line = None
            return Outcome("unknown", _reason(fault))
        return Outcome("sent") if code == 250 else Outcome("failed", _told(code, said))


def _reason(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        return _told(fault.smtp_code, fault.smtp_error)
    return (str(fault) or type(fault).__name__)[:LONGEST_REASON]


def _told(code: int, said: bytes | str) -> str:
    """A server's answer in one line."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {_in_one_line(words)}"[:LONGEST_REASON]
