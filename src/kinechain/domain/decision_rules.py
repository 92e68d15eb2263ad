"""Published decision rules: items that are counted, and how probable a condition then is.

A rule is a fact of its paper. It is never a figure of the knowledge: the network is run on
every patient that the rule can tell apart, and held against what was published.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from kinechain.domain.strict import Strict
from kinechain.domain.studies import Measured


class RulePatient(Strict, frozen=True, kw_only=True):
    """What everybody has to whom the rule is applied, all on one side of the body.

    Attributes
    ----------
    pain
        Sites that hurt.
    present
        Findings and traits.
    """

    pain: tuple[str, ...]
    present: tuple[str, ...] = ()
    setting: str | None = None
    sex: Literal["female", "male"] | None = None


class RuleAge(Strict, frozen=True, kw_only=True):
    """An age group: a typical age, the points it earns, and its share of the people.

    `reason` says where the share is from when no source gives it.
    """

    years: float
    points: float = 0.0
    share: float = 1.0
    reason: str = ""


class RuleItem(Strict, frozen=True, kw_only=True):
    """One item: met when any of `of` is present, or when none of `none_of` is.

    Attributes
    ----------
    assumed
        Set where the knowledge has nothing for the item: whether all patients meet it.
    """

    label: str
    points: float = 1.0
    of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    assumed: bool | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Findings or traits that decide it; an id with levels may carry one after a dot."""
        return self.of or self.none_of


class Stratum(Strict, frozen=True, kw_only=True):
    """Patients with a score from `at_least` to `at_most`, both included.

    Attributes
    ----------
    probability
        As published. Without it, it follows from the row of `RuleAccuracy` with the same cut.
    source, where
        Of the probability.
    """

    label: str
    at_least: float | None = None
    at_most: float | None = None
    probability: Measured | None = None
    source: str | None = None
    where: str = ""

    def holds(self, score: float) -> bool:
        """Whether a score belongs here."""
        return (self.at_least is None or score >= self.at_least) and (
            self.at_most is None or score <= self.at_most
        )


class RuleAccuracy(Strict, frozen=True, kw_only=True):
    """Sensitivity and specificity of a score of at least `at_least`, and who had the condition.

    `share` is that of the people with the condition, `share_source` where it is from if not
    from the same source.
    """

    at_least: float
    sensitivity: Measured
    specificity: Measured
    source: str
    where: str = ""
    share: Measured | None = None
    share_source: str | None = None


class DecisionRule(Strict, frozen=True, kw_only=True):
    """A rule; the file's name is its id.

    Attributes
    ----------
    condition
        What the rule is about; any of them counts.
    positive_from
        Score from which on the rule is positive.
    source
        Where the items and their points were read.
    share, share_source
        Of the people with the condition among all to whom the rule was applied, where no row
        of `accuracy` says it.
    note
        What was left out or taken for something else.
    """

    id: str
    label: str
    condition: tuple[str, ...]
    patient: RulePatient
    items: tuple[RuleItem, ...]
    positive_from: float
    strata: tuple[Stratum, ...]
    source: str
    where: str = ""
    ages: tuple[RuleAge, ...] = (RuleAge(years=50),)
    accuracy: tuple[RuleAccuracy, ...] = ()
    share: Measured | None = None
    share_source: str | None = None
    note: str = ""
    reviewed_on: str = ""

    @property
    def asked(self) -> tuple[RuleItem, ...]:
        """The items that tell patients apart."""
        return tuple(item for item in self.items if item.assumed is None)

    @property
    def people_with_it(self) -> Measured | None:
        """Share of the people with the condition, wherever it stands."""
        return self.share or next((row.share for row in self.accuracy if row.share), None)

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of all sources, each once."""
        found = [self.source]
        found += [one.source for one in self.strata if one.source]
        found += [self.share_source] if self.share_source else []
        for row in self.accuracy:
            found += [row.source, *([row.share_source] if row.share_source else [])]
        return tuple(dict.fromkeys(found))

    def score(self, met: Sequence[bool], age: RuleAge) -> float:
        """Points of a patient.

        Parameters
        ----------
        met
            For each of `asked`, whether it is met.
        age
            The patient's age group.

        Examples
        --------
        >>> rule = DecisionRule(
        ...     id="x", label="x", condition=("x",), patient=RulePatient(pain=()), source="x",
        ...     items=(RuleItem(label="a", of=("a",), points=2), RuleItem(label="b", assumed=True)),
        ...     positive_from=3, strata=(),
        ... )  # fmt: skip
        >>> rule.score([True], RuleAge(years=40)), rule.score([False], RuleAge(years=70, points=2))
        (3.0, 3.0)
        """
        points = sum(item.points for item in self.items if item.assumed)
        told = zip(self.asked, met, strict=True)
        return age.points + points + sum(item.points for item, one in told if one)
