"""A demo in a folder of its own, served by a process of its own, for as long as a block lasts."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Served:
    data: Path
    address: str
    told: dict[str, Any]  # what `tupuy demo --json` printed


def a_free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def wait_until_it_answers(address: str, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=2).close()
            return
        time.sleep(0.05)
    raise TimeoutError(f"nothing answered at {address} within {seconds:.0f} s")


@contextlib.contextmanager
def a_process(command: list[str], address: str, environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_it_answers(address)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextlib.contextmanager
def a_served_demo() -> Iterator[Served]:
    with tempfile.TemporaryDirectory() as folder:
        port = a_free_port()
        environment = {**os.environ, "TUPUY_KEYS": str(Path(folder) / "keys")}
        tupuy = [sys.executable, str(ROOT / "app.py")]
        data = Path(folder) / "data"
        told = subprocess.run(
            [*tupuy, "demo", "--data", str(data), "--port", str(port), "--no-serve", "--json"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        address = f"http://127.0.0.1:{port}"
        with a_process([*tupuy, "serve", "--data", str(data), "--port", str(port)], f"{address}/health", environment):
            yield Served(data, address, json.loads(told))
