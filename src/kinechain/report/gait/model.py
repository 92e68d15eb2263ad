"""A gait analysis in words, curves and figures, as every report shows it; no layout."""

from __future__ import annotations

from typing import Literal

import msgspec

from kinechain.report.model import SourceView

Owner = Literal["left", "right", "both"]
Ground = Literal["plates", "estimated", "none"]


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    """A key figure at the head of the report.

    Attributes
    ----------
    z
        In standard deviations of the norm; None where it has none, or where nothing is concluded.
    outside
        Whether it lies outside the norm's limits.
    """

    label: str
    value: str
    unit: str
    norm: str
    z: float | None = None
    outside: bool = False


class DeviatingSide(msgspec.Struct, frozen=True, kw_only=True):
    """One side's value of what deviates."""

    side: Owner
    value: str
    z: float | None


class DeviationView(msgspec.Struct, frozen=True, kw_only=True):
    """A measure that lies outside its norm, both sides together where both do.

    Attributes
    ----------
    whose
        ``both sides``, ``left``, ``right``, or empty where it has no side.
    sentence
        What deviates, from what, in which direction.
    z
        The largest of the sides'; None where a limit or a comparison of the sides decides.
    norm
        What it is compared with; the population is in it.
    caution
        What to bear in mind; empty where nothing.
    offered
        Whether it is offered to the finder.
    """

    label: str
    whose: str
    sides: tuple[DeviatingSide, ...]
    sentence: str
    direction: str
    norm: str
    z: float | None
    caution: str
    offered: bool
    refs: tuple[int, ...] = ()


class NormalView(msgspec.Struct, frozen=True, kw_only=True):
    """A measure that lies within its norm, with each side's distance from it."""

    label: str
    sides: tuple[DeviatingSide, ...]


class Tick(msgspec.Struct, frozen=True):
    """A mark on an axis: where in the drawing, and its words."""

    at: float
    text: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A curve of one side: the path of an SVG, and how many cycles it stands for."""

    side: Owner
    path: str
    cycles: int = 1


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A norm as an area of the drawing: a path, and what it says."""

    path: str
    words: str


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """One quantity over the cycle.

    Attributes
    ----------
    id
        Unique on the page, of letters, digits and ``-``.
    up, down
        What larger and smaller values mean; empty where not known.
    described
        The curves in words, for those who do not see them.
    means, singles
        Mean curves, one per side, and single cycles.
    bands, reference
        Norms as areas, and the mean of the reference group; empty where there is none.
    offs
        Where the foot leaves the ground, mean of each side.
    extremes
        For each side its words, lowest and highest value of the mean curve.
    partial
        Sides of which a part of the cycle only is known.
    left_out
        How many single cycles are not drawn.
    """

    id: str
    name: str
    label: str
    unit: str
    up: str
    down: str
    described: str
    levels: tuple[Tick, ...]
    zero: float | None
    means: tuple[Line, ...]
    singles: tuple[Line, ...]
    bands: tuple[Span, ...]
    reference: str
    offs: tuple[tuple[Owner, float], ...]
    extremes: tuple[tuple[Owner, str, str], ...]
    partial: tuple[Owner, ...]
    left_out: int


class PanelGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Panels of one part of the body; `rows` of at most three that belong together."""

    id: str
    title: str
    panels: tuple[Panel, ...]


class KeyFrame(msgspec.Struct, frozen=True, kw_only=True):
    """A moment of the walk as a still picture.

    Attributes
    ----------
    title, moment
        ``Left contact, 0.85 s`` and ``contact`` for example.
    paths
        For each of the classes of the figure's lines a path, side view.
    head
        Centre of the head, in the drawing; None where there is none.
    arrows
        Forces of the ground, a path for each side.
    """

    side: Owner
    title: str
    moment: str
    time: str
    paths: tuple[tuple[str, str], ...]
    head: tuple[float, float] | None
    arrows: tuple[tuple[str, str], ...]


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """An event on the figure's time axis; `at` from 0 to 1."""

    side: Owner
    kind: Literal["contact", "off"]
    at: float
    words: str


class Stance(msgspec.Struct, frozen=True, kw_only=True):
    """A foot on the ground, from and to as shares of the figure's time axis."""

    side: Owner
    start: float
    end: float


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """The stick figure.

    Attributes
    ----------
    drawn_from
        What the points are.
    described
        The figure in words.
    side_box, front_box, key_box
        ``viewBox`` of the views, mm.
    ground_y
        Where the ground lies in the views, mm.
    data
        What the script of the page steps through: numbers and closed words only.
    frames
        How many.
    keys, marks, stances
        Still pictures; what stands on the time axis.
    seconds
        How long the shown part lasts.
    """

    drawn_from: str
    described: str
    side_box: str
    front_box: str
    key_box: str
    ground: tuple[float, float]
    head_radius: float
    data: dict[str, object]
    frames: int
    keys: tuple[KeyFrame, ...]
    marks: tuple[Mark, ...]
    stances: tuple[Stance, ...]
    seconds: float
    forces: bool


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One side's value of a parameter."""

    side: Owner
    value: str
    number: int
    z: float | None
    outside: bool
    variation: str


class ParameterRow(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter with both sides.

    Attributes
    ----------
    cells
        Left and right, or one for both; a side that was not measured is missing.
    letter
        Which of the table's notes says whose norm it is; empty without a norm.
    asymmetry
        The symmetry index with its sign; empty where there is none.
    """

    name: str
    label: str
    unit: str
    definition: str
    cells: tuple[Cell, ...]
    norm: str
    letter: str
    asymmetry: str
    larger: str

    def of(self, side: Owner) -> Cell | None:
        """The cell of a side; None where it has none."""
        return next((one for one in self.cells if one.side == side), None)


class NormNote(msgspec.Struct, frozen=True, kw_only=True):
    """Whose norms bear a letter in the table."""

    letter: str
    population: str
    refs: tuple[int, ...]


class RowGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Parameters of one kind under a heading."""

    title: str
    rows: tuple[ParameterRow, ...]


class ScoreBar(msgspec.Struct, frozen=True, kw_only=True):
    """One score of the Movement Analysis Profile; shares of the longest bar, and words."""

    label: str
    left: float | None
    right: float | None
    left_words: str
    right_words: str


class ProfileView(msgspec.Struct, frozen=True, kw_only=True):
    """Gait Profile Score and what it is made of."""

    overall: str
    bars: tuple[ScoreBar, ...]
    reference: str
    missing: str


class OfferedView(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that the trial speaks for or against."""

    label: str
    side: str
    present: bool
    value: str
    rule: str
    likelihood: str
    caution: str
    refs: tuple[int, ...]


class MethodLine(msgspec.Struct, frozen=True, kw_only=True):
    """How something was done: a heading and its sentences."""

    title: str
    sentences: tuple[str, ...]


class GaitView(msgspec.Struct, frozen=True, kw_only=True):
    """The whole report.

    Attributes
    ----------
    file
        The recording's name without its folders.
    person
        Age and sex; empty where neither was given.
    recorded
        Length, rate, cycles.
    reasons
        Why nothing is concluded; empty for a good trial.
    deviations, further
        What deviates, the largest first: what is told in full, and the rest in short.
    normal, no_norm
        The measures that lie within their norm, and those that have none.
    doubt
        Why angles and loads are not judged; empty where they are.
    person_missing
        What was not told of the person, so that norms are missing; empty where all was.
    clinical, raw
        Curves by name, and the model's own coordinates and forces.
    """

    file: str
    person: str
    recorded: str
    ground: Ground
    ground_words: str
    reasons: tuple[str, ...]
    tiles: tuple[Tile, ...]
    deviations: tuple[DeviationView, ...]
    further: tuple[DeviationView, ...]
    normal: tuple[NormalView, ...]
    no_norm: tuple[str, ...]
    doubt: str
    person_missing: str
    figure: Figure | None
    clinical: tuple[PanelGroup, ...]
    raw: tuple[PanelGroup, ...]
    no_curves: str
    table: tuple[RowGroup, ...]
    norm_notes: tuple[NormNote, ...]
    profile: ProfileView | None
    offered: tuple[OfferedView, ...]
    absent: tuple[OfferedView, ...]
    not_judged: tuple[tuple[str, str], ...]
    method: tuple[MethodLine, ...]
    sources: tuple[SourceView, ...]
    intended_use: str
    program_version: str
    knowledge_version: str

    @property
    def good(self) -> bool:
        """Whether anything is concluded."""
        return not self.reasons
