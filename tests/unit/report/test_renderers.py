"""The invented result is shown in all three forms, completely and without harm."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import Any, get_args

import jsonschema
import pytest

from kinechain.domain.concepts import Urgency
from kinechain.report import html, sections, terminal, text, words
from kinechain.report.contract import FlagBasis, FlagStatus, IssueLevel, QuestionKind, State
from tests.unit.report import invented

Render = Callable[[Mapping[str, Any], Mapping[str, Any]], str]
RENDERERS: dict[str, Render] = {
    "terminal": terminal.render, "text": text.render, "html": html.render,
}  # fmt: skip
EACH = pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\x1b[2J\u202e[bold red]{{7*7}}"
VOID = {"meta", "br", "link", "img", "hr", "input"}
ADDRESSES = {"href", "src", "srcset", "action", "data", "poster", "xlink:href", "formaction"}


class Page(HTMLParser):
    """Collects what matters of a page, and checks that its elements nest."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def schema() -> dict[str, Any]:
    path = invented.DATA / "assessment.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


def hostile(value: object, key: str = "") -> object:
    """The same result with every free text replaced by something hostile."""
    free = {
        "label",
        "message",
        "remedy",
        "where",
        "action",
        "title",
        "journal_or_body",
        "case_id",
        "knowledge_version",
        "question",
        "sentence",
    }
    if isinstance(value, dict):
        return {k: hostile(v, "labels" if key == "labels" else str(k)) for k, v in value.items()}
    if isinstance(value, list):
        return [hostile(item, key) for item in value]
    if key in free or key in {"because", "labels"}:
        return HOSTILE
    return "javascript:alert(1)" if key in {"url", "doi"} and value else value


def hostile_extras() -> dict[str, Any]:
    plain = invented.extras()
    geometry = plain.pop("sites")
    changed = hostile(plain)
    assert isinstance(changed, dict)
    changed["labels"] = dict.fromkeys(invented.LABELS, HOSTILE)
    return {**changed, "sites": geometry}


def empty() -> dict[str, Any]:
    """A result of which only the triage was computed."""
    kept = {
        key: value
        for key, value in invented.assessment().items()
        if key
        not in {
            "conditions",
            "origins",
            "sites",
            "contributions",
            "next",
            "not_excluded",
            "red_flags",
        }
    }
    return {
        **kept,
        "conditions": [],
        "origins": [],
        "sites": [],
        "contributions": {},
        "next": [],
        "not_excluded": [],
        "red_flags": [],
    }


def test_schema_is_one_and_takes_the_invented_result() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    for result in (invented.assessment(), empty()):
        jsonschema.validate(result, schema(), jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("key", "value"),
    [("surprise", 1), ("schema_version", "2.0"), ("timing_ms", -1), ("red_flags", [{"id": "x"}])],
)
def test_schema_refuses(key: str, value: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**invented.assessment(), key: value}, schema())


def test_schema_leaves_room_for_extensions() -> None:
    jsonschema.validate({**invented.assessment(), "extensions": {"clinic.x": 1}}, schema())


@EACH
def test_says_what_matters(render: Render) -> None:
    shown = render(invented.assessment(), invented.extras()).replace("\xa0", " ")
    for expected in (
        "Possible cauda equina syndrome",
        "Emergency MRI",
        "Spinal malignancy",
        "Lumbar disc herniation L3/4, left",
        "71 %",
        "52 to 85 %",
        "Femoral nerve stretch test",
        "Cannot pass urine",
        "Record the side.",
        words.INTENDED_USE,
        "invented0",
    ):
        assert expected in shown, expected


@EACH
def test_shows_a_result_without_probabilities(render: Render) -> None:
    shown = render(empty(), invented.extras())
    assert "othing raised that cannot wait" in shown
    assert "ee the issues" in shown


@EACH
def test_nothing_hostile_gets_through(render: Render) -> None:
    result = hostile(invented.assessment())
    assert isinstance(result, dict)
    shown = render(result, hostile_extras())
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "{{7*7}}" in shown, "text from a record is not a template"


def test_html_escapes() -> None:
    result = hostile(invented.assessment())
    assert isinstance(result, dict)
    page = html.render(result, hostile_extras())
    parsed = Page(page)
    assert not parsed.all("script")
    assert not parsed.all("img")
    assert "<script" not in page
    assert "javascript:" not in " ".join(
        value or "" for _, attributes in parsed.elements for value in attributes.values()
    )


def test_html_refers_to_nothing_outside() -> None:
    page = html.render(invented.assessment(), invented.extras())
    for tag, attributes in Page(page).elements:
        for name, value in attributes.items():
            assert name != "style", "inline style is barred by the policy"
            assert not name.startswith("on")
            if name in ADDRESSES and not (tag == "a" and name == "href"):
                pytest.fail(f"<{tag} {name}={value!r}>")
    assert "@import" not in page
    assert re.findall(r"url\(([^)]*)\)", page).count("#hatch") >= 1
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", page))


def test_html_policy_admits_its_own_style_only() -> None:
    page = html.render(invented.assessment(), invented.extras())
    policies = [
        m for m in Page(page).all("meta") if m.get("http-equiv") == "Content-Security-Policy"
    ]
    found = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert found is not None
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    assert len(policies) == 1
    policy = policies[0]["content"] or ""
    assert policy.startswith("default-src 'none'")
    assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_html_is_accessible() -> None:
    page = Page(html.render(invented.assessment(), invented.extras()))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        for reference in (attributes.get("aria-labelledby") or "").split():
            assert reference in ids
        target = attributes.get("href") or ""
        if target.startswith("#"):
            assert target[1:] in ids
    for landmark in ("header", "main", "footer", "h1"):
        assert len(page.all(landmark)) == 1, landmark
    assert page.all("html")[0]["lang"] == "en"
    assert all(header.get("scope") for header in page.all("th"))
    headings = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert headings[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(headings))
    pictures = [a for a in page.all("svg") if a.get("aria-hidden") != "true"]
    assert [a["role"] for a in pictures] == ["img"]


def test_html_says_in_words_what_the_map_shows() -> None:
    page = html.render(invented.assessment(), invented.extras())
    described = re.search(r'<desc id="map-description">(.*?)</desc>', page)
    assert described is not None
    assert "Front of the knee, left: mostly from origin 1" in described[1]
    assert "Low back: mostly unexplained" in described[1]
    for site in ("Front of the knee, left", "Front of the thigh, left", "Low back"):
        assert f"<strong>{site}</strong>" in page


def test_html_without_geometry_has_no_map() -> None:
    page = html.render(invented.assessment(), invented.extras(with_map=False))
    assert 'class="map"' not in page
    assert "Front of the knee, left" in page


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_html_contrast_is_enough(scheme: int) -> None:
    page = html.render(invented.assessment(), invented.extras())
    blocks = re.findall(r":root \{(.*?)\}", page, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[scheme]))
    pairs = [
        ("ink", "card"),
        ("ink", "page"),
        ("soft", "card"),
        ("soft", "page"),
        ("link", "card"),
        ("link", "alarm-soft"),
        ("alarm", "alarm-soft"),
        ("soft", "alarm-soft"),
        ("soft", "warn-soft"),
        ("warn", "warn-soft"),
        ("calm", "calm-soft"),
        ("on", "alarm"),
        ("on", "warn"),
        ("on", "other"),
        ("on", "o1"),
        ("on", "o2"),
        ("on", "o3"),
        ("on", "o4"),
    ]
    for front, back in pairs:
        assert contrast(colours[front], colours[back]) >= 4.5, (front, back)


def test_terminal_is_plain_and_narrow() -> None:
    for width in (60, 80, 120):
        shown = terminal.render(invented.assessment(), invented.extras(), width=width)
        assert max(map(len, shown.splitlines())) <= width
        assert "\x1b" not in shown


def test_terminal_colours_only_when_asked() -> None:
    shown = terminal.render(invented.assessment(), invented.extras(), colour=True)
    assert "\x1b[" in shown


def test_terminal_keeps_the_order() -> None:
    shown = terminal.render(invented.assessment(), invented.extras())
    order = [
        "WHAT CANNOT WAIT",
        "NOT EXCLUDED",
        "LIKELY ORIGINS",
        "WHERE EACH PAIN COMES FROM",
        "FOR AND AGAINST",
        "ASK OR EXAMINE NEXT",
        "ISSUES",
        words.INTENDED_USE,
    ]
    places = [shown.index(title) for title in order]
    assert places == sorted(places)


def test_html_keeps_what_cannot_wait_on_top() -> None:
    page = html.render(invented.assessment(), invented.extras())
    titles = [re.sub(r"<.*?>", "", t) for t in re.findall(r"<h2[^>]*>(.*?)</h2>", page)]
    assert titles == [
        "Cannot wait",
        "Where it hurts and where it comes from",
        "Likely origins",
        "Next",
        "Not excluded",
        "Where each pain comes from",
        "For and against",
        "Ask or examine next",
        "Issues",
        "What was recorded",
        "Sources",
    ]


def test_note_is_short_and_ascii() -> None:
    note = text.render(invented.assessment(), invented.extras())
    assert note.isascii()
    assert all(line.isprintable() for line in note.splitlines())
    assert len(note.splitlines()) < 40


def test_note_cuts_the_rest_but_nothing_urgent() -> None:
    result = invented.assessment()
    result["red_flags"] = [{**result["red_flags"][0], "label": f"Danger {n}"} for n in range(9)]
    result["issues"] = result["issues"] * 40
    note = text.render(result, invented.extras())
    assert len(note.splitlines()) < 40
    assert all(f"Danger {n}" in note for n in range(9))
    assert "more lines in the full report" in note
    assert words.INTENDED_USE in note


def test_a_cited_source_is_listed_once_and_numbered_in_order() -> None:
    report = sections.build(invented.assessment(), invented.extras())
    assert [source.number for source in report.sources] == [1, 2]
    assert report.raised[0].refs == (1,)
    assert report.sources[0].url == "https://doi.org/10.0000/invented.b"


def test_the_most_urgent_comes_first() -> None:
    result = invented.assessment()
    slow = {**result["red_flags"][0], "urgency": "soon", "label": "Slow"}
    report = sections.build({**result, "red_flags": [slow, *result["red_flags"]]}, {})
    assert [flag.urgency for flag in report.raised] == ["emergency_now", "soon"]


def test_every_kind_has_its_words() -> None:
    assert len({words.urgency_words(u) for u in get_args(Urgency)}) == len(get_args(Urgency))
    assert sorted(map(words.urgency_order, get_args(Urgency))) == [0, 1, 2, 3]
    assert all(words.status_words(status) for status in get_args(FlagStatus))
    assert all(words.basis_words(basis) for basis in get_args(FlagBasis))
    assert all(words.state_words(state) for state in get_args(State))
    assert all(words.issue_words(level) for level in get_args(IssueLevel))
    kinds = {kind for part in get_args(QuestionKind) for kind in get_args(part)}
    assert len(kinds) == 9
    assert all(words.kind_words(kind) for kind in kinds)
