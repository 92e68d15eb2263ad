"""The option `--base-rates`: a clinic's own base rates in place of the knowledge's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kinechain.cli.output import Refusal, show_issues

if TYPE_CHECKING:
    from kinechain.intake import CaseReading
    from kinechain.knowledge import Knowledge
    from kinechain.knowledge.base_rates import BaseRates

Function = TypeVar("Function", bound=Callable[..., Any])


def base_rates_option(function: Function) -> Function:
    """Add the option to a command, as its argument `base_rates`.

    Parameters
    ----------
    function
        The command's function.
    """
    return click.option("--base-rates", metavar="FILE", type=click.Path(),
                        help="Your clinic's own base rates, a YAML file.")(function)  # fmt: skip


def with_own_rates(path: str | None, knowledge: Knowledge) -> tuple[Knowledge, BaseRates | None]:
    """The knowledge with the base rates of a file, if one is given.

    Parameters
    ----------
    path
        The file; None for the knowledge as it is.
    knowledge
        The knowledge.

    Raises
    ------
    Refusal
        When the file has errors; all of them are shown.
    """
    if path is None:
        return knowledge, None
    from kinechain.knowledge.base_rates_file import BaseRatesError
    from kinechain.service.base_rates import clinic_knowledge

    try:
        return clinic_knowledge(path, knowledge)
    except BaseRatesError as error:
        show_issues(error.issues)
        raise Refusal("The base rates cannot be used, and nothing was run; see above.") from error


def case_in_clinic(
    path: str | None, knowledge: Knowledge, reading: CaseReading
) -> tuple[Knowledge, CaseReading]:
    """The knowledge and the case with a clinic's base rates, if a file of them is given.

    Parameters
    ----------
    path
        The file; None for both as they are.
    knowledge
        The knowledge.
    reading
        What was read of the case.
    """
    from kinechain.service.base_rates import in_clinic

    rated, rates = with_own_rates(path, knowledge)
    return rated, in_clinic(reading, rates, knowledge) if rates else reading
