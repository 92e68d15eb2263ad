"""Lock files, dependencies, version, targets, and no trace of the place of work."""

from __future__ import annotations

import re
import sys

import pytest

import kinechain
from tests.house.tree import ROOT, commands, files, imports, markdown, modules, project, shown

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
MODULE_OF = {"argon2-cffi": "argon2", "pyyaml": "yaml"}
# What another package loads by itself when it is there.
LOADED_BY = {"psycopg": "sqlalchemy", "python-multipart": "fastapi"}
TO_RUN = ("clinic", "postgres")


def dependency_name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9_.-]+", requirement)
    assert found, requirement
    return found.group().lower()


def declared() -> list[str]:
    table = project()["project"]
    assert isinstance(table, dict)
    return [dependency_name(one) for one in table["dependencies"]]


def declared_extras(*extras: str) -> list[str]:
    table = project()["project"]
    assert isinstance(table, dict)
    found = table["optional-dependencies"]
    return [dependency_name(one) for extra in extras or found for one in found[extra]]


@pytest.mark.parametrize("path", LOCKS, ids=shown)
def test_lock_file_has_hashes_and_no_addresses(path) -> None:
    text = path.read_text(encoding="utf-8")
    for address in ("://", "--index", "--extra-index", "--find-links", "--trusted-host", " @ "):
        assert address not in text, f"{shown(path)} holds {address!r}"
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert entries
    for entry in entries:
        assert re.match(r"[A-Za-z0-9_.-]+==[^\s;]+", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_lock_files_agree_with_each_other() -> None:
    seen: dict[str, tuple[str, str]] = {}
    for path in LOCKS:
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", path.read_text(), re.MULTILINE):
            other = seen.setdefault(name, (version, shown(path)))
            assert other[0] == version, f"{name}: {version} in {shown(path)}, {other}; make lock"


def test_run_lock_holds_every_dependency() -> None:
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements/run.txt").read_text(), re.MULTILINE)
    assert set(declared()) <= set(locked), "make lock"
    clinic = (ROOT / "requirements/clinic.txt").read_text()
    locked = re.findall(r"^([\w.-]+)==", clinic, re.MULTILINE)
    assert set(declared_extras(*TO_RUN)) <= set(locked), "make lock"


def test_dependencies_are_the_imports_and_have_reasons() -> None:
    names = {name.split(".")[0] for path in modules() for _, name in imports(path)}
    used = names - set(sys.stdlib_module_names) - {"kinechain"}
    needed = [*declared(), *declared_extras(*TO_RUN)]
    assert used == {MODULE_OF.get(name, name) for name in needed if name not in LOADED_BY}
    assert used >= set(LOADED_BY.values())
    reasons = (ROOT / "docs/reference/dependencies.md").read_text(encoding="utf-8")
    missing = [name for name in [*declared(), *declared_extras()] if f"| {name} |" not in reasons]
    assert not missing, "docs/reference/dependencies.md gives no reason for these"


def test_version_is_the_same_everywhere() -> None:
    table = project()["project"]
    assert isinstance(table, dict)
    assert kinechain.__version__ == table["version"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(table['version'])}\b", changes, re.MULTILINE)


def test_make_targets_named_in_the_documentation_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for page in markdown():
        for line, command in commands(page):
            for target in re.findall(r"^make ([a-z][a-z-]*)", command):
                assert target in targets, f"{shown(page)}:{line}: make {target}"
    readme = [command for _, command in commands(ROOT / "README.md")]
    assert "make run" in readme
    assert "make test" in readme


def test_makefile_lists_every_target_with_its_purpose() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) - {"help"}
    assert targets == set(re.findall(r"^([a-z-]+):.* ## \S", makefile, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    assert targets | {"help"} == set(phony[1].split())


# Put together here so that this file does not hold them itself.
WORKPLACE = re.compile(
    r"(?<![\w.-])/" + "work/" + r"|\bsha" + "red/"
    "|HELP" + r"ER\.md|VOCAB" + r"ULARY\.md|\bdoss" + "ier"
)
ALLOWED = {".ci/run": "../sha" + "red/gait-data"}


def test_no_file_mentions_the_place_of_work() -> None:
    found: list[str] = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        text = text.replace(ALLOWED.get(shown(path), "\0"), "")
        found += [
            f"{shown(path)}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"
            for match in WORKPLACE.finditer(text)
        ]
    assert not found
