"""The strict parser of the rule language.

It refuses whatever it does not know, and names the place of every fault it finds, not only
the first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias, cast

from kinechain.triage.rules import (
    CARE_ONLY,
    AgeLeaf,
    AllOf,
    AnyOf,
    AtLeast,
    ConditionLeaf,
    DrugLeaf,
    DurationLeaf,
    FactorLeaf,
    FindingLeaf,
    IntensityLeaf,
    Not,
    OnsetLeaf,
    Rule,
    SexLeaf,
    SiteLeaf,
    TriedLeaf,
    ValueLeaf,
    leaves,
)

RESPONSES = frozenset({"none", "partial", "complete", "worse", "unknown"})
MAX_DEPTH = 12
"""Rules nested deeper than this are refused: no clinician could check them."""


class RuleError(ValueError):
    """A rule that does not follow the language.

    Attributes
    ----------
    problems
        One sentence per fault, each starting with the place of the fault in the rule.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def parse_rule(data: object, *, care: bool = False) -> Rule:
    """Read a rule from the mapping that stands in a red flag's file.

    Parameters
    ----------
    data
        The value of the key ``rule``.
    care
        Whether the leaves of `rules.CARE_ONLY` are understood too; in a red flag they are
        refused.

    Raises
    ------
    RuleError
        With one sentence for each fault found.

    Examples
    --------
    >>> parse_rule({"all": [{"site": "low_back"}, {"finding": "fever"}]})
    AllOf(of=(SiteLeaf(site='low_back', side=None), \
FindingLeaf(finding='fever', side=None, level=None)))
    """
    rule = _parse(data, "rule", 1)
    foreign = [leaf for leaf in leaves(rule) if not care and isinstance(leaf, CARE_ONLY)]
    if foreign:
        names = ", ".join(sorted({type(leaf).__name__ for leaf in foreign}))
        raise RuleError(f"rule: only rules of care may hold {names}")
    return rule


def _parse(data: object, where: str, depth: int) -> Rule:
    if depth > MAX_DEPTH:
        raise RuleError(f"{where}: nested deeper than {MAX_DEPTH} levels")
    mapping = _mapping(data, where)
    heads = [key for key in mapping if key in _READERS]
    if len(heads) != 1:
        raise RuleError(
            f"{where}: exactly one of {', '.join(_READERS)} must be given. "
            f"Got {', '.join(mapping) or 'nothing'}"
        )
    head = heads[0]
    reader, companions = _READERS[head]
    _no_other_keys(mapping, {head, *companions}, where)
    return reader(mapping, f"{where}.{head}", depth)


def _parts(data: object, where: str, depth: int) -> tuple[Rule, ...]:
    if not isinstance(data, list | tuple) or not data:
        raise RuleError(f"{where}: must be a list with at least one rule. Got {data!r}")
    parts: list[Rule] = []
    problems: list[str] = []
    for index, item in enumerate(cast("list[object]", data)):
        try:
            parts.append(_parse(item, f"{where}[{index}]", depth + 1))
        except RuleError as error:
            problems.extend(error.problems)
    if problems:
        raise RuleError(*problems)
    return tuple(parts)


def _read_all(data: Mapping[str, object], where: str, depth: int) -> Rule:
    return AllOf(of=_parts(data["all"], where, depth))


def _read_any(data: Mapping[str, object], where: str, depth: int) -> Rule:
    return AnyOf(of=_parts(data["any"], where, depth))


def _read_not(data: Mapping[str, object], where: str, depth: int) -> Rule:
    return Not(rule=_parse(data["not"], where, depth + 1))


def _read_at_least(data: Mapping[str, object], where: str, depth: int) -> Rule:
    inner = _mapping(data["at_least"], where)
    _no_other_keys(inner, {"count", "of"}, where)
    parts = _parts(inner.get("of"), f"{where}.of", depth)
    count = inner.get("count")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= len(parts):
        raise RuleError(
            f"{where}.count: must be a whole number from 1 to {len(parts)}. Got {count!r}"
        )
    return AtLeast(count=count, of=parts)


def _read_finding(data: Mapping[str, object], where: str, depth: int) -> Rule:
    level = None if "level" not in data else _name(data["level"], f"{where}: level")
    return FindingLeaf(finding=_name(data["finding"], where), side=_side(data, where), level=level)


def _read_site(data: Mapping[str, object], where: str, depth: int) -> Rule:
    return SiteLeaf(site=_name(data["site"], where), side=_side(data, where))


def _read_age(data: Mapping[str, object], where: str, depth: int) -> Rule:
    bounds = _bounds(data["age"], where, ("at_least", "below"))
    return AgeLeaf(**bounds)


def _read_sex(data: Mapping[str, object], where: str, depth: int) -> Rule:
    sex = data["sex"]
    if sex not in ("female", "male"):
        raise RuleError(f"{where}: must be female or male. Got {sex!r}")
    return SexLeaf(sex=sex)


def _read_value(data: Mapping[str, object], where: str, depth: int) -> Rule:
    inner = _mapping(data["value"], where)
    quantity = _name(inner.get("quantity"), f"{where}.quantity")
    rest = {key: value for key, value in inner.items() if key != "quantity"}
    return ValueLeaf(quantity=quantity, **_bounds(rest, where, ("at_least", "at_most", "below")))


def _read_onset(data: Mapping[str, object], where: str, depth: int) -> Rule:
    return OnsetLeaf(onset=_name(data["onset"], where))


def _read_duration(data: Mapping[str, object], where: str, depth: int) -> Rule:
    bounds = _bounds(data["duration"], where, ("at_least_weeks", "at_most_weeks"))
    return DurationLeaf(**bounds)


def _read_drug(data: Mapping[str, object], where: str, depth: int) -> Rule:
    return DrugLeaf(drug=_name(data["drug"], where))


def _read_factor(data: Mapping[str, object], where: str, depth: int) -> Rule:
    return FactorLeaf(factor=_name(data["factor"], where))


def _read_condition(data: Mapping[str, object], where: str, depth: int) -> Rule:
    return ConditionLeaf(condition=_name(data["condition"], where))


def _read_intensity(data: Mapping[str, object], where: str, depth: int) -> Rule:
    return IntensityLeaf(**_bounds(data["intensity"], where, ("at_least",)))


def _read_tried(data: Mapping[str, object], where: str, depth: int) -> Rule:
    inner = _mapping(data["tried"], where)
    _no_other_keys(inner, {"treatments", "weeks", "response"}, where)
    weeks = inner.get("weeks", 0)
    if isinstance(weeks, bool) or not isinstance(weeks, int | float) or not weeks >= 0:
        raise RuleError(f"{where}.weeks: must be a number of at least 0. Got {weeks!r}")
    names = tuple(_names(inner.get("treatments"), f"{where}.treatments"))
    answers = tuple(_names(inner["response"], f"{where}.response")) if "response" in inner else ()
    if unknown := set(answers) - RESPONSES:
        raise RuleError(f"{where}.response: must be of {', '.join(sorted(RESPONSES))}. "
                        f"Got {', '.join(sorted(unknown))}")  # fmt: skip
    return TriedLeaf(treatments=names, weeks=float(weeks), response=answers)


def _names(data: object, where: str) -> list[str]:
    if not isinstance(data, list | tuple) or not data:
        raise RuleError(f"{where}: must be a list of at least one name. Got {data!r}")
    return [_name(one, where) for one in cast("list[object]", data)]


_Reader: TypeAlias = Callable[[Mapping[str, object], str, int], Rule]
_READERS: dict[str, tuple[_Reader, tuple[str, ...]]] = {
    "all": (_read_all, ()),
    "any": (_read_any, ()),
    "not": (_read_not, ()),
    "at_least": (_read_at_least, ()),
    "finding": (_read_finding, ("side", "level")),
    "site": (_read_site, ("side",)),
    "age": (_read_age, ()),
    "sex": (_read_sex, ()),
    "value": (_read_value, ()),
    "onset": (_read_onset, ()),
    "duration": (_read_duration, ()),
    "drug": (_read_drug, ()),
    "factor": (_read_factor, ()),
    "condition": (_read_condition, ()),
    "intensity": (_read_intensity, ()),
    "tried": (_read_tried, ()),
}


def _mapping(data: object, where: str) -> Mapping[str, object]:
    if not isinstance(data, Mapping):
        raise RuleError(f"{where}: must be a mapping. Got {data!r}")
    items = cast("Mapping[object, object]", data)
    for key in items:
        if not isinstance(key, str):
            raise RuleError(f"{where}: keys must be words. Got {key!r}")
    return cast("Mapping[str, object]", items)


def _no_other_keys(mapping: Mapping[str, object], known: set[str], where: str) -> None:
    unknown = [key for key in mapping if key not in known]
    if unknown:
        raise RuleError(f"{where}: unknown key {', '.join(unknown)}")


def _name(data: object, where: str) -> str:
    if not isinstance(data, str) or not data.isidentifier():
        raise RuleError(f"{where}: must be an id in snake_case. Got {data!r}")
    return data


def _side(data: Mapping[str, object], where: str) -> Literal["left", "right"] | None:
    if "side" not in data:
        return None
    side = data["side"]
    if side not in ("left", "right"):
        raise RuleError(f"{where}: side must be left or right. Got {side!r}")
    return side


def _bounds(data: object, where: str, names: tuple[str, ...]) -> dict[str, float]:
    inner = _mapping(data, where)
    _no_other_keys(inner, set(names), where)
    bounds: dict[str, float] = {}
    for name, value in inner.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(cast("float", value)):
            raise RuleError(f"{where}.{name}: must be a finite number. Got {value!r}")
        bounds[name] = cast("float", value)
    if not bounds:
        raise RuleError(f"{where}: must give at least one of {', '.join(names)}")
    _not_empty(bounds, where)
    return bounds


def _not_empty(bounds: Mapping[str, float], where: str) -> None:
    lower = max((v for k, v in bounds.items() if k.startswith("at_least")), default=-math.inf)
    closed = min((v for k, v in bounds.items() if k.startswith("at_most")), default=math.inf)
    if lower > closed or lower >= bounds.get("below", math.inf):
        raise RuleError(f"{where}: the bounds exclude every value. Got {dict(bounds)!r}")
