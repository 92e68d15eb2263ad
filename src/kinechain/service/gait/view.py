"""An analysis as the reports take it."""

from __future__ import annotations

import msgspec

from kinechain.domain.version import __version__
from kinechain.gait.parameters.profile_score import read_reference
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.report.contract import SourceShown
from kinechain.report.gait.model import GaitView
from kinechain.report.gait.view import GaitResult, build
from kinechain.service.gait.analysis import GaitAnalysis
from kinechain.service.presentation import words_beside


def gait_view(
    analysis: GaitAnalysis, knowledge: Knowledge | None = None, *, drawn: bool = True
) -> GaitView:
    """An analysis in words, curves and figures.

    Parameters
    ----------
    analysis
        The analysis.
    knowledge
        Its words and sources; the shipped one by default.
    drawn
        Whether the stick figure and the model's own curves are wanted; a terminal shows neither.

    Raises
    ------
    kinechain.gait.errors.GaitError
        When the file of reference curves cannot be read any more.
    """
    return build(gait_result(analysis, knowledge or load_knowledge()), drawn=drawn)


def gait_result(analysis: GaitAnalysis, knowledge: Knowledge) -> GaitResult:
    """An analysis with the words and sources that a report needs beside it.

    Parameters
    ----------
    analysis
        The analysis.
    knowledge
        Its words and sources.

    Raises
    ------
    kinechain.gait.errors.GaitError
        When the file of reference curves cannot be read any more.
    """
    asked, shown = analysis.asked, words_beside(knowledge)
    return GaitResult(
        file=asked.recording.name,
        measured=analysis.measured,
        beside=analysis.beside,
        findings=analysis.findings,
        solved=analysis.solved,
        series=analysis.series,
        profile=analysis.profile,
        load_notes=analysis.load_notes,
        model_note=analysis.model_note,
        reference=read_reference(asked.reference) if asked.reference is not None else None,
        age_years=asked.age_years,
        sex=asked.sex,
        opensim_filter=asked.opensim_filter,
        labels=shown["labels"],
        sources=msgspec.convert(shown["sources"], dict[str, SourceShown]),
        program_version=__version__,
        knowledge_version=knowledge.version,
    )
