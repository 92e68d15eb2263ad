"""``fitted.yaml``: written, read, applied; and what happens when it does not fit the knowledge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kinechain.domain.concepts import Condition, Effect, Prior
from kinechain.domain.estimate import Estimate
from kinechain.knowledge.check import check_folder
from kinechain.knowledge.fitted import (
    FILE,
    Fitted,
    Moved,
    Provenance,
    addresses,
    apply,
    fitted_version,
    read_fitted,
    write_fitted,
)
from kinechain.knowledge.knowledge import KnowledgeError, read_knowledge
from kinechain.knowledge.walk import estimates, labels
from tests.support.folder import figure, write_folder

MADE = Provenance(
    knowledge="0123456789ab",
    studies="ba9876543210",
    seed=1,
    held_out_share=0.2,
    steps=4,
    rows_fitted=12,
    rows_held_out=3,
)
LEAK = "findings/sign.leak"
ACTIVATION = "conditions/arthritis.effects[sign].activation"


def moved(**values: tuple[float, float]) -> Fitted:
    """Content of the file; dots and brackets of an address come in by a dictionary."""
    return Fitted(
        provenance=MADE,
        values={name: Moved(entered=old, fitted=new) for name, (old, new) in values.items()},
    )


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    one = moved(**{LEAK: (0.1, 0.123456789012), ACTIVATION: (1 / 3, 1e-9)})
    write_fitted(one, tmp_path / FILE)
    assert read_fitted(tmp_path) == one
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    lines = (tmp_path / FILE).read_text(encoding="utf-8").splitlines()
    assert lines[-1].startswith(f"  {LEAK}:")  # one a line, in the order of their addresses


def test_nothing_moved_is_read_as_well(tmp_path: Path) -> None:
    write_fitted(moved(), tmp_path / FILE)
    assert read_fitted(tmp_path) == moved()


def test_a_folder_without_the_file(tmp_path: Path) -> None:
    assert read_fitted(tmp_path) is None


@pytest.mark.parametrize(
    "text",
    ["provenance: [", "provenance: {}\n", "values: {}\n", "nothing: 1\n", "", "- 1\n"],
)
def test_a_damaged_file_names_the_remedy(text: str, tmp_path: Path) -> None:
    write_folder(tmp_path)
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="kinechain knowledge fit"):
        read_fitted(tmp_path)
    with pytest.raises(KnowledgeError) as raised:
        read_knowledge(tmp_path)
    [issue] = raised.value.issues
    assert issue.where == FILE
    assert "kinechain knowledge fit" in issue.message
    read_knowledge(tmp_path, fitted=False)  # the entered figures can be used all the same


def test_figures_take_their_fitted_values(tmp_path: Path) -> None:
    write_folder(tmp_path)
    before = read_knowledge(tmp_path)
    write_fitted(moved(**{LEAK: (0.1, 0.12), ACTIVATION: (0.6, 0.7)}), tmp_path / FILE)
    after = read_knowledge(tmp_path)
    leak, old = after.findings["sign"].leak, before.findings["sign"].leak
    assert leak is not None
    assert old is not None
    assert (leak.value, leak.entered, leak.low, leak.high) == (0.12, 0.1, old.low, old.high)
    [effect, *_] = after.conditions["arthritis"].effects
    assert effect.activation is not None
    assert (effect.activation.value, effect.activation.entered) == (0.7, 0.6)
    assert effect.activation in after.graph.figures  # the network has it too
    assert all(one.entered is None for one in addresses({"f": before.findings}).values())
    same = after.conditions["arthritis"].prior
    assert same == before.conditions["arthritis"].prior
    assert read_knowledge(tmp_path, fitted=False) == before


def test_the_version_changes_with_the_file(tmp_path: Path) -> None:
    write_folder(tmp_path)
    versions = [read_knowledge(tmp_path).version]
    for value in (0.12, 0.13):
        write_fitted(moved(**{LEAK: (0.1, value)}), tmp_path / FILE)
        versions.append(read_knowledge(tmp_path).version)
        assert versions[-1] == fitted_version(versions[0], tmp_path)
        assert read_knowledge(tmp_path, fitted=False).version == versions[0]
    assert len(set(versions)) == 3
    assert all(len(version) == 12 for version in versions)


def things(**changes: Any) -> dict[str, dict[str, Any]]:
    """A condition and its figures, as they were read."""
    base = {"id": "arthritis", "label": "arthritis", "summary": "?",
            "prior": Prior(base=one(0.2)),
            "effects": (Effect(to="sign", activation=one(0.6)),)}  # fmt: skip
    return {"conditions": {"arthritis": Condition(**(base | changes))}, "findings": {}}


def one(value: float) -> Estimate:
    return msgspec.convert(figure(value), Estimate)


def test_a_figure_that_was_edited_since_stays_as_entered() -> None:
    values = moved(**{ACTIVATION: (0.5, 0.9), "conditions/arthritis.prior.base": (0.2, 0.25)})
    found, [issue] = apply(things(), values)
    arthritis = found["conditions"]["arthritis"]
    assert arthritis.effects == things()["conditions"]["arthritis"].effects
    assert arthritis.prior.base.value == 0.25  # its neighbour is still valid
    assert arthritis.prior.base.entered == 0.2
    assert issue.level == "warning"
    assert issue.where == f"{FILE}: conditions/arthritis"
    assert "effects[sign].activation" in issue.message
    assert "prior.base" not in issue.message
    assert issue.remedy == "run: kinechain knowledge fit"


@pytest.mark.parametrize(
    "address",
    [
        "conditions/gone.prior.base",
        "nothing/arthritis.prior.base",
        "conditions/arthritis.effects[gone].activation",
        "conditions/arthritis.prior",
        "arthritis",
    ],
)
def test_an_unknown_address_is_left_out_with_a_warning(address: str) -> None:
    found, [issue] = apply(things(), moved(**{address: (0.2, 0.3)}))
    assert found == things()
    assert issue.level == "warning"
    assert "1 figures are gone or were edited" in issue.message


def test_the_check_of_a_folder_tells_it(tmp_path: Path) -> None:
    def told() -> list[tuple[str, str]]:
        return [(one.level, one.where) for one in check_folder(tmp_path) if FILE in one.where]

    write_folder(tmp_path)
    write_fitted(moved(**{LEAK: (0.1, 0.12)}), tmp_path / FILE)
    assert told() == []
    write_fitted(moved(**{LEAK: (0.2, 0.3)}), tmp_path / FILE)
    assert told() == [("warning", f"{FILE}: findings/sign")]
    (tmp_path / FILE).write_text("damaged", encoding="utf-8")
    assert told() == [("error", FILE)]


def test_what_is_read_is_not_changed() -> None:
    before = things()
    apply(before, moved(**{ACTIVATION: (0.6, 0.9)}))
    assert before == things()


def test_two_effects_on_one_target_keep_apart() -> None:
    effects = (
        Effect(to="sign", activation=one(0.6), levels={"l4": ()}),
        Effect(to="other", activation=one(0.4)),
        Effect(to="sign", activation=one(0.3), levels={"l5": ()}),
        Effect(to="sign", activation=one(0.2), side="other"),
    )
    assert labels(effects) == ["sign", "other", "sign#2", "sign#3"]
    paths = [path for path, _ in estimates(things(effects=effects)["conditions"]["arthritis"])]
    assert len(set(paths)) == len(paths) == 5
    values = moved(**{ACTIVATION.replace("[sign]", "[sign#2]"): (0.3, 0.9)})
    found, issues = apply(things(effects=effects), values)
    assert not issues
    new = found["conditions"]["arthritis"].effects
    assert [effect.activation.value for effect in new] == [0.6, 0.4, 0.9, 0.2]


def test_a_target_whose_name_begins_like_another() -> None:
    effects = tuple(Effect(to=name, activation=one(0.5)) for name in ("sign", "sign_two", "sign"))
    assert labels(effects) == ["sign", "sign_two", "sign#2"]
    assert labels((one(0.1), one(0.1))) == ["0", "1"]


def test_every_shipped_figure_has_an_address_of_its_own() -> None:
    from kinechain.knowledge import load_knowledge
    from kinechain.knowledge.read import FOLDERS

    known = load_knowledge()
    groups = {name: getattr(known, name) for name in FOLDERS}
    found = addresses(groups)
    total = sum(
        1 for group in groups.values() for thing in group.values() for _ in estimates(thing)
    )
    assert len(found) == total > 1000
    assert all(json.dumps(address) == f'"{address}"' for address in found)  # plain in YAML
