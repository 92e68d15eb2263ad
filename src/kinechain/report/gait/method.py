"""How a gait analysis was done, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from kinechain.gait.gaps import LONGEST_GAP_S
from kinechain.gait.kinematics.smoothing import CUTOFF_HZ
from kinechain.gait.parameters.trial import TrialMeasures
from kinechain.gait.solution import Solved
from kinechain.report.gait.catalogue import LIMIT_SD
from kinechain.report.gait.model import MethodLine
from kinechain.report.gait.words import counted, number
from kinechain.report.labels import NO_BREAK, clean
from kinechain.report.words import join_words

WORST_MARKERS = 3
METHODS = {"force": "from forces", "marker": "from markers", "file": "stated in the file"}
SETS = {"opencap": "OpenCap", "gait2354": "gait2354", "rajagopal": "Rajagopal",
        "plug_in_gait": "Plug-in Gait", "helen_hayes": "Helen Hayes"}  # fmt: skip


def method_lines(
    measured: TrialMeasures,
    solved: Solved | None,
    load_notes: Sequence[str] = (),
    *,
    opensim_filter: bool = False,
) -> tuple[MethodLine, ...]:
    """How the analysis was done, what was corrected and what could not be computed.

    Parameters
    ----------
    measured, solved
        The trial, and what a model makes of it.
    load_notes
        Which loads could not be told, and why.
    opensim_filter
        Whether the motion was filtered as OpenSim's tool does.
    """
    lines = [
        ("Recording", _recording(measured)),
        ("Events", _events(measured)),
        ("Gaps", _gaps(measured)),
        ("Model", _model(solved, opensim_filter=opensim_filter)),
        ("Comparison", _comparison()),
    ]
    notes = [*measured.notes, *(solved.notes if solved is not None else ()), *load_notes]
    if notes:
        lines.append(("Notes", list(dict.fromkeys(notes))))
    return tuple(
        MethodLine(title=title, sentences=tuple(clean(one) for one in sentences))
        for title, sentences in lines
    )


def _recording(measured: TrialMeasures) -> list[str]:
    markers = measured.recording.markers
    known = len(measured.names.anatomical)
    told = SETS.get(measured.names.marker_set, measured.names.marker_set)
    found = [
        f"{len(markers.times_s)} frames at {markers.rate_hz:g} Hz; {known} of "
        f"{counted(len(markers.names), 'marker')} have a known name"
        + (f" (most like the {told} set)." if told else ".")
    ]
    if measured.belt_m_per_s:
        found.append(f"Walked on a belt at {measured.belt_m_per_s:.2f} m/s.")
    if measured.leg_length_m is not None:
        found.append(f"Leg length {measured.leg_length_m:.2f} m.")
    return found


def _events(measured: TrialMeasures) -> list[str]:
    events = measured.events.events
    counts = Counter(one.method for one in events)
    named = [f"{count} {METHODS[method]}" for method, count in counts.most_common()]
    found = [f"{counted(len(events), 'event')}: {join_words(named)}." if events
             else "No event was found."]  # fmt: skip
    for kind, one in measured.agreement.items():
        if not one.steps:
            continue
        if not one.differences_s:
            found.append(f"Markers told none of the {one.steps} {kind}s that plates measured.")
            continue
        apart = 1000 * one.mean_s
        late = "late" if apart >= 0 else "early"
        missed = f", {one.missed} missed" if one.missed else ""
        found.append(
            f"Of {counted(one.steps, 'plate-measured ' + kind)}, markers by themselves were "
            f"{abs(apart):.0f} ms {late} on average{missed}."
        )
    by_side = Counter(one.side for one in measured.cycles)
    found.append(
        f"Whole cycles: {by_side['left']} left, {by_side['right']} right."
        if measured.cycles
        else "There is no whole cycle."
    )
    return found


def _gaps(measured: TrialMeasures) -> list[str]:
    filled = sum(one.filled for one in measured.gaps)
    left = [one for one in measured.gaps if not one.filled]
    if not measured.gaps:
        return ["No marker was ever lost."]
    found = [f"{counted(filled, 'gap')} of up to {LONGEST_GAP_S:g} s filled."] if filled else []
    if left:
        names = list(dict.fromkeys(one.marker for one in left))
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        found.append(f"{counted(len(left), 'gap')} left open, in {', '.join(names[:5])}{more}.")
    return found


def _model(solved: Solved | None, *, opensim_filter: bool) -> list[str]:
    if solved is None:
        return ["No model was used, so there are no joint angles and no moments."]
    error = number(solved.marker_error_mm, "deg")
    markers = counted(len(solved.angles.markers), "marker")
    found = [f"{clean(solved.model.name)}, {solved.model.mass_kg:.1f} kg, {markers}."]
    found.append(
        "Joint angles by weighted least squares on every frame; markers are met within "
        f"{error} mm (root mean square)."
    )
    worst = _worst_markers(solved)
    if worst:
        found.append(f"Farthest from the model: {', '.join(worst)}.")
    found.append(
        "Filtered as OpenSim's tool does, for comparison with it."
        if opensim_filter
        else f"Filtered at {CUTOFF_HZ:g} Hz, zero lag."
    )
    lost = int(np.isnan(solved.angles.values).any(axis=1).sum())
    if lost:
        found.append(f"{counted(lost, 'frame')} had too few markers.")
    return found


def _worst_markers(solved: Solved) -> list[str]:
    error = solved.angles.error_m
    mean = {
        name: float(np.nanmean(error[:, number]))
        for number, name in enumerate(solved.angles.markers)
        if not np.isnan(error[:, number]).all()
    }
    worst = sorted(mean, key=lambda name: -mean[name])[:WORST_MARKERS]
    return [f"{clean(name)} {1000 * mean[name]:.0f}{NO_BREAK}mm" for name in worst]


def _comparison() -> list[str]:
    outside = (
        "z is the distance from the norm's mean in its standard deviations. Outside "
        f"{LIMIT_SD} either way counts as deviating: of a hundred people without disease, about "
        "five are there in any one measure, and more in one of many."
    )
    return [outside, "Asymmetry is right minus left over the mean of both."]
