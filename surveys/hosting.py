"""A room without internet: this machine takes the answers of one round over a Wi-Fi of its own."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.messages import Message, mark
from surveys.collecting import has_begun, is_open
from surveys.errors import TupuyError
from surveys.opening import Times, set_times
from surveys.storage import Round

#: Where staff reach their pages: only from the machine itself.
LOOPBACK = "127.0.0.1"
#: Addresses in networks of hotspots (Android, iPhone, Windows), of routers, and of no network at all. Asking which way a
#: packet would leave sends none.
PROBES = ("192.168.43.1", "172.20.10.1", "192.168.137.254", "192.168.1.254", "192.168.0.254", "10.255.255.254", "192.0.2.1")


def own_addresses() -> list[str]:
    """The addresses by which phones of the same network may reach this machine, the private ones first."""
    return in_order({*_of_its_name(), *filter(None, map(_way_to, PROBES))})


def in_order(addresses: Iterable[str]) -> list[str]:
    """Addresses that others can reach, those of home networks first.

    >>> in_order(["127.0.1.1", "8.8.8.8", "169.254.3.4", "10.0.0.7", "192.168.43.12"])
    ['192.168.43.12', '10.0.0.7', '8.8.8.8']
    """
    known = [ipaddress.IPv4Address(address) for address in addresses]
    usable = [one for one in known if not (one.is_loopback or one.is_link_local or one.is_unspecified or one.is_multicast)]
    return [str(one) for one in sorted(usable, key=lambda one: (one.is_global, not str(one).startswith("192.168."), one))]


def is_public(address: str) -> bool:
    """Whether the whole internet may reach this address, and not one room alone."""
    return ipaddress.ip_address(address).is_global


def addresses_to_serve(asked: str | None = None) -> list[str]:
    """Where a room is served: the address asked for, else the private ones of this machine, else its public one.

    Raises TupuyError where there is none, or where the one asked for is none of this machine.
    """
    if asked is not None:
        return [_own(asked)]
    found = own_addresses()
    if not found:
        raise TupuyError(
            "--room",
            Message(mark("This machine is in no network that a phone could join.")),
            Message(mark("Turn on the hotspot of a phone of yours, join it with this machine, and start again.")),
        )
    return [address for address in found if not is_public(address)] or found[:1]


def _own(asked: str) -> str:
    with suppress(ValueError, OSError):
        address = ipaddress.IPv4Address(asked)
        with socket.socket() as trial:
            trial.bind((str(address), 0))
        if not address.is_unspecified:
            return str(address)
    raise TupuyError(
        f"--address {asked}",
        Message(mark("This is not an address of this machine.")),
        Message(mark("It has: %(addresses)s."), {"addresses": ", ".join(own_addresses()) or "–"}),
    )


def _of_its_name() -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    except OSError:
        return []


def _way_to(probe: str) -> str:
    """This machine's address on the way to ``probe``; "" where there is no way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((probe, 9))
        except OSError:
            return ""
        return str(asking.getsockname()[0])


def choose_round(session: Session, name: str | None, now: datetime) -> Round:
    """The round that the room answers: the only open one, or that of ``name`` (SURVEY/KEY) if it has not ended.

    Raises TupuyError: a room without an open round has nothing to ask.
    """
    waiting = list(session.scalars(select(Round).where(Round.closed_at.is_(None), Round.full_on.is_(None)).order_by(Round.on)))
    if name is not None:
        return _named(waiting, name)
    found = [round_ for round_ in waiting if is_open(round_, now)]
    if len(found) == 1:
        return found[0]
    if found:
        raise TupuyError(
            "--room",
            Message(mark("Several rounds are open.")),
            Message(mark("Say which with --round: %(names)s."), {"names": names_of(found)}),
        )
    raise TupuyError(
        "--room",
        Message(mark("No round is open.")),
        Message(
            mark("Open one; or, if only the clock of this machine is wrong, name it with --round: %(names)s."),
            {"names": names_of(waiting)},
        ),
    )


def _named(waiting: Sequence[Round], name: str) -> Round:
    found = next((round_ for round_ in waiting if name_of(round_) == name.strip()), None)
    if found is None:
        raise TupuyError(
            f"--round {name}",
            Message(mark("There is no such round, or it has ended.")),
            Message(mark("Rounds that have not ended: %(names)s."), {"names": names_of(waiting)}),
        )
    return found


def name_of(round_: Round) -> str:
    return f"{round_.survey.slug}/{round_.key}"


def names_of(rounds: Sequence[Round]) -> str:
    return ", ".join(map(name_of, rounds)) or "–"


def open_by_hand(session: Session, round_: Round, now: datetime) -> bool:
    """From now on the round is open until a person closes it: in a room no clock decides, as this machine's may be wrong.

    Returns whether it had times that no longer count.
    """
    is_timed = round_.closes_at is not None or not has_begun(round_, now)
    opened = round_.opens_at if has_begun(round_, now) else None
    if is_timed:
        set_times(session, round_, Times(opened, None, False, round_.closes_at_count), now)
    return is_timed


def is_another_day(round_: Round, now: datetime) -> bool:
    """Whether the clock tells another day than the one on which the round is held; its answers would carry that day."""
    today = now.astimezone(ZoneInfo(round_.survey.programme.time_zone)).date()
    return today != (round_.event.on if round_.event else round_.on)
