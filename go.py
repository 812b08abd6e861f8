#!/usr/bin/env python3
"""Set Tupuy up and start it, or test it, with nothing but Python 3.11 or newer.

python3 go.py run  [options of `tupuy demo`]    the two example programmes, served on this machine
python3 go.py test [options of pytest]          style, types, walls, catalogues and every test
"""

from __future__ import annotations

import glob
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCKS = {"run": ROOT / "requirements.lock", "test": ROOT / "requirements-test.lock"}
DEBIAN = {
    "chromium": "browser tests",
    "postgresql": "tests on PostgreSQL",
    "libreoffice-calc": "workbooks opened by another program",
    "poppler-utils": "PDF files read by another program",
}
PROGRAMS = {"chromium": "chromium", "libreoffice-calc": "soffice", "poppler-utils": "pdftotext"}


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def make_environment() -> list[str]:
    """A virtual environment in .venv; returns the pip command that fills it. Debian's Python may lack ensurepip."""
    if not PYTHON.exists() and subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", VENV], check=True)
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return [str(PYTHON), "-m", "pip"]
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    if install_debian("python3-venv", "python3-pip"):
        shutil.rmtree(VENV)
        return make_environment()
    sys.exit("This Python has no pip. Install it (on Debian or Ubuntu: apt install python3-venv python3-pip) and run this again.")


def install(lock: Path) -> None:
    """Install the locked libraries, wheels only, unless the stamp says that these very ones are there."""
    stamp = VENV / f".{lock.name}.stamp"
    wanted = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    say("First start: making a virtual environment in .venv ...")
    pip, began = make_environment(), time.monotonic()
    total, seen, tail = lock.read_text().count("=="), 0, []
    command = [*pip, "install", "--require-hashes", "--only-binary", ":all:", "--progress-bar", "off", "-r", str(lock)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            tail = [*tail[-15:], line]
            seen += line.startswith("Collecting")
            if line.startswith(("Collecting", "Installing")):
                print(
                    f"\rFirst start: {line.split()[0].lower()} libraries, {seen} of up to {total} ...   ",
                    end="",
                    file=sys.stderr,
                    flush=True,
                )
    if process.returncode:
        sys.exit("\nThe libraries could not be installed; nothing was started. The installer's last words:\n" + "".join(tail))
    say(f"\nFirst start: libraries installed in {time.monotonic() - began:.0f} s. The next start takes a moment.")
    stamp.write_text(wanted)


def install_debian(*packages: str) -> bool:
    """Install Debian packages where that is possible; True if it worked."""
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    say(f"Installing Debian's {', '.join(packages)} ...")
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update"], **quiet)
    return subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", *packages], **quiet).returncode == 0


def has(package: str) -> bool:
    return bool(shutil.which(PROGRAMS[package]) if package in PROGRAMS else glob.glob("/usr/lib/postgresql/*/bin/initdb"))


def test(options: list[str]) -> int:
    """Every check, all of them even when one fails; returns the number that failed."""
    missing = [package for package in DEBIAN if not has(package)]
    if missing:
        install_debian(*missing)
    module = [str(PYTHON), "-m"]
    checks = {
        "style": [*module, "ruff", "check", "."],
        "layout": [*module, "ruff", "format", "--check", "."],
        "types": [*module, "mypy"],
        "walls": [str(PYTHON.with_name("lint-imports"))],
        "catalogues": [*module, "tests.house.catalogues", "check"],
        "tests": [*module, "pytest", *options],
    }
    failed = []
    for name, command in checks.items():
        say(f"--- {name}")
        if subprocess.run(command, cwd=ROOT).returncode:
            failed.append(name)
    for package in [package for package in missing if not has(package)]:
        say(f"SKIPPED, {DEBIAN[package]}: Debian's {package} is not here and could not be installed.")
    say(f"FAILED: {', '.join(failed)}." if failed else "All checks passed.")
    return len(failed)


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):
        sys.exit(f"Tupuy needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if not arguments or arguments[0] not in LOCKS:
        sys.exit(__doc__)
    install(LOCKS[arguments[0]])
    if arguments[0] == "test":
        return test(arguments[1:])
    command = [str(PYTHON), str(ROOT / "app.py"), "demo", *arguments[1:]]
    if os.name != "nt":
        os.execv(PYTHON, command)
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
