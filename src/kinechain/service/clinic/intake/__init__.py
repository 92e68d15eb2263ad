"""The patient's intake: what is asked, kept as a draft with every step, and handed in at once."""

from kinechain.service.clinic.intake.ahead import Ahead
from kinechain.service.clinic.intake.desk import ClashError, HandedInError, Intake, Stay, View
from kinechain.service.clinic.intake.entered import Entered
from kinechain.service.clinic.intake.typed import TypedError

__all__ = [
    "Ahead", "ClashError", "Entered", "HandedInError", "Intake", "Stay", "TypedError", "View",
]  # fmt: skip
