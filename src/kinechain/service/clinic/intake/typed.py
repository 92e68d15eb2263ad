"""What a patient typed or chose on one screen: read, checked, and told in plain words if wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from msgspec.structs import replace

from kinechain.domain.instruments import as_item_range
from kinechain.intake.amounts import LONGEST_LIFE_YEARS, WEEKS
from kinechain.knowledge import Knowledge
from kinechain.service.clinic.document import years_between
from kinechain.service.clinic.intake.entered import EVERYWHERE, Entered, Since, Unit
from kinechain.service.clinic.intake.words import all_places, patient_words

Form = Mapping[str, Sequence[str]]
CM_PER_INCH, KG_PER_POUND, INCHES_PER_FOOT = 2.54, 0.45359237, 12
SHORTEST_CM, TALLEST_CM, LIGHTEST_KG, HEAVIEST_KG = 90, 260, 20, 400
MOST_PLACES = 40
STRONGEST = 10
LONGEST_NUMBER = 1000
SCORE = "score-"


class TypedError(ValueError):
    """What was typed cannot be used; the message says what would be.

    Parameters
    ----------
    message
        For the patient.
    field
        Name of the field that is meant; empty for the whole screen.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Around:
    """What the checks need beside the form.

    Attributes
    ----------
    today
        The day.
    knowledge
        The questionnaires.
    age
        The patient's, where the record has it.
    """

    today: date
    knowledge: Knowledge
    age: float | None = None


def read_step(name: str, form: Form, before: Entered, around: Around) -> Entered:
    """Enter what a screen brought.

    Parameters
    ----------
    name
        The step.
    form
        Its fields.
    before
        What is entered so far.
    around
        Day, knowledge, age.

    Raises
    ------
    TypedError
        When something cannot be used.
    """
    if name.startswith(SCORE):
        return _score(name.removeprefix(SCORE), form, before, around)
    return READERS[name](form, before, around)


def _one(form: Form, name: str) -> str:
    found = form.get(name, ())
    return found[-1].strip() if found else ""


def _number(form: Form, name: str, what: str) -> float | None:
    text = _one(form, name).replace(",", ".")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text):
        raise TypedError(f"Please write {what} as a number.", name)
    return float(text)


def _birth(form: Form, before: Entered, around: Around) -> Entered:
    parts = [_number(form, name, f"the {name}") for name in ("day", "month", "year")]
    age = _number(form, "age", "your age")
    if all(part is None for part in parts):
        if age is None:
            raise TypedError(
                "Please write the day you were born, or your age. Or press Skip.", "day"
            )
        if not 0 < age <= LONGEST_LIFE_YEARS:
            raise TypedError("Please check your age.", "age")
        return replace(before, birth_date=None, age=int(age))
    day, month, year = parts
    if day is None or month is None or year is None:
        raise TypedError("Please fill in day, month and year.", "day")
    try:
        born = date(int(year), int(month), int(day))
    except ValueError:
        raise TypedError("There is no such day. Please check day, month and year.", "day") from None
    if born > around.today or years_between(born, around.today) > LONGEST_LIFE_YEARS:
        raise TypedError("Please check the year. Write all four digits.", "year")
    return replace(before, birth_date=born.isoformat(), age=None)


def _sex(form: Form, before: Entered, _around: Around) -> Entered:
    match _one(form, "sex"):
        case "female":
            return replace(before, sex="female")
        case "male":
            return replace(before, sex="male")
        case _:
            raise TypedError("Please choose one, or press Skip.", "sex")


def _size(form: Form, before: Entered, _around: Around) -> Entered:
    height = _number(form, "height_cm", "your height")
    feet, inches = _number(form, "feet", "the feet"), _number(form, "inches", "the inches")
    if height is None and (feet is not None or inches is not None):
        height = round(((feet or 0) * INCHES_PER_FOOT + (inches or 0)) * CM_PER_INCH, 1)
    weight = _number(form, "weight_kg", "your weight")
    pounds = _number(form, "pounds", "the pounds")
    if weight is None and pounds is not None:
        weight = round(pounds * KG_PER_POUND, 1)
    if height is None and weight is None:
        raise TypedError("Please write your height or your weight, or press Skip.", "height_cm")
    if height is not None and not SHORTEST_CM <= height <= TALLEST_CM:
        raise TypedError(
            "Please check your height. It is in centimetres, such as 168.", "height_cm"
        )
    if weight is not None and not LIGHTEST_KG <= weight <= HEAVIEST_KG:
        raise TypedError("Please check your weight. It is in kilos, such as 74.", "weight_kg")
    return replace(before, height_cm=height, weight_kg=weight)


def _places(form: Form, name: str, kept: Sequence[str]) -> tuple[str, ...]:
    """The chosen places; those chosen before stay in their order."""
    known = all_places()
    chosen = {one for one in form.get(name, ()) if one in known}
    first = [one for one in kept if one in chosen]
    found = tuple(dict.fromkeys((*first, *(one for one in form.get(name, ()) if one in chosen))))
    return found[:MOST_PLACES]


def _where(form: Form, before: Entered, _around: Around) -> Entered:
    places = _places(form, "place", before.places)
    if not places:
        raise TypedError("Please choose where it hurts, or press Skip.", "place")
    return replace(before, places=places, complete=_one(form, "complete") == "yes")


def _spread(form: Form, before: Entered, _around: Around) -> Entered:
    if _one(form, "none"):
        return replace(before, spread_from="", spread_to=())
    start = _one(form, "from")
    start = start if start in before.places else next(iter(before.places), "")
    goals = tuple(one for one in _places(form, "place", before.spread_to) if one != start)
    if not goals:
        raise TypedError("Please choose where the pain goes, or press the other button.", "place")
    return replace(before, spread_from=start, spread_to=goals)


def _strength(form: Form, before: Entered, _around: Around) -> Entered:
    found: dict[str, int] = {}
    for place in before.places:
        text = _one(form, f"strength:{place}")
        if text.isdigit() and int(text) <= STRONGEST:
            found[place] = int(text)
    if not found:
        raise TypedError("Please choose a number, or press Skip.", "strength")
    return replace(before, strength={**before.strength, **found})


def _by_place(
    what: Literal["kinds", "since", "began"], form: Form, before: Entered,
    read: Callable[[str], Any], missing: str,
) -> Entered:  # fmt: skip
    """What is the same at all places, or each place by itself."""
    wanted = _one(form, "scope") == "apart" and len(before.places) > 1
    others = tuple(one for one in before.apart if one != what)
    old: dict[str, Any] = getattr(before, what)
    if not wanted:
        said = read("") or (next(iter(old.values()), None) if what in before.apart else None)
        if not said:
            raise TypedError(missing, what)
        return replace(before, apart=others, **{what: {EVERYWHERE: said}})
    found = {place: said for place in before.places if (said := read(f":{place}"))}
    if not found:  # only now told apart: what was said of all is the start for each
        said = read("") or old.get(EVERYWHERE)
        found = dict.fromkeys(before.places, said) if said else old
    return replace(before, apart=(*others, what), **{what: found})


def tells_apart(form: Form) -> bool:
    """Whether a screen answers each place by itself.

    Parameters
    ----------
    form
        Its fields.
    """
    return _one(form, "scope") == "apart"


def _kind(form: Form, before: Entered, _around: Around) -> Entered:
    known = patient_words().kinds

    def read(place: str) -> tuple[str, ...]:
        chosen = form.get(f"kind{place}", ())
        return tuple(one for one in known if one in chosen)

    return _by_place("kinds", form, before, read, "Please choose what fits, or press Skip.")


def _since(form: Form, before: Entered, around: Around) -> Entered:
    def read(place: str) -> Since | None:
        name = f"number{place}"
        number, unit = _number(form, name, "how long"), _one(form, f"unit{place}")
        if number is None:
            return None
        if unit not in get_args(Unit):
            raise TypedError("Please choose days, weeks, months or years.", f"unit{place}")
        if not 0 < number <= LONGEST_NUMBER:
            raise TypedError("Please check the number.", name)
        found = Since(number, unit)  # type: ignore[arg-type]
        years = number * WEEKS[unit] / WEEKS["years"]
        if years > (age_of(before, around) or LONGEST_LIFE_YEARS) + 1:
            raise TypedError("That is longer than you have lived. Please check it.", name)
        return found

    return _by_place("since", form, before, read, "Please write a number, or press Skip.")


def _began(form: Form, before: Entered, _around: Around) -> Entered:
    known = patient_words().began

    def read(place: str) -> str:
        said = _one(form, f"began{place}")
        return said if said in known else ""

    return _by_place("began", form, before, read, "Please choose one, or press Skip.")


def _score(instrument: str, form: Form, before: Entered, around: Around) -> Entered:
    ranges = as_item_range(around.knowledge.instruments[instrument])
    answers: list[float | None] = []
    for place, (low, high) in enumerate(ranges, 1):
        value = _number(form, f"item-{place}", "your answer")
        if value is not None and not low <= value <= high:
            raise TypedError(f"Please choose a number from {low:g} to {high:g}.", f"item-{place}")
        answers.append(value)
    if all(one is None for one in answers):
        raise TypedError("Please choose an answer, or press Skip.", "item-1")
    return replace(before, scores={**before.scores, instrument: tuple(answers)})


def age_of(entered: Entered, around: Around) -> float | None:
    """How old the patient is, as far as is known.

    Parameters
    ----------
    entered
        What the patient said.
    around
        The day, and the age of the record.
    """
    if around.age is not None:
        return around.age
    if entered.birth_date:
        return years_between(date.fromisoformat(entered.birth_date), around.today)
    return entered.age


Reader = Callable[[Form, Entered, Around], Entered]
READERS: dict[str, Reader] = {
    "birth": _birth, "sex": _sex, "size": _size, "where": _where, "spread": _spread,
    "strength": _strength, "kind": _kind, "since": _since, "began": _began,
}  # fmt: skip
"""What each step enters."""
