"""The two commands and the lock keep what the README promises."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-test.lock")


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.splitlines() if (ROOT / name).exists()]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host_and_pins_every_library_by_hash(name: str) -> None:
    lock = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in lock
    assert "--index" not in lock
    pinned = re.findall(r"^[a-z0-9][\w.\-]*(?:\[[\w,]+\])?==\S+", lock, flags=re.M)
    assert len(pinned) == len(re.findall(r"==", re.sub(r" ; .*", "", lock))) > 20
    assert lock.count("--hash=sha256:") >= len(pinned)


def test_the_test_lock_holds_the_same_versions_as_the_running_one() -> None:
    versions = [dict(re.findall(r"^([\w.\-\[\]]+)==([\w.]+)", (ROOT / name).read_text(), flags=re.M)) for name in LOCKS]
    running, testing = versions
    assert running.items() <= testing.items()


def test_go_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse((ROOT / "go.py").read_text(encoding="utf-8"))
    names = {alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= set(sys.stdlib_module_names)


def test_go_says_how_it_is_used_when_asked_for_nothing() -> None:
    said = subprocess.run([sys.executable, ROOT / "go.py"], capture_output=True, text=True)
    assert said.returncode != 0
    assert "go.py run" in said.stderr
    assert "go.py test" in said.stderr


def test_every_package_of_the_tree_is_listed_for_installation() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    there = {
        str(Path(name).parent).replace("/", ".")
        for name in tracked()
        if name.endswith("__init__.py") and name.split("/")[0] in {"forms", "surveys", "analysis", "translations"}
    }
    assert listed == there


def test_every_room_of_surveys_has_its_floor_and_only_the_edges_know_flask() -> None:
    layered, *others = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    floors = {room.strip() for floor in layered["layers"] for room in re.split("[:|]", floor)} - {"forms", "analysis"}
    rooms = {*(ROOT / "surveys").glob("*.py"), *(path.parent for path in (ROOT / "surveys").glob("*/__init__.py"))}
    assert floors == {f"surveys.{path.stem}" for path in rooms if path.stem[0] not in "_."}
    flaskless = next(contract for contract in others if contract["name"] == "Only the edges know Flask")
    assert set(flaskless["source_modules"]) == floors - {"surveys.web", "surveys.cli"}


def test_nothing_built_minified_or_made_elsewhere_is_in_the_tree() -> None:
    built = re.compile(r"\.(min\.js|min\.css|woff2?|ttf|whl|so|dll|exe|mo|pyc|zip|jar)$")
    assert [name for name in tracked() if built.search(name)] == []


def test_every_guide_is_listed_in_both_languages() -> None:
    guides = {path.name for path in (ROOT / "docs" / "guide" / "en").glob("*.md")}
    assert guides == {path.name for path in (ROOT / "docs" / "guide" / "es").glob("*.md")}
    for language in ("en", "es"):
        listed = set(re.findall(r"\]\(([a-z-]+\.md)\)", (ROOT / "docs" / "guide" / language / "README.md").read_text()))
        assert listed == guides - {"README.md"}
