"""The pages, one module for each group."""

from kinechain.web.pages import (
    account,
    assessment,
    facts,
    patient,
    patient_questions,
    patient_steps,
    person,
    report,
    sign_in,
    start,
    what_if,
    worklist,
)

ROUTERS = (
    account.router,
    assessment.router,
    facts.router,
    patient.router,
    patient_questions.router,
    patient_steps.router,
    person.router,
    report.router,
    sign_in.router,
    start.router,
    what_if.router,
    worklist.router,
)
