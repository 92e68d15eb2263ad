"""Writes docs/gallery.md and its maps: five published patients whose pain came from elsewhere.

The stories are told here; every number, map and sentence of the program is computed anew.
"""

from __future__ import annotations

import hashlib
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kinechain.domain.assessment import Assessment, ConditionResult
from kinechain.intake import parse_case
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.report import body_map, model, picture, sections
from kinechain.report import html as page
from kinechain.report.body_map import VIEWS
from kinechain.report.labels import percent
from kinechain.report.svg_path import Point
from kinechain.service.assess import assess
from kinechain.service.presentation import extras, plain
from kinechain.service.published import PublishedCase, read_published
from scripts.gallery_panel import Line, Published, numbers, panel
from scripts.gallery_stories import STORIES, Story

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "gallery.md"
MAPS = ROOT / "docs" / "gallery"
CASES = ROOT / "tests" / "cases"
LEAST_PATH = 0.0005


HEAD = """\
# Gallery: pain that came from elsewhere

<!-- Made by scripts/write_gallery.py, template {template}: `make reference`. Do not edit. -->

Five published patients who hurt in one place because of another. The program was given what was
known before the diagnosis, nothing else. They were chosen for the variety of the chain and because
their story is told well, **not because the program is right**: it puts the published origin first
in {first} of the five. How it does on all published cases: `kinechain benchmark cases tests/cases`.

| Felt in | Came from | Where the program ranked it |
|:---|:---|:---|
{rows}

How to read the pictures: a painful place has the colour of the origin that, to the program,
accounts for most of it; hatched means mostly unexplained; a dashed number lies behind the figure.
Bars: how probably an origin is there and explains the pain, with the 90 % interval; several can be
at work at once. **The filled star is the published origin**, on the map and in the list; the dashed
line leads from it to the pain. An empty star marks what counts as the same problem.

Computed with Kinechain {program}, knowledge `{knowledge}`.
"""

ENTRY = """\
## {title}

{told}

{verdict}

![{alt}](gallery/{file}.svg)

{flags}{paths}

{next}

{reserve}Record: `{record}`.
"""

SHOWN = 5
"""So many origins are listed; the published one is always among them."""

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
COUNTS = ("none", "one", "two", "three", "four", "all")


@dataclass(frozen=True)
class Told:
    """A story, its case, and what the program said."""

    story: Story
    case: PublishedCase
    result: Assessment
    report: model.Report
    svg: str

    @property
    def published(self) -> ConditionResult:
        """What the result says of the published diagnosis."""
        return _entry_of(self.result, self.case.expect.condition)

    @property
    def found(self) -> ConditionResult:
        """What it says of the accepted diagnosis that ranks best."""
        right = self.case.expect.right
        return next(one for one in self.result.conditions if one.condition in right)

    def rank(self, entry: ConditionResult) -> int:
        """Rank of a condition, from one."""
        return self.result.conditions.index(entry) + 1


def template() -> str:
    """A mark of these scripts: a page that bears another one was made by older ones."""
    names = ("write_gallery.py", "gallery_panel.py", "gallery_stories.py")
    scripts = b"".join(Path(__file__).with_name(name).read_bytes() for name in names)
    return hashlib.sha256(scripts).hexdigest()[:12]


def tell(story: Story, case: PublishedCase, knowledge: Knowledge) -> Told:
    """Run the program on a case.

    Parameters
    ----------
    story, case
        What is told of it, and its record.
    knowledge
        The shipped one.
    """
    reading = parse_case(case.text, knowledge, case.path)
    result = assess(reading, knowledge)
    shown, beside = plain(result), extras(reading.case, knowledge, body_map=True)
    beside["case"]["pain"] = []  # every painful site is in the result, with its side
    figures = body_map.read(beside["sites"])
    for site in shown["sites"]:
        if not any(figures.find(view, site["site"], site["side"] or "midline") for view in VIEWS):
            site["side"] = "unknown"  # drawn on both sides
    report = sections.build(shown, beside)
    name, side, level = story.star
    view = figures.origins[name].view
    placed = figures.place(name, level, side, view)
    if placed is None:
        raise ValueError(f"{name} must have a place on the body map.")
    svg = panel(
        page.render(shown, beside),
        picture.draw(figures, report),
        Published(view, placed[0], _end(figures, story, view)),
        _lines(report, result, case),
        f"{story.title}: body map and likely origins",
    )
    return Told(story, case, result, report, svg)


def _end(figures: body_map.BodyMap, story: Story, view: body_map.ViewName) -> Point | None:
    """Where the pain is that the map joins to the published origin, if this view shows it."""
    side = "left" if story.star[1] == "left" else "right"
    regions = figures.find(view, story.to, side)
    return regions[0].anchor if regions else None


def _entry_of(result: Assessment, condition: str) -> ConditionResult:
    return next(one for one in result.conditions if one.condition == condition)


def _lines(report: model.Report, result: Assessment, case: PublishedCase) -> list[Line]:
    """The leading origins, and the published one wherever it stands."""
    expect = case.expect
    stars = dict.fromkeys(expect.acceptable, "star same") | {expect.condition: "star"}
    lines = [
        Line(rank=one.rank, place=_place(one.rank), label=one.label, explains=one.explains,
             low=one.low, high=one.high, star=stars.get(one.condition, ""))
        for one in report.origins[:SHOWN]
    ]  # fmt: skip
    if all(line.star != "star" for line in lines):
        one = _entry_of(result, expect.condition)
        rank = result.conditions.index(one) + 1
        lines.append(Line(rank=max(rank, SHOWN + 2), place=_short(rank), label=one.label,
                          explains=one.explains, low=one.low, high=one.high,
                          star="star"))  # fmt: skip
    return lines


# The page


def render(told: Sequence[Told]) -> str:
    """The whole page.

    Parameters
    ----------
    told
        In the order of the page.
    """
    rows = [
        f"| [{one.story.where[0]}](#{_anchor(one.story.title)}) | {one.story.where[1]} | "
        f"{_in_short(one)} |"
        for one in told
    ]
    head = HEAD.format(
        template=template(),
        first=COUNTS[sum(one.rank(one.found) == 1 for one in told)],
        rows="\n".join(rows),
        program=told[0].report.program_version,
        knowledge=told[0].report.knowledge_version,
    )
    return "\n".join([head, *(_section(one) for one in told)])


def _section(one: Told) -> str:
    story, first = one.story, one.rank(one.found) == 1
    asked = [_step(step) for step in one.report.next[:3]]
    source = f"[{story.cited}]({one.case.source['url']})"
    return ENTRY.format(
        title=story.title,
        told=_filled(f"{story.told} ({source})"),
        verdict=_filled(_verdict(one)),
        alt=f"{_in_words(one)} {picture.describe(one.report)}",
        file=story.file,
        flags=_flags(one),
        paths=_paths(one),
        next=_filled(f"**It would ask next:** {'; '.join(asked)}."),
        reserve="" if first else _filled(f"**Why not first:** {story.reserve}") + "\n\n",
        record=Path(one.case.path).relative_to(ROOT).as_posix(),
    )


def _verdict(one: Told) -> str:
    rank, found, published = one.rank(one.found), one.found, one.published
    words = f"**Published: {one.story.published}. "
    if rank == 1:
        words += "The program puts it first"
    else:
        words += f"The program puts it {_place(rank)}"
    words += f"**, {_numbers(found)}"
    if found is not published:
        words += f", as {_lower(found.label)}, {one.story.same};"
        words += f" {_lower(published.label)} itself is {_short(one.rank(published))}"
    if rank > 1:
        leading = one.report.origins[0]
        words += f". First is {_lower(leading.label)}, {percent(leading.explains)}"
    return f"{words}."


def _step(step: model.NextView) -> str:
    words = _lower(step.label)
    return words if step.how == "Ask" else f"{step.how.lower()}: {words}"


def _in_short(one: Told) -> str:
    words = f"**{_place(one.rank(one.found))}**, {_numbers(one.found)}"
    if one.found is not one.published:
        words += f", as {_lower(one.found.label)}"
    alarms = any(flag.urgency in ("emergency_now", "same_day") for flag in one.report.raised)
    return f"{words}; alarm raised" if alarms and one.case.expect.alarm else words


def _in_words(one: Told) -> str:
    """The list of the picture, for those who do not see it."""
    lines = _lines(one.report, one.result, one.case)
    return (
        "Origins: "
        + "; ".join(
            f"{line.place} {line.label} {numbers(line.explains, line.low, line.high)}"
            for line in lines
        )
        + "."
    )


def _flags(one: Told) -> str:
    if not one.report.raised:
        return ""
    flags = [f"{flag.label} ({flag.urgency_words.lower()})" for flag in one.report.raised]
    return _filled(f"**Cannot wait:** {'; '.join(flags)}.") + "\n\n"


def _paths(one: Told) -> str:
    """The likeliest path from the published origin to the pain, and the leading one beside it."""
    ways = [
        (way.responsibility, way.path[0].split(".")[0], way.sentence)
        for site in one.result.sites
        if site.site == one.story.felt
        for way in site.paths
    ]
    right = one.case.expect.right
    true = max((way for way in ways if way[1] in right), default=None)
    top = max(ways, default=None)
    said = "none of weight from there to this pain."
    if true is not None and true[0] >= LEAST_PATH:
        said = f"{true[2]} ({percent(true[0])} of this pain)."
    other = true is not None and true[1] != one.published.condition
    whence = "what counts as the published origin" if other else "the published origin"
    lines = [f"**Path from {whence}:** {said}"]
    if top is not None and top != true:
        lines.append(f"**Likelier to the program:** {top[2]} ({percent(top[0])}).")
    return "\n\n".join(_filled(line) for line in lines)


def _numbers(entry: ConditionResult) -> str:
    return numbers(entry.explains, entry.low, entry.high)


def _filled(text: str) -> str:
    """A paragraph in lines as the other pages have them."""
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False)


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _place(rank: int) -> str:
    return ORDINALS[rank - 1] if rank <= len(ORDINALS) else _short(rank)


def _short(rank: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(0 if 10 < rank % 100 < 14 else rank % 10, "th")
    return f"{rank}{ending}"


def _lower(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def main() -> None:
    """Write the page and its pictures."""
    knowledge = load_knowledge()
    cases, issues = read_published(CASES, knowledge)
    if issues:
        raise ValueError("; ".join(issue.message for issue in issues))
    known = {case.id: case for case in cases}
    told = [tell(story, known[story.case], knowledge) for story in STORIES]
    MAPS.mkdir(exist_ok=True)
    for one in told:
        (MAPS / f"{one.story.file}.svg").write_text(one.svg, encoding="utf-8")
    PAGE.write_text(render(told), encoding="utf-8")
    for one in told:
        sys.stdout.write(f"{one.rank(one.found):>4}  {one.story.file}\n")
    sys.stdout.write(f"{PAGE} is written\n")


if __name__ == "__main__":
    main()
