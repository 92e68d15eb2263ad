"""The commands. What needs the knowledge or NumPy is imported when a command runs."""

from __future__ import annotations

from kinechain.cli.assess import assess
from kinechain.cli.audit import audit
from kinechain.cli.backup import backup, restore
from kinechain.cli.benchmark import benchmark
from kinechain.cli.benchmark_alarms import alarms as benchmark_alarms
from kinechain.cli.benchmark_calibration import calibration as benchmark_calibration
from kinechain.cli.benchmark_courses import courses as benchmark_courses
from kinechain.cli.benchmark_interview import interview as benchmark_interview
from kinechain.cli.case import case
from kinechain.cli.database import database
from kinechain.cli.explain import explain
from kinechain.cli.follow_up import follow_up
from kinechain.cli.gait import gait
from kinechain.cli.interview import interview
from kinechain.cli.knowledge import knowledge
from kinechain.cli.plan import plan
from kinechain.cli.plans import plans
from kinechain.cli.program import main
from kinechain.cli.serve import serve
from kinechain.cli.users import users
from kinechain.cli.vocabulary import conditions, findings

for _command in (
    interview,
    assess,
    plan,
    follow_up,
    plans,
    gait,
    explain,
    case,
    findings,
    conditions,
    knowledge,
    benchmark,
    serve,
    users,
    backup,
    restore,
    audit,
    database,
):
    main.add_command(_command)
benchmark.add_command(benchmark_interview)
benchmark.add_command(benchmark_calibration)
benchmark.add_command(benchmark_alarms)
benchmark.add_command(benchmark_courses)

__all__ = ["main"]
