"""The gait laboratory's use cases."""

from kinechain.service.gait.analysis import GaitAnalysis, GaitRequest, analyse_gait
from kinechain.service.gait.plain import as_plain

__all__ = ["GaitAnalysis", "GaitRequest", "analyse_gait", "as_plain"]
