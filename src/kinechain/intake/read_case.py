"""From a case file to a Case: everything that can be read, and an issue for all the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from kinechain.domain.case import Case, Course, Issue, Measurement, Pain
from kinechain.intake.after_treatment import before_treatment
from kinechain.intake.contradictions import compare_with_pain, compare_with_person, settle
from kinechain.intake.derive import derived, with_body_mass_index, without_contradicted
from kinechain.intake.factors import settled_factors
from kinechain.intake.names import Names
from kinechain.intake.person import body_size, is_complete, seen_in, without_years, written_id
from kinechain.intake.read_drugs import read_allergies, read_drugs
from kinechain.intake.read_findings import read_findings, read_state
from kinechain.intake.read_history import read_diseases
from kinechain.intake.read_pain import COURSES, read_pain, read_painless
from kinechain.intake.read_scores import read_scores
from kinechain.intake.read_treatments import read_treatments
from kinechain.intake.read_values import read_values
from kinechain.intake.reader import MOST_ISSUES, Reader
from kinechain.intake.recorded import Recorded
from kinechain.intake.repair import read_document
from kinechain.intake.responses import from_responses
from kinechain.intake.scope import check_scope
from kinechain.intake.tree import Entry, Items, Mapping, Node, Text, merged, shown
from kinechain.knowledge import Knowledge

KEYS: dict[str, tuple[str, ...]] = {
    "case": ("id", "case id", "name"), "as_of": ("date",), "age": ("age years",),
    "sex": ("gender",), "height": (), "height_cm": (), "weight": (), "weight_kg": (),
    "setting": ("seen in",), "complaint": (), "drawing": ("pain drawing", "body chart"),
    "drawing_complete": (), "pain": ("pains", "pain sites", "sites"),
    "no_pain": ("painless", "pain absent", "pain denied"), "findings": ("finding",),
    "values": ("measurements", "labs", "value"), "drugs": ("medication", "medications", "drug"),
    "diseases": ("comorbidities", "history", "conditions", "disease"),
    "allergies": ("allergy", "drug allergies"), "treatments": ("treatment", "tried"),
    "scores": ("score", "questionnaires", "instruments"),
    "note": ("notes", "comment", "comments", "source"),
    "present": (), "absent": (),
}  # fmt: skip
SEXES = {"female": ("f", "woman", "w"), "male": ("m", "man")}
OLDEST_YEARS = 120


@dataclass(frozen=True)
class CaseReading:
    """What a case file says, and what is wrong or worth knowing about it.

    Attributes
    ----------
    case
        Everything that could be read, also when there are errors.
    issues
        In the order of the file's lines.
    """

    case: Case
    issues: tuple[Issue, ...]

    @property
    def has_errors(self) -> bool:
        """Whether something in the file could not be used as it was written."""
        return any(issue.level == "error" for issue in self.issues)


def read_case(path: Path | str, knowledge: Knowledge) -> CaseReading:
    """Read a case file.

    Parameters
    ----------
    path
        The file; its name without ending is the case's id unless the file gives one.
    knowledge
        The vocabulary.

    Returns
    -------
    CaseReading
        The valid part and all issues. Nothing in a file makes it raise; a file that is not there
        is an issue too.
    """
    path = Path(path)
    return _read(path, knowledge, name=shown(str(path), 200), case_id=path.stem)


def parse_case(text: str | bytes, knowledge: Knowledge, name: str = "case") -> CaseReading:
    """Read a case from text; see `read_case`.

    Parameters
    ----------
    text
        The contents of a case file.
    knowledge
        The vocabulary.
    name
        What to call it in issues.
    """
    return _read(text, knowledge, name=name, case_id=Path(name).stem)


def _read(source: Path | str | bytes, knowledge: Knowledge, name: str, case_id: str) -> CaseReading:
    root, issues = read_document(source, name)
    reader = Reader(knowledge, Names(knowledge), name)
    if issues:
        reader.lost_pain = True
    case = Case(id=shown(case_id) or "case")
    if isinstance(root, Items) and all(isinstance(one, Mapping) for one in root.values):
        reader.wrong(
            root.line,
            "",
            "contents of a case",
            "keys with values",
            "a list; its parts are read together for now",
            "delete the dashes before keys",
        )
        for part in root.values:
            root = part if isinstance(root, Items) else merged(root, part) or root
    if isinstance(root, Mapping):
        case = _case(reader, root, case)
    elif root is not None:
        got = "a list" if isinstance(root, Items) else repr(shown(root.value))
        reader.wrong(
            root.line,
            "",
            "contents of a case",
            "keys with values",
            got,
            "kinechain case new writes a template",
        )
    if not case.pain and not case.observations:
        reader.wrong(
            1,
            "",
            "case",
            "given a pain or a finding at least",
            "none",
            "kinechain case new writes a template",
        )
    every = sorted([*issues, *reader.issues], key=lambda issue: _line(issue, name))
    if reader.left_out:
        every.append(
            Issue(
                level="error",
                where=name,
                message=f"More than {MOST_ISSUES} things "
                f"are wrong; {reader.left_out} more are not listed.",
                remedy="correct these first",
            )
        )
    return CaseReading(case, tuple(every))


def _line(issue: Issue, name: str) -> int:
    found = re.match(r":([0-9]+)", issue.where[len(name) :])
    return int(found[1]) if found else 0


def _case(reader: Reader, root: Mapping, empty: Case) -> Case:
    fields = reader.fields(root, KEYS, "")

    def value(key: str) -> Node:
        return fields[key].value if key in fields else Text("", root.line)

    reader.as_of = reader.day(value("as_of"), "as_of", "as_of of a case")
    age = reader.number(
        without_years(value("age")), "age", "age of a case in years", 0, OLDEST_YEARS
    )
    sex = reader.choice(value("sex"), "sex", "sex of a case", SEXES)
    complaint = cast(
        "Course",
        reader.choice(value("complaint"), "complaint", "complaint of a case", COURSES) or "new",
    )
    height, weight = body_size(reader, fields, "height"), body_size(reader, fields, "weight")
    direct, sites = _findings(reader, fields)
    pains = read_pain(reader, value("pain"), complaint, age)
    pains += read_pain(reader, Items(sites, root.line), complaint, age)
    painless = read_painless(reader, value("no_pain"), pains, age)
    diseases, from_diseases = read_diseases(reader, value("diseases"))
    measured = read_values(reader, value("values"))
    measured = with_body_mass_index(
        reader, measured, height, weight, fields["weight"].line if "weight" in fields else 1
    )
    # last, because only so many misspellings are looked up and these silence no alarm
    drugs, from_drugs = read_drugs(reader, value("drugs"))
    allergies = read_allergies(reader, value("allergies"))
    tried = read_treatments(reader, value("treatments"), age)
    scores = read_scores(reader, value("scores"))
    factors, factors_absent = settled_factors(reader)
    recorded = _with_derived(reader, [*direct, *from_diseases], from_drugs, measured, pains)
    compare_with_person(reader, recorded, sex)
    check_scope(reader, age, fields["age"].line if "age" in fields else 1, recorded)
    treatments = tuple(one.treatment for one in tried)
    from_treatments = from_responses(reader, recorded, tried)
    recorded = [*before_treatment(reader, recorded, treatments), *from_treatments]
    return Case(
        id=written_id(reader, value("case")) or empty.id,
        as_of=reader.as_of,
        age_years=age,
        sex=cast("Any", sex),
        height_m=height,
        weight_kg=weight,
        setting=seen_in(reader, value("setting")),
        complaint=complaint,
        pain=tuple(pains),
        painless=tuple(painless),
        drawing_complete=is_complete(reader, fields),
        observations=tuple(one.observation for one in recorded),
        measurements=tuple(measured),
        known_conditions=diseases,
        drugs=drugs,
        treatments=treatments,
        allergies=allergies,
        factors=factors,
        factors_absent=factors_absent,
        scores=scores,
    )


def _with_derived(
    reader: Reader, direct: list[Recorded], from_drugs: list[Recorded],
    measured: list[Measurement], pains: list[Pain],
) -> list[Recorded]:  # fmt: skip
    """What was recorded without contradictions, and what follows from other parts."""
    recorded = settle(reader, direct)
    recorded += without_contradicted(reader, recorded, from_drugs)
    recorded += derived(reader, recorded, measured, pains)
    compare_with_pain(reader, recorded, pains)
    return recorded


def _findings(reader: Reader, fields: dict[str, Entry]) -> tuple[list[Recorded], list[Node]]:
    recorded: list[Recorded] = []
    sites: list[Node] = []
    if "findings" in fields:
        recorded, sites = read_findings(reader, fields["findings"].value)
    for state in ("present", "absent"):
        if state in fields:
            entry = fields[state]
            reader.wrong(
                entry.line,
                state,
                f"key {state}",
                "indented under findings:",
                "it beside findings",
                "indent it; it is read for now",
            )
            some, pains = read_state(
                reader, entry.value, "present" if state == "present" else "absent"
            )
            recorded, sites = recorded + some, sites + pains
    return recorded, sites
