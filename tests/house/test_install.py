"""``pip install .`` gives the same tupuy command: nothing that the tree needs at run time is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.test_setup import ROOT, tracked

ROOMS = ("forms", "surveys", "analysis", "translations", "app.py")
NOT_NEEDED = (".pot", ".md")


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The folder that a wheel of the tree unpacks to."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in tracked():
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "--wheel-dir", str(folder), str(source)]
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    there = folder / "installed"
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(there)
    return there


def test_everything_that_runs_is_installed(installed: Path) -> None:
    wanted = {name for name in tracked() if name.split("/")[0] in ROOMS and not name.endswith(NOT_NEEDED)}
    there = {path.relative_to(installed).as_posix() for path in installed.rglob("*") if path.is_file()}
    assert wanted - there == set()


def test_the_installed_command_runs_away_from_the_tree(installed: Path, tmp_path: Path) -> None:
    script = "import sys, app; sys.argv = ['tupuy', '--lang', 'en', 'form', 'check', sys.argv[1]]; app.main()"
    bank = installed / "forms" / "bank" / "trust.yaml"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    ran = subprocess.run([sys.executable, "-c", script, str(bank)], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "trust" in ran.stdout
