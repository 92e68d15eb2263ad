"""The result for a case of which nothing could be read: no inference on nothing."""

from __future__ import annotations

from kinechain import __version__
from kinechain.domain.assessment import SCHEMA_VERSION, Assessment
from kinechain.intake import CaseReading
from kinechain.knowledge import Knowledge


def is_unread(reading: CaseReading) -> bool:
    """Whether there is nothing in a case to assess, because of errors in its file.

    Parameters
    ----------
    reading
        What was read. A bare age or sex is nothing to assess; a value, a drug or a disease is,
        because a red flag may hang on it.
    """
    case = reading.case
    something = (case.pain, case.observations, case.measurements, case.drugs,
                 case.known_conditions)  # fmt: skip
    return reading.has_errors and not any(something)


def refused(reading: CaseReading, knowledge: Knowledge) -> Assessment:
    """The result that holds the issues and nothing else.

    Parameters
    ----------
    reading
        What was read.
    knowledge
        Whose version the result names.
    """
    return Assessment(
        schema_version=SCHEMA_VERSION,
        program_version=__version__,
        knowledge_version=knowledge.version,
        case_id=reading.case.id,
        as_of=reading.case.as_of.isoformat() if reading.case.as_of else None,
        red_flags=(),
        not_excluded=(),
        conditions=(),
        origins=(),
        sites=(),
        contributions={},
        next=(),
        issues=reading.issues,
        timing_ms={"total": 0.0},
    )
