"""What a report shows beside the result."""

from __future__ import annotations

from kinechain.domain.case import Case
from kinechain.intake import parse_case
from kinechain.knowledge import load_knowledge
from kinechain.report import body_map
from kinechain.report.contract import read_extras
from kinechain.service.presentation import case_shown, extras, figures, labels

TEXT = """\
age: 58
sex: female
setting: spine_clinic
pain:
  - {site: knee, side: right, intensity: 6}
findings:
  present:
    - {id: paraesthesia, side: right, level: l3}
    - knee_reflex_reduced: right
  absent: [fever]
values: {temperature: 36.8 Cel}
"""


def test_the_extras_have_the_agreed_form() -> None:
    knowledge = load_knowledge()
    shown = read_extras(extras(parse_case(TEXT, knowledge).case, knowledge, body_map=True))
    assert shown.case.age == 58
    assert shown.case.setting == "Spine clinic"
    assert shown.case.pain[0].label == "Knee"
    assert set(shown.sources) == set(knowledge.sources)
    words = {finding.label: finding for finding in shown.case.findings}
    assert any("L3" in label for label in words)
    assert not any("{" in label for label in words)


def test_every_id_has_words() -> None:
    knowledge = load_knowledge()
    words = labels(knowledge)
    assert {node.template for node in knowledge.graph.nodes} <= set(words)
    assert set(knowledge.levels) <= set(words)


def test_the_body_map_is_read_with_the_parts_of_generic_sites() -> None:
    knowledge = load_knowledge()
    drawn = body_map.read(figures(knowledge))
    assert drawn.find("front", "knee", "left")
    assert "knee_anterior" in drawn.parts["knee"]
    assert not set(drawn.origins) - set(knowledge.conditions)


def test_without_a_page_no_figure_is_read() -> None:
    knowledge = load_knowledge()
    assert extras(Case(id="x"), knowledge)["sites"] == {}


def test_what_the_knowledge_does_not_know_is_shown_all_the_same() -> None:
    knowledge = load_knowledge()
    case = Case(id="x", setting="elsewhere", known_conditions=("knee_osteoarthritis", "no_such"))
    shown = case_shown(case, knowledge)
    assert shown["setting"] == "elsewhere"
    assert [one["label"] for one in shown["findings"]] == [
        f"{knowledge.conditions['knee_osteoarthritis'].label}, known"
    ]
