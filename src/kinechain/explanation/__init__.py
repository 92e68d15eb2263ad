"""Says what an inference means: origins, paths, arguments, alerts, what to ask next."""

from kinechain.explanation.danger import alerts, not_excluded
from kinechain.explanation.evidence import contribution_results, judgement_shares
from kinechain.explanation.next_steps import next_steps
from kinechain.explanation.origins import condition_results, origin_results
from kinechain.explanation.paths import site_results

__all__ = [
    "alerts",
    "condition_results",
    "contribution_results",
    "judgement_shares",
    "next_steps",
    "not_excluded",
    "origin_results",
    "site_results",
]
