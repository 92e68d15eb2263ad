"""How many alarms ordinary patients would get: `kinechain benchmark alarms`.

Patients of primary care are drawn from the network (`alarm_patients`) and go through triage. In
most of them nothing is dangerous, so what counts is how few are alarmed, and whether those in
whom something is dangerous are among them. Beside triage stands a plain list: any one of the
questions of a published list of red flags answered with yes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import kinechain.explanation as explanation
from kinechain.domain.case import Case
from kinechain.inference.posterior import posterior
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.service.alarm_counts import AlarmBenchmark, Seen, result_of
from kinechain.service.alarm_patients import Ordinary, ordinary_patients
from kinechain.service.parallel import each
from kinechain.triage.triage import ReadFlag, read_flags, triage

PATIENTS = 1000
BLOCK = 125
"""Patients of a process's piece of work; all that is random depends on the piece's number."""
PLAIN_LIST = (
    "history_of_cancer", "active_cancer", "weight_loss", "immune_suppression",
    "corticosteroid_long_term", "intravenous_drug_use", "urinary_symptoms", "rest_pain",
    "night_pain", "fall_or_trauma", "dangerous_injury_mechanism", "bowel_incontinence",
    "urinary_incontinence", "urinary_retention", "saddle_anaesthesia", "progressive_leg_weakness",
    "neurological_deficit_major", "fever",
)  # fmt: skip
"""The questions of a published list (pringle2006radiography, table 1); its signs of the
examination (tender vertebrae, a stiff spine, a lax anus) are left out, which favours it."""

Progress = Callable[[int, int], None]


def run_alarms(
    patients: int = PATIENTS,
    seed: int = 0,
    *,
    alerts: int = 0,
    jobs: int = 1,
    progress: Progress = lambda done, of: None,
) -> AlarmBenchmark:
    """Draw ordinary patients and count their alarms.

    Parameters
    ----------
    patients
        How many.
    seed
        Of everything random.
    alerts
        In how many of them, from the first, the probabilities are computed as well.
    jobs
        In how many processes; the result does not depend on it.
    progress
        Told how many patients are done, of how many.
    """
    tasks = [
        Task(start // BLOCK, min(BLOCK, patients - start), seed,
             min(max(alerts - start, 0), BLOCK, patients - start))
        for start in range(0, patients, BLOCK)
    ]  # fmt: skip
    found: dict[Task, tuple[list[Seen], int]] = {}
    ready = 0
    for task, one in each(done, tasks, jobs):
        found[task] = one
        ready += task.patients
        progress(ready, patients)
    knowledge = load_knowledge()
    people = [seen for task in tasks for seen in found[task][0]]
    return result_of(knowledge, people, sum(adults for _, adults in found.values()), seed)


@dataclass(frozen=True)
class Task:
    """So many patients, in the first of which the probabilities are computed."""

    number: int
    patients: int
    seed: int
    alerts: int


def done(task: Task) -> tuple[list[Seen], int]:
    """Do one piece of work with the shipped knowledge.

    Parameters
    ----------
    task
        Which patients.
    """
    knowledge = load_knowledge()
    patients, adults = ordinary_patients(knowledge, task.patients, (task.seed, task.number))
    return seen(knowledge, patients, task.alerts), adults


def seen(knowledge: Knowledge, patients: Iterable[Ordinary], alerts: int = 0) -> list[Seen]:
    """Put patients through triage.

    Parameters
    ----------
    knowledge
        Its flags, and the network for the probabilities.
    patients
        From `ordinary_patients`.
    alerts
        In how many of them, from the first, the probabilities are computed.
    """
    flags = read_flags(knowledge.red_flags.values())
    parts = knowledge.generic_sites
    return [
        _seen(knowledge, one, flags, parts, with_alerts=place < alerts)
        for place, one in enumerate(patients)
    ]


def _seen(
    knowledge: Knowledge,
    patient: Ordinary,
    flags: Sequence[ReadFlag],
    parts: dict[str, tuple[str, ...]],
    *,
    with_alerts: bool,
) -> Seen:
    found = triage(patient.case, flags, {}, parts)
    return Seen(
        complaint=patient.complaint,
        present=patient.present,
        dangers=frozenset(one for one in patient.present if knowledge.conditions[one].danger),
        raised=frozenset(flag.id for flag in found if flag.status == "raised"),
        asked=frozenset(flag.id for flag in found if flag.status == "to_ask"),
        listed=is_listed(patient.case),
        alerted=_is_alerted(knowledge, patient.case) if with_alerts else None,
    )


def is_listed(case: Case) -> bool:
    """Whether any one question of the plain list is answered with yes.

    Parameters
    ----------
    case
        The person.
    """
    return any(
        record.state == "present" and record.finding in PLAIN_LIST for record in case.observations
    )


def _is_alerted(knowledge: Knowledge, case: Case) -> bool:
    return bool(explanation.alerts(posterior(knowledge, case)))
