"""Typing errors are mended, hostile files are refused, quickly and in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kinechain.intake import parse_case
from kinechain.intake.repair import read_document
from kinechain.intake.source_text import LARGEST_FILE
from kinechain.intake.tree import Items, Node, Text
from kinechain.knowledge import load_knowledge
from tests.support.yardstick import yardsticks

ROOT = Path(__file__).resolve().parents[3]


def plain(node: Node | None) -> Any:
    """The tree as ordinary lists, dictionaries and texts."""
    if node is None:
        return None
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Items):
        return [plain(one) for one in node.values]
    return {entry.key: plain(entry.value) for entry in node.entries}


MENDED = [
    ("a: [1, 2\nb: 3\n", {"a": ["1", "2"], "b": "3"}, 1),
    ("a: {b: 1\nc: 2\n", {"a": {"b": "1"}, "c": "2"}, 1),
    ("a: 'x\nb: 3\n", {"a": "x", "b": "3"}, 1),
    ('a: "x\nb: 3\n', {"a": "x", "b": "3"}, 1),
    ("note: pain: worse at night\nb: 1\n", {"note": "pain: worse at night", "b": "1"}, 1),
    ("note: *severe pain*\nb: 1\n", {"note": "*severe pain*", "b": "1"}, 1),
    ("note: @home\nb: 1\n", {"note": "@home", "b": "1"}, 1),
    ("pain\n  - site: knee\nb: 1\n", {"pain": [{"site": "knee"}], "b": "1"}, 1),
    ("f:\n  p\n    - x\n  a:\n    - y\n", {"f": {"p": ["x"], "a": ["y"]}}, 2),
    ("f:\n  p:\n    - x\n   - y\nb: 1\n", {"f": {"p": ["x", "y"]}, "b": "1"}, 4),
    ("f:\n  p:\n    - x\n   a:\n    - y\n", {"f": {"p": ["x"], "a": ["y"]}}, 4),
    ("a: 6\n f:\n  p:\n    - x\n", {"a": "6", "f": {"p": ["x"]}}, 2),
    ("p:\n  - s: k\n     t: l\nb: 2\n", {"p": [{"s": "k", "t": "l"}], "b": "2"}, 3),
    ("f:\n\tp:\n\t\t- x\n", {"f": {"p": ["x"]}}, 2),
    ("f:\n  p:\n    @- x\n    - y\n", {"f": {"p": ["x", "y"]}}, 3),
    ("f:\n  [p:\n    - x\n    - y\n", {"f": {"p": ["x", "y"]}}, 2),
    ("f:  p:\n    - x\nb: 1\n", {"p": ["x"], "b": "1"}, 1),
    ("a: 1\n]\nb: 2\n", {"a": "1", "b": "2"}, 2),
    ("- a\nb: 1\n", ["a"], 2),
    ('a: "\\q"\nb: 1\n', {"a": "q", "b": "1"}, 1),
    ("a: 1\n---\nb: 2\n", {"a": "1"}, 2),
    ("a: 1\n...\nb: 2\n", {"a": "1"}, 3),
]


@pytest.mark.parametrize(("text", "tree", "line"), MENDED, ids=lambda value: repr(value)[:30])
def test_typing_error_costs_its_line_at_most(text: str, tree: Any, line: int) -> None:
    root, issues = read_document(text, "f")
    assert plain(root) == tree
    assert f"f:{line}" in [issue.where for issue in issues]
    assert all(issue.level == "error" and issue.remedy for issue in issues)


def test_valid_yaml_has_no_issues() -> None:
    text = "# c\na: 1\nb:\n  - {c: 'x: y', d: [1, 2]}\nnote: |\n  any: thing [\n"
    root, issues = read_document(text, "f")
    assert not issues
    assert plain(root) == {"a": "1", "b": [{"c": "x: y", "d": ["1", "2"]}],
                           "note": "any: thing [\n"}  # fmt: skip


def test_lines_are_kept() -> None:
    root, _ = read_document("a: 1\n\n# c\nb:\n  - x\n", "f")
    assert root is not None
    assert not isinstance(root, Text | Items)
    assert [(entry.key, entry.line, entry.value.line) for entry in root.entries] == [
        ("a", 1, 1), ("b", 4, 5),
    ]  # fmt: skip


def test_doubled_keys_name_both_lines_and_lose_no_list() -> None:
    root, issues = read_document("a: [1]\nb: {c: 1, d: [1]}\na: [2]\nb: {c: 2, d: [2]}\n", "f")
    assert plain(root) == {"a": ["1", "2"], "b": {"c": "1", "d": ["1", "2"]}}
    assert ["line 1 and on line 3" in issues[0].message, len(issues)] == [True, 2]


def test_after_ten_errors_the_rest_is_not_read() -> None:
    text = "a: 1\n" + "@\n" * 12 + "b: 1\n"
    root, issues = read_document(text, "f")
    assert plain(root) == {"a": "1"}
    assert "more than 10 lines" in issues[-1].message


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_empty_file(text: str) -> None:
    assert read_document(text, "f") == (None, [])


def bomb() -> bytes:
    lines = [b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]".encode() for i in range(1, 20)]
    return b"\n".join(lines)


HOSTILE = [
    ("aliases", bomb(), "anchors (&) and aliases (*)"),
    ("many aliases", b"- &a x\n" + b"- *a\n" * 15_000, "anchors (&) and aliases (*)"),
    ("tags", b"a: !!python/object/apply:os.system [echo]\n", "tags (!)"),
    ("tag directive", b"%TAG ! tag:x,2000:\n---\na: !b c\n", "tags (!)"),
    ("deep lists", b"[" * 900_000, "nested at most 20 deep"),
    ("deep mappings", b"? " * 400_000, "nested at most 20 deep"),
    ("deep blocks", b"".join(b" " * i + b"a:\n" for i in range(30)), "nested at most 20 deep"),
    ("many entries", b"- a\n" * 240_000, "at most 20000 entries"),
    ("many doubled keys", b"k: [a]\n" * 9_000, "at most 20000 entries"),
    ("many short lists", b"a: [" + b"[]," * 250_000 + b"]", "at most 20000 entries"),
    ("control character", b"a: \x1b[31mred\n", "U+001B"),
    ("escaped control character", b'a: "\\x1b[31m"\n', "control characters written as an escape"),
    ("hidden direction", "a: \u202egnp\n".encode(), "U+202E"),
    ("zero bytes", b"a\0b" * 1000, "UTF-16 or binary"),
    ("UTF-16", "a: 1\n".encode("utf-16"), "UTF-16 or binary"),
    ("not UTF-8", b"a: \xff\xfe\n", "not UTF-8"),
    ("random bytes", bytes(range(1, 256)) * 3900, "not YAML"),
    ("no text at all", b"\x01\n\xff\n" * 30, "without control characters"),
    ("open quotes", b"a: 'x\n" * 140_000, "valid YAML"),
    ("directives", b"%X\n" * 300_000, "valid YAML"),
    ("errors", b"x: 1\n]\n" * 3_000, "valid YAML"),
    ("one long word", b'a: "' + b"x" * 900_000, "valid YAML"),
    ("one long line", b"x" * 900_000 + b": [\n", "valid YAML"),
]


@pytest.mark.parametrize(("raw", "words"), [(raw, words) for _, raw, words in HOSTILE],
                         ids=[name for name, *_ in HOSTILE])  # fmt: skip
def test_hostile_text_is_refused_quickly(raw: bytes, words: str) -> None:
    assert yardsticks(lambda: read_document(raw, "f")) < 44
    _, issues = read_document(raw, "f")
    assert any(words in issue.message for issue in issues) or "not YAML" in words
    assert 1 <= len(issues) <= 15
    for issue in issues:
        assert issue.level == "error"
        assert (issue.where + issue.message + issue.remedy).isprintable()
        assert len(issue.message) < 300


def test_nothing_expands() -> None:
    root, issues = read_document(b"a: &x [1]\nb: *x\nc: [*x, 2]\n", "f")
    assert plain(root) == {"a": ["1"], "b": "", "c": ["", "2"]}
    assert len(issues) == 3


def test_a_mark_hit_by_mistake_costs_no_key() -> None:
    root, issues = read_document("&findings:\n  *present:\n    - !fever\n", "f")
    assert plain(root) == {"findings": {"present": ["fever"]}}
    assert issues


def test_up_to_ten_faulty_lines_are_read_without_the_faults() -> None:
    root, issues = read_document(b"a: x\x07y\nb: caf\xe9\n", "f")
    assert plain(root) == {"a": "x y", "b": "caf\ufffd"}
    assert [issue.where for issue in issues] == ["f:1", "f:2"]


MEASURE = """
import json, sys
from pathlib import Path
from kinechain.intake import read_case
from kinechain.knowledge import load_knowledge
from tests.support.yardstick import yardsticks
knowledge = load_knowledge()
reading = read_case(Path(sys.argv[1]), knowledge)
status = Path("/proc/self/status").read_text()  # unlike ru_maxrss it forgets the parent's peak
peak = int(status.split("VmHWM:")[1].split()[0])
print(json.dumps([yardsticks(lambda: read_case(Path(sys.argv[1]), knowledge)),
    peak / 1024,
    [issue.message for issue in reading.issues]]))
"""


def measured(path: Path) -> tuple[float, float, list[str]]:
    """Yardsticks, peak megabytes and messages of reading a file in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    cost, megabytes, messages = json.loads(done.stdout)
    return cost, megabytes, messages


def test_a_hundred_megabytes_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    cost, megabytes, messages = measured(path)
    assert cost < 44
    assert megabytes < 200
    assert "at most 1 MB. Got 100 MB; it is refused" in messages[0]


def test_the_largest_file_that_is_read_stays_in_bounds(tmp_path: Path) -> None:
    path = tmp_path / "full.yaml"
    lines = "pain: [low_back]\nfindings:\n  present:\n" + "".join(
        f"    - wrong_{i}: left\n" for i in range(6_000)
    )
    path.write_text(f"{lines}note: {'x' * (LARGEST_FILE - len(lines) - 10)}\n")
    cost, megabytes, messages = measured(path)
    assert cost < 44
    assert megabytes < 200
    assert "more are not listed" in messages[-1]


@pytest.mark.parametrize(
    "text",
    [
        "pain:\n" + "- low_back\n" * 19_000,
        "pain:\n" + "- {site: knee, quality: x}\n" * 3_300,
        "".join(f"key{number}: 1\n" for number in range(9_000)),
        "values:\n" + "- esr: 1 mm/h\n" * 6_000,
        "findings:\n  present:\n" + "  - fever\n" * 19_000,
        "findings:\n" + "- fever\n" * 19_000,
        "findings:\n" + "- present: [fever]\n" * 4_900,
        "findings:\n  present:\n" + "  - {finding: motor_deficit, level: l5}\n" * 3_900,
        "diseases:\n" + "- wrong disease name\n" * 19_000,
        "drugs:\n" + "- some other drug\n" * 19_000,
        "treatments:\n" + "- {x: y}\n" * 6_000,
        "pain: [low_back]\nnote: " + "a " * 400_000,
        "findings: {present: [" + "a " * 400_000 + "]}",
    ],
    ids=lambda text: text[:40],
)
def test_cost_grows_no_faster_than_the_file(text: str) -> None:
    knowledge = load_knowledge()
    assert yardsticks(lambda: parse_case(text, knowledge)) < 66
    reading = parse_case(text, knowledge)
    assert len(reading.issues) <= 115


@pytest.mark.parametrize("what", ["nothing", "folder"])
def test_a_file_that_cannot_be_read_is_an_issue(what: str, tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    if what == "folder":
        path.mkdir()
    root, issues = read_document(path, "f")
    assert root is None
    assert issues[0].message.startswith("The case file must be readable.")
