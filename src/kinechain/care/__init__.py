"""From an assessment to one stepped plan, and from scores over time to what to do next."""

from kinechain.care.plan import content_of, draft_plan
from kinechain.care.revision import RevisionError, approve, compare, revise

__all__ = ["RevisionError", "approve", "compare", "content_of", "draft_plan", "revise"]
