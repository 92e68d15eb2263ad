"""The body map as a form: every region is one of the places that can be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kinechain.knowledge import Knowledge
from kinechain.report import body_map
from kinechain.report.body_map import VIEWS, ViewName
from kinechain.report.svg_path import number
from kinechain.service.clinic.intake.words import SIDE, SIDES, all_places, patient_words
from kinechain.service.presentation import figures

FOOT = 14
"""Room below a figure for its name, in its own units."""


@dataclass(frozen=True)
class DrawnRegion:
    """A region that can be touched: the place that it stands for, its shape and its middle."""

    place: str
    words: str
    path: str
    x: str
    y: str


@dataclass(frozen=True)
class DrawnView:
    """One figure of the map.

    Attributes
    ----------
    left_x, right_x
        Where the person's left and right are told.
    """

    view: ViewName
    width: str
    height: str
    outline: str
    details: tuple[str, ...]
    regions: tuple[DrawnRegion, ...]
    captions: tuple[tuple[str, str, str], ...]
    left_x: str
    right_x: str


@dataclass(frozen=True)
class ListedPlace:
    """A place of the list, with its sides.

    Attributes
    ----------
    words
        Without a side.
    choices
        Place and what its box is called.
    search
        Other words by which it is found.
    """

    words: str
    choices: tuple[tuple[str, str], ...]
    search: str


@dataclass(frozen=True)
class ListedGroup:
    """Places of the list that stand together."""

    label: str
    places: tuple[ListedPlace, ...]


_DRAWN: dict[str, tuple[DrawnView, ...]] = {}
_LISTED: dict[str, tuple[ListedGroup, ...]] = {}


def drawing(knowledge: Knowledge) -> tuple[DrawnView, ...]:
    """Both figures, ready to draw; read once.

    Parameters
    ----------
    knowledge
        Whose sites they show.
    """
    if knowledge.version not in _DRAWN:
        _DRAWN[knowledge.version] = _drawn(knowledge)
    return _DRAWN[knowledge.version]


def _drawn(knowledge: Knowledge) -> tuple[DrawnView, ...]:
    geometry = body_map.read(figures(knowledge))
    found: list[DrawnView] = []
    for view in VIEWS:
        figure = geometry.figure(view)
        regions = tuple(
            DrawnRegion(
                place := one.site if one.side == "midline" else f"{one.site}.{one.side}",
                all_places()[place], one.path, number(one.anchor[0]), number(one.anchor[1]),
            )
            for one in geometry.regions(view)
        )  # fmt: skip
        # Seen from the front, the person's left is on the right of the picture.
        near, far = number(figure.axis - 78), number(figure.axis + 78)
        found.append(DrawnView(
            view, number(figure.width), number(figure.height + FOOT), geometry.outline(view),
            geometry.details(view), regions,
            tuple((one.text, number(one.at[0]), number(one.at[1]))
                  for one in geometry.captions(view)),
            left_x=far if view == "front" else near, right_x=near if view == "front" else far,
        ))  # fmt: skip
    return tuple(found)


def listed(knowledge: Knowledge) -> tuple[ListedGroup, ...]:
    """The same places as a list.

    Parameters
    ----------
    knowledge
        Other words for them.
    """
    if knowledge.version not in _LISTED:
        _LISTED[knowledge.version] = tuple(
            ListedGroup(group.label, tuple(
                _place(site, words, knowledge) for site, words in group.places.items()
            ))
            for group in patient_words().groups
        )  # fmt: skip
    return _LISTED[knowledge.version]


def _place(site: str, words: str, knowledge: Knowledge) -> ListedPlace:
    search = " ".join((words.replace(SIDE, ""), *knowledge.sites[site].synonyms)).lower()
    if SIDE not in words:
        return ListedPlace(_first_upper(words), ((site, "Yes"),), search)
    choices = tuple((f"{site}.{side}", side.capitalize()) for side in SIDES)
    return ListedPlace(_first_upper(_without_side(words)), choices, search)


@cache
def _without_side(words: str) -> str:
    return " ".join(words.replace(SIDE, "").replace(" ,", ",").split()).strip(" ,")


def _first_upper(words: str) -> str:
    return words[:1].upper() + words[1:]
