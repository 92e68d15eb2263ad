"""The use cases; the only place where the parts are wired together."""

from kinechain.service.assess import assess, load_case

__all__ = ["assess", "load_case"]
