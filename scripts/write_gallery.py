"""Writes docs/gallery.md and its maps: five published patients whose pain came from elsewhere.

The stories are told here; every number, map and sentence of the program is computed anew.
"""

from __future__ import annotations

import hashlib
import html
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kinechain.domain.assessment import Assessment
from kinechain.intake import parse_case
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.report import body_map, model, picture, sections
from kinechain.report import html as report_page
from kinechain.report.labels import interval, percent
from kinechain.report.words import join_words
from kinechain.service import assess
from kinechain.service.presentation import extras, plain
from kinechain.service.published import PublishedCase, read_published

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "gallery.md"
MAPS = ROOT / "docs" / "gallery"
CASES = ROOT / "tests" / "cases"


@dataclass(frozen=True, kw_only=True)
class Story:
    """One patient.

    `felt` is the painful site whose path is shown. `star` is the condition whose place on the
    map is the published origin, with its side and level as published. `same` says why another
    accepted diagnosis counts, `reserve` what to know when the program does not put it first.
    """

    case: str
    file: str
    title: str
    told: str
    cited: str
    published: str
    where: tuple[str, str]
    felt: str
    star: tuple[str, str, str | None]
    reserve: str
    same: str = ""


STORIES = (
    Story(
        case="smith2022hiplumbar",
        file="hip-to-foot",
        title="From the hip to the foot",
        told="A man of 56 pulls a heavy pallet. Since then his back and left groin hurt, and pain "
        "and tingling run down the inner leg to the top of the foot: a root, so it seems. The "
        "nerve study is normal; an injection into the hip joint takes away the pain in the groin "
        "and the tingling in the foot.",
        cited="Smith et al., AAPM&R Annual Assembly 2022",
        published="worn left hip with osteonecrosis of the femoral head",
        where=("groin, inner leg and foot", "hip joint"),
        felt="leg_medial",
        star=("femoral_head_osteonecrosis", "left", None),
        same="the same joint",
        reserve="The record tells much of the back and little of the hip: no movement of it.",
    ),
    Story(
        case="anon_msse_footballdisc",
        file="back-to-knee",
        title="From the back to the knee",
        told="A footballer of 17 has had pain behind the right knee for two years, of late into "
        "thigh and calf. Radiograph, MRI and every test of the knee are normal, treating the knee "
        "did not help, and his back does not hurt. But lifting the straight leg brings the pain "
        "on, even the other leg.",
        cited="sports medicine case abstract",
        published="disc herniation L5/S1 on the right, and further discs",
        where=("back of the knee", "lumbar disc"),
        felt="knee_posterior",
        star=("lumbar_disc_herniation", "right", "l5_s1"),
        reserve="To the program a back without pain speaks against a disc, and the telling sign, "
        "that bending the back brings on the knee pain, cannot be recorded yet.",
    ),
    Story(
        case="sijsciatica72m",
        file="pelvis-to-foot",
        title="From the pelvis to the foot",
        told="A farmer of 72 fell on his buttock. The pain down the left leg to the foot was taken "
        "for sciatica, a disc was operated on, and nothing changed; he was even sent to a "
        "psychiatrist. It came from the joint between sacrum and pelvis.",
        cited="Sacroiliac joint pain presenting as sciatica, case report",
        published="pain of the left sacroiliac joint",
        where=("whole leg to the foot", "sacroiliac joint"),
        felt="calf",
        star=("sacroiliac_joint_pain", "left", None),
        reserve="An operated back and legs that ease on sitting point to the spine, and the record "
        "holds no test of the sacroiliac joint.",
    ),
    Story(
        case="mcdonnell2005cgh",
        file="neck-to-head",
        title="From the neck to the head",
        told="A man of 46 has had a headache for seven years, constant, worse on long sitting and "
        "when he uses his arms. Exercises for the neck and another posture nearly ended it.",
        cited="McDonnell et al., Journal of Orthopaedic & Sports Physical Therapy 2005",
        published="headache from the neck",
        where=("head", "neck"),
        felt="head",
        star=("cervicogenic_headache", "midline", None),
        reserve="The record holds no word of the neck, neither pain nor a finding, so that little "
        "is left but how common each headache is.",
    ),
    Story(
        case="morrisstiff2008aorticdissectionleg",
        file="aorta-to-leg",
        title="From the aorta to the leg",
        told="A man of 47 has sudden pain in the right leg. It is taken for a disc; the MRI shows "
        "none. Six weeks later somebody feels for the pulses, and on the right there are none.",
        cited="Morris-Stiff et al., Journal of Medical Case Reports 2008",
        published="dissection of the aorta",
        where=("leg", "aorta"),
        felt="leg",
        star=("abdominal_aortic_aneurysm", "midline", None),  # the dissection has no place yet
        same="a blocked artery of the leg, not yet the reason for it",
        reserve="As an origin of leg pain a torn aorta is too rare for three facts to lift it. "
        "What cannot wait does not depend on the ranking: a fixed rule looks at the pulses.",
    ),
)

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
at work at once. **The filled star is the published origin**, on the map and in the list; an empty
one marks a diagnosis that counts as the same problem.

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

CIRCLED = "①②③④⑤⑥"
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


@dataclass(frozen=True)
class Told:
    """A story, its case, and what the program said."""

    story: Story
    case: PublishedCase
    result: Assessment
    report: model.Report
    svg: str

    def rank(self, condition: str) -> int:
        """Rank of a condition, from one."""
        order = [one.condition for one in self.result.conditions]
        return order.index(condition) + 1

    @property
    def found(self) -> str:
        """The accepted diagnosis that ranks best."""
        return min(self.case.expect.right, key=self.rank)


def template() -> str:
    """A mark of this script: a page that bears another one was made by an older one."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]


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
    report = sections.build(shown, beside)
    figures = body_map.read(beside["sites"])
    page = report_page.render(shown, beside)
    svg = map_svg(page, picture.draw(figures, report), figures, story)
    return Told(story, case, result, report, svg)


# The page


def render(told: Sequence[Told]) -> str:
    """The whole page.

    Parameters
    ----------
    told
        In the order of the page.
    """
    rows = [
        f"| {one.story.where[0]} | {one.story.where[1]} | {_in_short(one)} |" for one in told
    ]
    head = HEAD.format(
        template=template(),
        first=sum(one.rank(one.found) == 1 for one in told),
        rows="\n".join(rows),
        program=told[0].report.program_version,
        knowledge=told[0].report.knowledge_version,
    )
    return "\n".join([head, *(_entry(one) for one in told)])


def _entry(one: Told) -> str:
    story, first = one.story, one.rank(one.found) == 1
    asked = [f"{step.how.lower()}: {_lower(step.label)}" for step in one.report.next[:3]]
    return ENTRY.format(
        title=story.title,
        told=story.told,
        cited=story.cited,
        url=one.case.source["url"],
        alt=f"Body map. {one.report and picture.describe(one.report)}".replace("|", " "),
        file=story.file,
        published=story.published,
        verdict=_verdict(one),
        origins=_origins(one),
        flags=_flags(one),
        paths=_paths(one),
        next="; ".join(asked),
        reserve="" if first else f"**Why not first:** {story.reserve}\n\n",
        record=Path(one.case.path).relative_to(ROOT).as_posix(),
    )


def _verdict(one: Told) -> str:
    rank, found, asked = one.rank(one.found), one.found, one.case.expect.condition
    other = found != asked
    name = f", as {_label(one, found)} ({one.story.same})" if other else ""
    words = f"**{_place(rank)}**{name}, {_numbers(one, found)}"
    if rank > 1:
        leading = one.report.origins[0]
        words = f"**not first**; {words}. First is {_lower(leading.label)}"
    if other:
        words += f". {_upper(_label(one, asked))} itself: {_place(one.rank(asked))}"
    return f"{words}."


def _in_short(one: Told) -> str:
    rank = one.rank(one.found)
    words = f"**{_place(rank)}**, {_numbers(one, one.found)}"
    if one.found != one.case.expect.condition:
        words += f", as {_label(one, one.found)}"
    alarms = any(flag.urgency in ("emergency_now", "same_day") for flag in one.report.raised)
    return f"{words}; alarm raised" if alarms and one.case.expect.alarm else words


def _origins(one: Told) -> str:
    lines: list[str] = []
    for origin in one.report.origins:
        star = " ★" if origin.condition in one.case.expect.right else ""
        numbers = f"{percent(origin.explains)} ({interval(origin.low, origin.high)})"
        lines.append(f"{CIRCLED[origin.rank - 1]}{star} {origin.label}: **{numbers}**")
    return "<br>".join(html.escape(line, quote=False) for line in lines)


def _flags(one: Told) -> str:
    if not one.report.raised:
        return ""
    flags = [f"{flag.label} ({flag.urgency_words.lower()})" for flag in one.report.raised]
    return f"<br><br>**Cannot wait:** {'; '.join(flags)}"


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
    lines: list[str] = []
    if true is None or true[0] < 0.0005:
        lines.append("**★ Path:** none of weight from the published origin to this pain.")
    else:
        lines.append(f"**★ Path:** {true[2]} ({percent(true[0])} of this pain).")
    if top is not None and top != true:
        lines.append(f"**Likelier to the program:** {top[2]} ({percent(top[0])}).")
    return html.escape("\n\n".join(lines), quote=False)


def _numbers(one: Told, condition: str) -> str:
    entry = next(entry for entry in one.result.conditions if entry.condition == condition)
    numbers = f"{percent(entry.explains)} ({interval(entry.low, entry.high)})"
    return html.escape(numbers, quote=False)


def _label(one: Told, condition: str) -> str:
    entry = next(entry for entry in one.result.conditions if entry.condition == condition)
    return _lower(entry.label)


def _place(rank: int) -> str:
    if rank <= len(ORDINALS):
        return ORDINALS[rank - 1]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(rank % 10 if rank % 100 not in (11, 12, 13) else 0)
    return f"{rank}{ending or 'th'}"


def _lower(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def main() -> None:
    """Write the page and its maps."""
    knowledge = load_knowledge()
    cases, issues = read_published(CASES, knowledge)
    assert not issues, issues
    known = {case.id: case for case in cases}
    told = [tell(story, known[story.case], knowledge) for story in STORIES]
    MAPS.mkdir(exist_ok=True)
    for one in told:
        (MAPS / f"{one.story.file}.svg").write_text(one.svg, encoding="utf-8")
    PAGE.write_text(render(told), encoding="utf-8")
    first = join_words([one.story.file for one in told if one.rank(one.found) == 1])
    sys.stdout.write(f"{PAGE} is written; first is right in: {first or 'none'}\n")


if __name__ == "__main__":
    main()
