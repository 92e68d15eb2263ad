"""Says when a person is outside the people for whom the figures hold."""

from __future__ import annotations

from kinechain.intake.reader import Reader
from kinechain.intake.recorded import Recorded

ADULT_YEARS = 18
OUTSIDE: dict[str, str] = {
    "pregnancy": "pregnancy and childbed",
    "recent_spinal_procedure": "an injection into or an operation on the spine within three months",
    "recent_surgery_or_immobilisation": "recent surgery or immobilisation",
}
_FOR = "The figures are for adults who are not pregnant and had no recent operation."


def check_scope(
    reader: Reader, age_years: float | None, age_line: int, recorded: list[Recorded]
) -> None:
    """Warn when the figures were not made for this person; the case is assessed all the same."""
    if age_years is not None and age_years < ADULT_YEARS:
        reader.report(
            "warning",
            age_line,
            "age",
            f"{_FOR} This person is {age_years:g} years old; "
            "probabilities do not hold for children.",
            "rely on the red flags only, and see somebody who treats children",
        )
    told: set[str] = set()
    for one in recorded:
        name = one.observation.finding
        if one.observation.state == "present" and name in OUTSIDE and name not in told:
            told.add(name)
            reader.report(
                "warning",
                one.line,
                one.key,
                f"{_FOR} Here there is {OUTSIDE[name]}; "
                "the probabilities are less certain than their intervals say.",
                "rely on the red flags first",
            )
