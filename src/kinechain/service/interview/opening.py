"""The opening of an interview: who it is, where it hurts, since when, and how."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from kinechain.domain.case import Case, Side
from kinechain.domain.interview import Fact, Question
from kinechain.intake import search
from kinechain.intake.amounts import WEEKS
from kinechain.intake.names import Names, key_of
from kinechain.intake.read_pain import ONSETS, QUALITIES
from kinechain.intake.recorded import SIDE_OF
from kinechain.knowledge import Knowledge
from kinechain.service.interview.replies import ReplyError, Understood, says_nothing

MOST_PARTS = 6
GOOD = 0.6
"""Score from which on a search of the sites is taken for what was meant."""

_SEXES = {"female": ("f", "woman", "w", "girl"), "male": ("m", "man", "boy")}
_ONSETS = {
    "sudden": (*ONSETS["sudden"], "at once", "instantly", "overnight"),
    "gradual": (*ONSETS["gradual"], "slowly", "over time", "crept", "bit by bit"),
    "after_injury": (*ONSETS["after_injury"], "after injury", "fell", "fall", "accident",
                     "twisted", "blow", "hit"),
}  # fmt: skip
_SHOWN_QUALITIES = ("aching", "sharp", "stabbing", "burning", "shooting", "electric",
                    "throbbing", "cramping", "tearing", "stiff")  # fmt: skip
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
           "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12}  # fmt: skip
_ROUGHLY = {"half a year": "6 months", "half a day": "12 hours", "a couple of": "2",
            "a few": "3", "some": "3"}  # fmt: skip
_FILLERS = re.compile(
    r"\b(my|the|in|on|at|of it|hurts?|hurting|pain(?:ful)?|aches?|is|it|side|a|an|also|"
    r"mostly|mainly|some)\b"
)
_NONE = frozenset({"none", "no", "nowhere", "nopain"})


def opening_question(case: Case, asked: frozenset[str], knowledge: Knowledge) -> Question | None:
    """The next opening question, or None when all that is needed is known.

    Parameters
    ----------
    case
        The person so far.
    asked
        Keys of the questions that were answered, in whatever way.
    knowledge
        The sites and settings.
    """
    for question in _all(case, knowledge):
        if question.key not in asked:
            return question
    return None


def _all(case: Case, knowledge: Knowledge) -> list[Question]:
    found: list[Question] = []
    if case.age_years is None:
        found.append(_ask("age", "How old is the person?", "what is common changes with age",
                          hint="years"))  # fmt: skip
    if case.sex is None:
        found.append(_ask("sex", "Female or male?", "some conditions are commoner in one sex",
                          choices=("female", "male")))  # fmt: skip
    if not case.pain:
        found.append(_ask(
            "where", "Where does it hurt? Name every place, with its side.",
            "everything else depends on where the pain is",
            hint="for example: right knee, low back"))  # fmt: skip
        return found
    found += _about_sites(case, knowledge)
    if any(pain.duration_weeks is None for pain in case.pain):
        found.append(_ask("since", "How long has it hurt?", "some dangers are new, some are slow",
                          hint="for example: 3 days, 6 weeks, 2 years"))  # fmt: skip
    if any(pain.onset is None for pain in case.pain):
        found.append(_ask("onset", "How did it begin?", "injuries and sudden pains are different",
                          choices=tuple(_ONSETS)))  # fmt: skip
    if any(not pain.quality for pain in case.pain):
        found.append(_ask("quality", "What is the pain like? Several words are fine.",
                          "burning or electric pain points to a nerve",
                          hint=", ".join(_SHOWN_QUALITIES)))  # fmt: skip
    if any(pain.intensity is None for pain in case.pain):
        found.append(_ask("intensity", "How strong is it at its worst, from 0 to 10?",
                          "to see later whether it gets better", hint="0 to 10"))  # fmt: skip
    if case.setting is None:
        found.append(_ask("setting", "Where is the person seen?",
                          "who comes there changes what is common",
                          choices=tuple(knowledge.settings)))  # fmt: skip
    return found


def _about_sites(case: Case, knowledge: Knowledge) -> list[Question]:
    found: list[Question] = []
    open_sides = [
        pain.site
        for pain in case.pain
        if pain.side == "unknown" and knowledge.sites[pain.site].sides == "paired"
    ]
    if open_sides:
        words = " and ".join(_label(site, knowledge) for site in dict.fromkeys(open_sides))
        found.append(_ask(f"side:{'+'.join(dict.fromkeys(open_sides))}",
                          f"Which side hurts ({words})?", "each side has causes of its own",
                          choices=("left", "right", "both")))  # fmt: skip
    for pain in case.pain:
        parts = knowledge.sites[pain.site].parts
        if 1 < len(parts) <= MOST_PARTS:
            found.append(_ask(
                f"part:{pain.site}",
                f"Where in the {_label(pain.site, knowledge)}? Several are fine.",
                "neighbouring places have different causes", choices=parts))  # fmt: skip
    return found


def _ask(
    key: str, text: str, why: str, *, choices: tuple[str, ...] = (), hint: str = ""
) -> Question:
    return Question(key=key, stage="opening", expects="choice" if choices else "text", text=text,
                    why=why, choices=choices, hint=hint)  # fmt: skip


def _label(site: str, knowledge: Knowledge) -> str:
    return knowledge.sites[site].label.lower()


def opened(question: Question, reply: str, knowledge: Knowledge) -> Understood:
    """What a reply to an opening question says.

    Parameters
    ----------
    question
        The question.
    reply
        What was answered.
    knowledge
        The words.

    Raises
    ------
    ReplyError
        When it cannot be understood.
    """
    if question.key != "where" and (nothing := says_nothing(reply)):
        return (), nothing
    match question.key.split(":")[0]:
        case "age":
            return _field("age", _age(reply))
        case "sex":
            return _field("sex", _chosen(reply, _SEXES))
        case "setting":
            options = {name: (one.label, *one.synonyms) for name, one in knowledge.settings.items()}
            return _field("setting", _chosen(reply, options))
        case "where":
            return _where(reply, knowledge)
        case "side":
            side = SIDE_OF.get(key_of(_chosen(reply, {"left": ("l",), "right": ("r",),
                                                      "both": ("b", "both sides")})))  # fmt: skip
            sites = tuple(question.key.partition(":")[2].split("+"))
            return (Fact(kind="side", name="side", values=sites, side=side),), str(side)
        case "part":
            return _part(question, reply, knowledge)
        case "since":
            words = _duration(reply)
            return (Fact(kind="detail", name="duration", value=words),), words
        case "onset":
            onset = _chosen(reply, _ONSETS)
            return (Fact(kind="detail", name="onset", value=onset),), onset.replace("_", " ")
        case "quality":
            return _quality(reply, knowledge)
        case _:
            return _intensity(reply)


def _field(name: str, value: str) -> Understood:
    return (Fact(kind="field", name=name, value=value),), value.replace("_", " ")


def _age(reply: str) -> str:
    found = re.search(r"[0-9]+([.,][0-9]+)?", reply)
    if not found or not 0 <= float(found[0].replace(",", ".")) <= 120:
        raise ReplyError("Answer with a number of years, 54 for example, or unknown.")
    return found[0].replace(",", ".")


def _intensity(reply: str) -> Understood:
    found = re.match(r"\s*([0-9]+(?:[.,][0-9]+)?)", reply)
    value = found[1].replace(",", ".") if found else ""
    if not found or not 0 < float(value) <= 10:
        raise ReplyError("Answer with a number above 0 and up to 10, or unknown.")
    return (Fact(kind="detail", name="intensity", value=value),), f"{value} of 10"


def _chosen(reply: str, options: Mapping[str, tuple[str, ...]]) -> str:
    """One of the options, by number, word, part of a word or near misspelling."""
    names = list(options)
    text = reply.strip()
    if text.isdigit() and 1 <= int(text) <= len(names):
        return names[int(text) - 1]
    known = {key_of(word): name for name, words in options.items() for word in (name, *words)}
    key = key_of(text)
    if key in known:
        return known[key]
    beginning = {name for word, name in known.items() if len(key) >= 3 and word.startswith(key)}
    inside = {name for word, name in known.items() if len(word) >= 3 and word in key}
    for found in (beginning, inside):
        if len(found) == 1:
            return found.pop()
    near = get_close_matches(key, known, n=1, cutoff=0.75)
    if near:
        return known[near[0]]
    words = ", ".join(f"{place} {name.replace('_', ' ')}" for place, name in enumerate(names, 1))
    raise ReplyError(f"Choose one of: {words}; or answer unknown.")


def _where(reply: str, knowledge: Knowledge) -> Understood:
    if key_of(reply) in _NONE or says_nothing(reply):
        return (), "no place named"
    names = Names(knowledge)
    facts: list[Fact] = []
    shown: list[str] = []
    for part in re.split(r"[,;/+]|\band\b", reply.casefold()):
        if not part.strip():
            continue
        site, side = _site(part, names, knowledge)
        if (site, side) in [(fact.name, fact.side) for fact in facts]:
            continue
        facts.append(Fact(kind="pain", name=site, side=side))
        shown.append(knowledge.sites[site].label + (f", {side}" if side else ""))
    if not facts:
        raise ReplyError("Name a place, low back for example.")
    return tuple(facts), "; ".join(shown)


def _site(text: str, names: Names, knowledge: Knowledge) -> tuple[str, Side | None]:
    """The site that some words name, and the side written with it."""
    words = text.replace("_", " ").split()
    side: Side | None = None
    for word in ("left", "right", "both", "bilateral"):
        if word in words and not names.look_up(" ".join(words), ("site",)):
            side = SIDE_OF[word]
            words.remove(word)
    for candidate in (" ".join(words), _FILLERS.sub(" ", " ".join(words))):
        plain = " ".join(candidate.split())
        found = names.look_up(plain, ("site",))
        one = found[0] if len(found) == 1 else names.guess(plain, ("site",))
        if one is not None:
            paired = knowledge.sites[one.id].sides == "paired"
            return one.id, side if paired else None
    near = search(knowledge, plain, ("site",))
    sure = near and near[0].score >= GOOD and (len(near) == 1 or near[1].score < near[0].score)
    if sure:
        return near[0].id, side if knowledge.sites[near[0].id].sides == "paired" else None
    meant = ", ".join(one.label.lower() for one in near[:4])
    raise ReplyError(
        f"The place {text.strip()!r} is not known."
        + (f" Did you mean: {meant}?" if meant else " Say it in other words, low back for example.")
    )


def _part(question: Question, reply: str, knowledge: Knowledge) -> Understood:
    site = question.key.partition(":")[2]
    parts = question.choices
    if key_of(reply) in {"all", "everywhere", "allover", "diffuse"}:
        return (), "all over"
    options = {part: (knowledge.sites[part].label, *knowledge.sites[part].synonyms)
               for part in parts}  # fmt: skip
    pieces = re.findall(r"[0-9]+", reply) if re.fullmatch(r"[\s0-9,;]+", reply) else None
    pieces = pieces or re.split(r"[,;/+]|\band\b", reply)
    chosen = [_chosen(piece, options) for piece in pieces if piece.strip()]
    unique = tuple(dict.fromkeys(chosen))
    words = "; ".join(knowledge.sites[part].label for part in unique)
    return (Fact(kind="part", name=site, values=unique),), words


def _duration(reply: str) -> str:
    text = reply.casefold().strip().rstrip(".")
    if key_of(text) in {"today", "yesterday", "sinceyesterday", "sincetoday"}:
        return "1 day"
    for words, number in _ROUGHLY.items():
        text = text.replace(words, number)
    text = re.sub(
        r"\b(about|since|for|over|almost|nearly|more than|the last|ago|around)\b", " ", text
    )
    found = re.search(r"([0-9]+(?:[.,][0-9]+)?|[a-z]+)\s*([a-z]+)", text)
    if found:
        number = _COUNTS.get(found[1], found[1].replace(",", "."))
        unit = found[2]
        if unit in WEEKS and re.fullmatch(r"[0-9.]+", str(number)):
            return f"{number} {unit}"
    raise ReplyError("Answer with a number of days, weeks, months or years, 6 weeks for example.")


def _quality(reply: str, knowledge: Knowledge) -> Understood:
    known = {key_of(one): one for one in QUALITIES} | {
        key_of(one): one
        for concept in (*knowledge.findings.values(), *knowledge.traits.values())
        if concept.derive is not None
        for one in concept.derive.pain_quality
    }
    found: list[str] = []
    for word in re.split(r"[\s,;/]+", reply.casefold()):
        key = key_of(word)
        near = [key] if key in known else get_close_matches(key, known, n=1, cutoff=0.8)
        if near and known[near[0]] not in found:
            found.append(known[near[0]])
    if not found:
        raise ReplyError(f"Use words such as {', '.join(_SHOWN_QUALITIES)}; or answer unknown.")
    values = tuple(found)
    return (Fact(kind="detail", name="quality", values=values),), ", ".join(values)
