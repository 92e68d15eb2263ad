"""Reads, checks and expands the reviewed knowledge into one immutable value."""

from kinechain.knowledge.knowledge import Knowledge, KnowledgeError, load_knowledge

__all__ = ["Knowledge", "KnowledgeError", "load_knowledge"]
