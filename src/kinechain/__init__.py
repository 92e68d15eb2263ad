"""Kinechain finds where musculoskeletal pain comes from along the kinetic chain.

It supports clinicians, who see the basis of every statement and decide; it is not a
diagnosis. The names below are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kinechain.domain.version import __version__

if TYPE_CHECKING:
    from kinechain.knowledge import load_knowledge
    from kinechain.service.assess import assess, load_case

__all__ = ["__version__", "assess", "load_case", "load_knowledge"]


def __getattr__(name: str) -> Any:
    if name == "load_knowledge":
        from kinechain.knowledge import load_knowledge

        return load_knowledge
    if name in ("assess", "load_case"):
        from importlib import import_module

        return getattr(import_module("kinechain.service.assess"), name)
    raise AttributeError(f"module 'kinechain' has no attribute {name!r}")
