"""Writes one thing of the knowledge of care: treatment, factor, drugs, course, instrument."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kinechain.cli.output import show, title, wrapped

if TYPE_CHECKING:
    from kinechain.service.catalogue import Thing

KINDS = {
    "treatments": "treatment", "health_factors": "health factor", "drug_classes": "class of drugs",
    "courses": "natural course", "instruments": "instrument",
}  # fmt: skip
HEADED = frozenset({"id", "label", "kind", "regions", "synonyms", "question", "note",
                    "reviewed_on", "loinc"})  # fmt: skip
"""What stands above already, see `kinechain.cli.things`."""


def show_care(thing: Thing) -> None:
    """Write everything that the file holds, in its order.

    Parameters
    ----------
    thing
        Of a kind in `KINDS`.
    """
    import msgspec

    plain: dict[str, Any] = msgspec.to_builtins(thing.content)
    for key, value in plain.items():
        if key in HEADED or value in (None, False, (), [], {}, ""):
            continue
        words = key.replace("_", " ")
        if isinstance(value, list | tuple) and value and isinstance(value[0], dict):
            title(words)
            for one in value:  # pyright: ignore[reportUnknownVariableType]
                show(wrapped(_told(one), 2, 4))
        else:
            show(wrapped(f"{words}: {_told(value)}", 2, 4))


def _told(value: Any) -> str:
    """A value in one line: keys with their values, lists with commas."""
    if isinstance(value, dict):
        parts = (
            f"{str(key).replace('_', ' ')} {_told(one)}"  # pyright: ignore[reportUnknownArgumentType]
            for key, one in value.items()  # pyright: ignore[reportUnknownVariableType]
            if one not in (None, False, (), [], {}, "")
        )
        return "; ".join(parts)
    if isinstance(value, list | tuple):
        return ", ".join(_told(one) for one in value)  # pyright: ignore[reportUnknownVariableType]
    return f"{value:g}" if isinstance(value, float) else str(value)
