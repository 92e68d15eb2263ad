"""What cannot wait: red flags as rules over whatever part of a case is known."""

from kinechain.triage.evaluation import Known, Verdict, evaluate
from kinechain.triage.parser import RuleError, parse_rule
from kinechain.triage.rules import Leaf, Rule, leaves
from kinechain.triage.triage import RaisedFlag, ReadFlag, read_flags, triage

__all__ = [
    "Known",
    "Leaf",
    "RaisedFlag",
    "ReadFlag",
    "Rule",
    "RuleError",
    "Verdict",
    "evaluate",
    "leaves",
    "parse_rule",
    "read_flags",
    "triage",
]
