"""From a trial to its events, cycles and parameters in one call."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kinechain.gait.events.combine import Agreement, find_events, find_feet
from kinechain.gait.events.cycles import Cycle, find_cycles
from kinechain.gait.events.feet import find_trunk
from kinechain.gait.events.forces import ForceSettings
from kinechain.gait.events.markers import MarkerSettings, walking_speed
from kinechain.gait.events.model import Events, Kind
from kinechain.gait.gaps import LONGEST_GAP_S, Gap, fill_gaps
from kinechain.gait.marker_names import MarkerMap
from kinechain.gait.parameters.model import Measure
from kinechain.gait.parameters.posture import leg_length_m, posture_measures
from kinechain.gait.parameters.spatiotemporal import (
    by_leg_length,
    direction,
    find_rests,
    spatial_measures,
    temporal_measures,
)
from kinechain.gait.parameters.symmetry import Symmetry, symmetries
from kinechain.gait.recording import FloatArray, Recording
from kinechain.gait.sides import exchanged_sides


@dataclass(frozen=True)
class TrialMeasures:
    """What the markers and plates of one trial tell without a model.

    Attributes
    ----------
    recording
        With short gaps filled.
    names
        Anatomical names of its markers.
    gaps
        Every gap, filled or not.
    events, agreement, cycles
        The steps, and how well markers and forces agree on them.
    forward
        Shape (2,), the direction of walking in the ground plane (forward, right).
    measures, symmetry
        The parameters.
    leg_length_m
        As given, or from the markers; None where neither.
    belt_m_per_s
        Speed of a treadmill's belt; 0 over ground.
    notes
        What was corrected or could not be computed, one sentence each.
    """

    recording: Recording
    names: MarkerMap
    gaps: tuple[Gap, ...]
    events: Events
    agreement: dict[Kind, Agreement]
    cycles: tuple[Cycle, ...]
    forward: FloatArray
    measures: tuple[Measure, ...]
    symmetry: tuple[Symmetry, ...]
    leg_length_m: float | None
    belt_m_per_s: float
    notes: tuple[str, ...]

    def measure(self, name: str, side: str = "both") -> Measure | None:
        """One parameter; None where the trial does not give it.

        Parameters
        ----------
        name, side
            Which.
        """
        found = [one for one in self.measures if (one.name, one.side) == (name, side)]
        return found[0] if found and found[0].values else None


def measure_trial(
    recording: Recording,
    names: MarkerMap,
    leg_length: float | None = None,
    longest_gap_s: float = LONGEST_GAP_S,
    settings: ForceSettings | None = None,
) -> TrialMeasures:
    """Fill gaps, find events and cycles, compute the parameters.

    Parameters
    ----------
    recording
        In the ground frame, as read.
    names
        Anatomical names of its markers.
    leg_length
        The person's, m; by default from the markers.
    longest_gap_s
        Longest gap to fill, s.
    settings
        What counts as a foot on a plate.
    """
    markers, gaps = fill_gaps(recording.markers, longest_gap_s)
    recording = replace(recording, markers=markers)
    events, found = find_events(recording, names, settings)
    cycles = find_cycles(events)
    feet = find_feet(recording, names)
    trunk = find_trunk(markers, names)
    notes = [*recording.notes, *events.notes, *exchanged_sides(markers, names)]
    long = [one for one in gaps if not one.filled]
    if long:
        longest = max(long, key=lambda one: one.frames)
        notes.append(
            f"{len(long)} gaps were left open; the longest, {longest.marker} from "
            f"{longest.start_s:.2f} to {longest.end_s:.2f} s: {longest.reason}."
        )
    belt = 0.0
    forward = np.array([1.0, 0.0])
    measures = temporal_measures(events, cycles)
    if trunk is not None and feet:
        _, belt = walking_speed(markers.rate_hz, trunk, feet, MarkerSettings())
        rests = find_rests(markers.times_s, feet, events, belt)
        forward = direction(rests, trunk)
        measures += spatial_measures(rests, forward)
        measures += posture_measures(markers, names, cycles, forward)
    length = leg_length if leg_length is not None else leg_length_m(markers, names)
    if length is not None:
        measures += by_leg_length(measures, length)
    measures += _stance_times(cycles)
    return TrialMeasures(
        recording,
        names,
        gaps,
        events,
        found,
        cycles,
        forward,
        tuple(measures),
        tuple(symmetries(measures)),
        length,
        belt,
        tuple(notes),
    )


def _stance_times(cycles: tuple[Cycle, ...]) -> list[Measure]:
    """Stance in seconds, for the symmetry of the rhythm."""
    return [
        Measure(
            "stance_time",
            side,
            tuple(
                one.off_s - one.start_s
                for one in cycles
                if one.side == side and one.off_s is not None
            ),
        )
        for side in ("left", "right")
    ]
