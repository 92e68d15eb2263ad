"""`kinechain knowledge rules`: the tables, JSON, one rule, a name that does not exist."""

from __future__ import annotations

import json

from tests.unit.cli.conftest import Run


def test_one_rule(run: Run) -> None:
    done = run("knowledge", "rules", "--rule", "ottawa_ankle")
    assert done.exit_code == 0, done.output
    text = " ".join(done.stdout.split())
    for said in ("OTTAWA ANKLE RULE (ANKLE_FRACTURE)", "negative 0.0 0.0 to 0.8", "positive ~21",
                 "pairs of strata in the published order", "Alarm:", "From 1: sensitivity 0.99",
                 "1 rules, 4 patients"):  # fmt: skip
        assert said in text


def test_json(run: Run) -> None:
    done = run("knowledge", "rules", "--rule", "ottawa_foot", "--json")
    (rule,) = json.loads(done.stdout)["rules"]
    assert rule["id"] == "ottawa_foot"
    assert [one["label"] for one in rule["strata"]] == ["negative", "positive"]
    assert rule["orders_agree"] == rule["pairs"] == 1


def test_a_rule_that_does_not_exist(run: Run) -> None:
    done = run("knowledge", "rules", "--rule", "no_such")
    assert done.exit_code == 2
    assert "no rule called 'no_such'" in done.stderr
    assert "wells_dvt" in done.stderr
