"""Reads a case file: gathers issues, converts units, derives what follows from values."""

from kinechain.intake.read_case import CaseReading, parse_case, read_case
from kinechain.intake.search import search
from kinechain.intake.template import template

__all__ = ["CaseReading", "parse_case", "read_case", "search", "template"]
