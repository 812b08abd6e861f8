"""Settings: where the data, the keys and the database are, and on which address Tupuy is served."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from platformdirs import user_data_path

from forms.messages import Message, mark
from surveys.errors import SettingWrong

SHORTEST_SECRET = 32
#: What was opened before a round closed is counted with the others when it arrives within this time; participants are
#: told until when. The round stays unsealed as long. What comes later waits (privacy D5).
GRACE = timedelta(days=1)


@dataclass(frozen=True)
class MailServer:
    """The server that sends e-mail. ``security``: "starttls", "tls" or, within one machine or network, "none"."""

    host: str
    port: int
    sender: str
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)


#: The usual port of each kind of connection.
PORTS = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True)
class Settings:
    """Where everything is. ``keys`` lies outside ``data``, so that a copy of the data carries no linking key.

    ``room``: the address of this machine for phones in the room, where it serves a room without internet, else "".
    ``network``: who runs the Wi-Fi of that room.
    """

    data: Path
    keys: Path
    database_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    proxies: int = 0  # how many of our own proxies stand in front, each of which says who asked
    given_secret: str = ""
    mail: MailServer | None = None  # None: nothing is sent by e-mail
    room: str = ""
    network: str = ""
    keeps_pages: bool = True  # whether phones may keep an opened form, to open it again without a signal

    @cached_property
    def secret(self) -> str:
        """What receipts, digests and sign-in cookies are signed with: given, or made at the first start."""
        if self.given_secret:
            return _strong(self.given_secret, "TUPUY_SECRET")
        path = self.data / "secret"
        return _strong(read_private(path) or make_private(path, secrets.token_hex(32)), str(path))

    @property
    def cache(self) -> Path:
        return self.data / "cache"


def load_settings(data: str | Path | None = None, env: Mapping[str, str] | None = None, port: int | None = None) -> Settings:
    """Settings from ``env`` (default: the environment); an argument that is given wins. Nothing is written yet."""
    env = os.environ if env is None else env
    folder = Path(data or env.get("TUPUY_DATA") or user_data_path("tupuy")).expanduser().absolute()
    keys = Path(env.get("TUPUY_KEYS") or folder.with_name(f"{folder.name}-keys")).expanduser().absolute()
    if keys.resolve().is_relative_to(folder.resolve()):
        raise SettingWrong(
            "TUPUY_KEYS",
            Message(mark("The keys folder %(keys)s is inside the data folder %(data)s."), {"keys": keys, "data": folder}),
            Message(mark("Choose a folder outside it, so that a copy of the data carries no linking key.")),
        )
    return Settings(
        data=folder,
        keys=keys,
        database_url=env.get("TUPUY_DATABASE") or f"sqlite:///{(folder / 'tupuy.db').as_posix()}",
        host=env.get("TUPUY_HOST") or "127.0.0.1",
        port=_port(env.get("TUPUY_PORT") or "8000") if port is None else port,
        proxies=_proxies(env.get("TUPUY_PROXIES") or "0"),
        given_secret=env.get("TUPUY_SECRET") or "",
        mail=_mail_server(env),
        keeps_pages=_yes_or_no("TUPUY_KEEPS_PAGES", env.get("TUPUY_KEEPS_PAGES") or "yes"),
    )


def _yes_or_no(name: str, words: str) -> bool:
    if words in {"yes", "no"}:
        return words == "yes"
    raise SettingWrong(
        name,
        Message(mark("%(words)s is neither yes nor no."), {"words": repr(words)}),
        Message(mark("Write yes or no.")),
    )


def _mail_server(env: Mapping[str, str]) -> MailServer | None:
    """The mail server that the environment names, if any."""
    host = (env.get("TUPUY_SMTP_HOST") or "").strip()
    if not host:
        return None
    security = env.get("TUPUY_SMTP_SECURITY") or "starttls"
    if security not in PORTS:
        raise SettingWrong(
            "TUPUY_SMTP_SECURITY",
            Message(mark("%(words)s is not a kind of connection."), {"words": repr(security)}),
            Message(mark("Write starttls, tls or none.")),
        )
    sender = (env.get("TUPUY_SMTP_FROM") or "").strip()
    if not re.fullmatch(r"[^\s@<>\"(),:;]+@[^\s@<>\"(),:;]+", sender) or not sender.isascii():
        raise SettingWrong(
            "TUPUY_SMTP_FROM",
            Message(mark("The address that e-mail comes from is missing or is none.")),
            Message(mark("Write one address, such as encuestas@example.org.")),
        )
    port = _port(env.get("TUPUY_SMTP_PORT") or str(PORTS[security]), "TUPUY_SMTP_PORT")
    return MailServer(host, port, sender, security, env.get("TUPUY_SMTP_USER") or "", env.get("TUPUY_SMTP_PASSWORD") or "")


def _port(words: str, place: str = "TUPUY_PORT") -> int:
    if words.isdecimal() and int(words) < 65536:
        return int(words)
    raise SettingWrong(
        place,
        Message(mark("%(words)s is not a port."), {"words": repr(words)}),
        Message(mark("Write a whole number from 0 to 65535, such as 8000.")),
    )


def _proxies(words: str) -> int:
    if words.isdecimal() and int(words) < 10:
        return int(words)
    raise SettingWrong(
        "TUPUY_PROXIES",
        Message(mark("%(words)s is not a number of proxies."), {"words": repr(words)}),
        Message(mark("Write how many proxies of yours stand in front of Tupuy: 0 for none, mostly 1.")),
    )


def _strong(secret: str, place: str) -> str:
    if len(secret) >= SHORTEST_SECRET and len(set(secret)) > 8:
        return secret
    raise SettingWrong(
        place,
        Message(mark("The secret is too easy to guess.")),
        Message(mark("Use at least %(count)s random characters, or remove it and Tupuy makes one."), {"count": SHORTEST_SECRET}),
    )


def make_private(path: Path, words: str) -> str:
    """Write ``words`` into a new file that only its owner reads; what is there already wins. Returns what the file says."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
            out.write(words)
            out.flush()
            os.fsync(out.fileno())
        _publish(draft, path)
    except OSError as fault:
        raise SettingWrong(
            str(path),
            Message(mark("The file cannot be written: %(fault)s."), {"fault": fault.strerror}),
            Message(mark("Give Tupuy the right to write there, or choose another folder.")),
        ) from fault
    return read_private(path)


def _publish(draft: Path, path: Path) -> None:
    """Give the finished draft its name, unless somebody else was first: a reader never meets half a file."""
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        if not path.exists():
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def read_private(path: Path) -> str:
    """What a private file says, '' when there is none; refuses one that others may read."""
    try:
        if os.name == "posix" and path.exists() and path.stat().st_mode & 0o077:
            raise SettingWrong(
                str(path),
                Message(mark("Other people on this machine may read this file.")),
                Message(mark("Run: chmod 600 %(path)s"), {"path": path}),
            )
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingWrong(
            str(path),
            Message(mark("The file cannot be read.")),
            Message(mark("Give Tupuy the right to read it, or put back a copy.")),
        ) from fault
