"""The JSON interface under ``/api/v1``."""

from fastapi import APIRouter

from kinechain.web.api import about, assessments, document, persons
from kinechain.web.api.document import PREFIX

ROUTER = APIRouter(prefix=PREFIX)
for _part in (document, about, persons, assessments):
    ROUTER.include_router(_part.router)
