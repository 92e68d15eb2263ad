"""The page of a gait analysis: complete, without harm, accessible, small, and true."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from kinechain.gait.events.model import SIDES
from kinechain.gait.series import Series
from kinechain.report import page
from kinechain.report.gait import html as gait_html
from kinechain.report.gait.catalogue import CURVES
from kinechain.report.gait.curves import cut_series, is_raw, is_still, stem
from kinechain.report.gait.view import GaitResult, build
from kinechain.report.gait.words import GAIT_INTENDED_USE
from tests.support.gait import needs_real_data, real
from tests.unit.report import invented_gait
from tests.unit.report.test_renderers import ADDRESSES, HOSTILE, Page, contrast

RESULTS: dict[str, Callable[[], GaitResult]] = {
    "whole": invented_gait.whole,
    "deviating": invented_gait.deviating,
    "hostile": invented_gait.hostile,
    "without model": invented_gait.without_model,
    "poor": invented_gait.poor,
    "without cycles": invented_gait.without_cycles,
}
EACH = pytest.mark.parametrize("name", RESULTS)


@cache
def rendered(name: str) -> str:
    return gait_html.render(build(RESULTS[name]()))


def section(text: str, identifier: str) -> str:
    """The part of the page under one heading."""
    return text.split(f'<h2 id="{identifier}"')[1].split("</section>")[0]


def words(text: str) -> str:
    """What is read, without elements, style and script."""
    bare = re.sub(r"<(style|script)\b.*?</\1>", " ", text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", "", bare).replace("\xa0", " ").split())


@EACH
def test_is_well_formed_and_accessible(name: str) -> None:
    text = rendered(name)
    found = Page(text)
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in found.elements:
        for reference in (attributes.get("aria-labelledby") or "").split():
            assert reference in ids, reference
        target = attributes.get("href") or ""
        assert not target.startswith("#") or target[1:] in ids, target
        if tag == "svg":
            named = attributes.get("aria-labelledby") and attributes.get("role") == "img"
            assert named or attributes.get("aria-hidden") == "true"
        if tag in {"select", "input"}:
            assert attributes.get("id")
    for landmark in ("header", "nav", "main", "footer", "h1"):
        assert len(found.all(landmark)) == 1, landmark
    assert found.all("html")[0]["lang"] == "en"
    assert all(one.get("scope") for one in found.all("th"))
    headings = [int(tag[1]) for tag, _ in found.elements if re.fullmatch(r"h[1-6]", tag)]
    assert headings[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(headings))
    assert len(found.all("details")) == len(found.all("summary"))


@EACH
def test_refers_to_nothing_outside(name: str) -> None:
    text = rendered(name)
    for tag, attributes in Page(text).elements:
        assert tag not in {"img", "iframe", "object", "link", "form", "use", "image"}
        for key, value in attributes.items():
            assert key != "style", "inline style is barred by the policy"
            assert not key.startswith("on")
            assert key not in ADDRESSES or (tag == "a" and key == "href"), f"{tag} {key}={value}"
    assert "@import" not in text
    assert not re.findall(r"url\((?!#)", text)
    assert len(text.encode()) < 1_000_000


@EACH
def test_policy_admits_its_own_style_and_script_only(name: str) -> None:
    text = rendered(name)
    found = Page(text)
    policies = [one for one in found.all("meta") if one.get("http-equiv")]
    assert [one["http-equiv"] for one in policies] == ["Content-Security-Policy"]
    policy = policies[0]["content"] or ""
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    figure = 'id="walk-data"' in text
    assert figure
    assert (len(styles), len(scripts)) == (1, int(figure))
    for kind, content in (("style", styles), ("script", scripts)):
        for one in content:
            digest = base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()
            assert f"{kind}-src 'sha256-{digest}'" in policy
    assert len(found.all("script")) == 2 * int(figure), "the data and the script"


def test_nothing_hostile_gets_through() -> None:
    text = rendered("hostile")
    assert "<img" not in text
    assert text.count("<script") == 2
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "{{7*7}}" in text, "text from a recording is not a template"
    assert "javascript:" not in text
    assert "alert(1)" in text, "the hostile names are shown, as text"
    assert not [one for one in Page(text).elements if one[1].get("d", "M")[:1] not in {"M", ""}]


@pytest.mark.parametrize("name", ["whole", "hostile"])
def test_the_figures_data_are_numbers(name: str) -> None:
    text = rendered(name)
    found = re.search(r'<script type="application/json" id="walk-data">(.*?)</script>', text)
    assert found
    data = json.loads(found[1])
    assert set(data) == {"ms", "way", "points", "lines", "dots", "head", "arrows", "cycles"}

    def plain(value: object) -> bool:
        if isinstance(value, list):
            return all(plain(one) for one in value)
        return value is None or type(value) is int

    assert all(plain(one) for one in data.values())


def test_the_most_important_comes_first() -> None:
    titles = [
        re.sub(r"<.*?>", "", one)
        for one in re.findall(r"<h2[^>]*>(.*?)</h2>", rendered("deviating"))
    ]
    assert titles == [
        "5 measures deviate",
        "What deviates",
        "Findings offered, for a clinician to confirm",
        "The walk",
        "Curves over the gait cycle",
        "Parameters",
        "Gait Profile Score: 4.0°",
        "How it was done",
        "Sources",
    ]


def test_says_what_deviates_and_what_is_offered() -> None:
    text = rendered("deviating")
    said = words(section(text, "deviates"))
    for expected in (
        "Walking speed Offered",
        "4.00 m/s, far below the norm of 10.00 ± 2.00 m/s.",
        "Norm: invented people.",
        "Step length, both sides",
        "Left 15.50 m and right 15.00 m, above the norm",
        "Step width, left",
        "Step width, right",
        "Stance time, left against right",
        "14 % apart; up to 10 % is usual",
        "1 further measures have no norm",
    ):
        assert expected in said, expected
    offered = words(section(text, "findings"))
    assert "Walking speed slow for age: walking speed 4.00 m/s" in offered
    assert "Looked for and not found: 1" in offered
    assert "Not judged: 1" in offered
    assert GAIT_INTENDED_USE in words(text)


def test_nothing_is_concluded_from_a_poor_recording() -> None:
    text = rendered("poor")
    assert "Nothing is concluded from this recording" in text
    assert "The left foot is not seen." in words(text)
    assert not re.findall(r"z [+−]?\d", words(text).replace("its ends are z −4 and +4", ""))
    assert 'class="mark ' not in section(text, "parameters")
    assert 'class="mark ' not in section(text, "deviates")
    assert "1.25" in words(section(text, "parameters")), "values are shown all the same"


def test_nothing_is_judged_when_the_model_is_far_off() -> None:
    known = invented_gait.whole()
    assert known.solved is not None
    angles = known.solved.angles
    far = replace(
        known.solved, angles=replace(angles, error_m=np.full((9, len(angles.markers)), 0.06))
    )
    view = build(replace(known, solved=far))
    assert view.doubt
    rows = {row.name: row for group in view.table for row in group.rows}
    assert all(one.z is None for one in rows["knee_flexion_peak_swing"].cells)
    assert all(one.z is not None for one in rows["gait_speed"].cells)
    assert "knee flexion in swing" in view.no_norm
    assert "not judged" in words(section(gait_html.render(view), "deviates"))


def test_every_series_is_drawn_once() -> None:
    result, text = invented_gait.whole(), rendered("whole")
    drawn = re.findall(r'data-curve="([^"]*)"', text)
    expected = {
        (stem(one), cut.side, is_raw(one))
        for one in result.series
        for cut in cut_series(one, result.measured.cycles)
        if not (is_raw(one) and is_still(one))
    }
    named = [f"{name} {side}" for name, side, _ in expected]
    assert sorted(named) == sorted(drawn)
    assert len(result.series) > 60
    for one in result.series:
        for cut in one.over_cycles(result.measured.cycles):
            assert f"{stem(one)} {cut.side}" in drawn or is_still(one)
    assert text.count('class="plot"') == len({(name, raw) for name, _, raw in expected})


def test_the_models_own_names_are_folded_away() -> None:
    curves = section(rendered("whole"), "curves")
    shown, folded = curves.split("<details")
    assert "Knee flexion</strong>" in shown
    assert "Knee adduction moment, external" in shown
    assert "knee_angle" not in shown
    assert "pelvis_ty" in folded


def test_why_there_are_no_curves_is_said() -> None:
    assert "No model fits these markers." in section(rendered("without model"), "curves")
    assert "no joint angles" in section(rendered("without cycles"), "curves")


def test_still_pictures_need_no_script() -> None:
    text = rendered("whole")
    frames = re.findall(r'<figure class="key-frame">(.*?)</figure>', text, re.DOTALL)
    assert len(frames) == 6
    for one in frames:
        assert one.count('class="limb') == 3
    assert re.search(r'<div id="viewer" class="viewer" hidden>', text)
    assert not re.search(r"\shidden[\s>=]", "".join(frames))


def test_every_parameter_stands_in_the_table() -> None:
    result = invented_gait.whole()
    text = section(rendered("whole"), "parameters")
    assert text.count('<th scope="row">') == len({one.measure.name for one in result.beside})
    notes = dict(re.findall(r'<li id="norm-(\w+)"><strong>\w+</strong> (.*?)<', text))
    assert notes
    assert set(re.findall(r'href="#norm-(\w+)"', text)) == set(notes)


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_contrast_is_enough(scheme: int) -> None:
    text = rendered("whole")
    own = re.findall(r"\.gait \{(.*?)\}", text, re.DOTALL)[scheme]
    base = re.findall(r":root \{(.*?)\}", text, re.DOTALL)[min(scheme, 1) if scheme < 2 else 0]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", base + own))
    text_pairs = [("on", "left"), ("on", "right"), ("soft", "plot"), ("warn", "card"),
                  ("ink", "card"), ("soft", "page"), ("o1", "card"), ("on", "o1")]  # fmt: skip
    for front, back in text_pairs:
        assert contrast(colours[front], colours[back]) >= 4.5, (front, back)
    lines = [("left", "plot"), ("right", "plot"), ("both", "card"), ("left", "norm"),
             ("right", "norm"), ("reference", "plot"), ("edge", "plot")]  # fmt: skip
    for front, back in lines:
        assert contrast(colours[front], colours[back]) >= 3.0, (front, back)


def test_sides_differ_by_more_than_colour() -> None:
    sheet = page.environment().loader.get_source(page.environment(), "gait.css")[0]  # type: ignore[union-attr]
    assert re.search(r"\.mean\.left \{[^}]*stroke-dasharray", sheet)
    assert not re.search(r"\.mean\.right \{[^}]*stroke-dasharray", sheet)
    marks = re.findall(r'class="mark (left|right)" d="M[\d.]+ [\d.]+l(-?8)', rendered("whole"))
    assert {(side, way) for side, way in marks} == {("left", "8"), ("right", "-8")}


@needs_real_data
def test_a_real_walk_with_loads() -> None:
    from kinechain.service.gait import GaitRequest, analyse_gait
    from kinechain.service.gait.view import gait_view

    folder = real("opensim_rajagopal_walk")
    found = analyse_gait(
        GaitRequest(
            folder / "motion_capture_walk.trc",
            forces=folder / "grf_walk.mot",
            model=folder / "opensim46/subject_scaled_walk.osim",
            tasks=folder / "ik_setup_walk.xml",
        )
    )
    text = gait_html.render(gait_view(found))
    assert len(text.encode()) < 500_000
    for side in ("left", "right"):
        assert f'data-curve="knee_adduction_moment {side}"' in text
        assert f'data-curve="hip_flexion {side}"' in text
    assert "The head is not measured, only drawn." in text
    assert HOSTILE not in text


def test_a_long_walk_stays_a_small_page() -> None:
    known = invented_gait.without_model()
    times = np.linspace(0.0, 201.0, 20101)
    series = tuple(
        Series(name, f"{name} in words", "deg", side, times, np.sin(times) * number)
        for number, name in enumerate(CURVES, start=1)
        for side in SIDES
    )
    measured = replace(known.measured, cycles=invented_gait.cycles(200))
    text = gait_html.render(build(replace(known, measured=measured, series=series)))
    assert text.count("data-curve=") == 2 * len(CURVES)
    assert "384 single cycles not drawn" in text
    assert len(text.encode()) < 1_000_000
