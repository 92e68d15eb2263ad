"""Whose session it is, and what the program knows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from kinechain.domain.version import __version__
from kinechain.knowledge.choir import choir_of
from kinechain.web.api import models
from kinechain.web.api.exchange import described, reply
from kinechain.web.clinic import Clinic, clinic_of
from kinechain.web.security.visitor import visitor_of

router = APIRouter(tags=["about"])


@router.get("/me", name="api_me", **described(models.Me))
def me(request: Request) -> Response:
    """Whose session it is, and the token that changing requests bring along."""
    visitor = visitor_of(request)
    roles = tuple(sorted(visitor.kinds))
    return reply(models.Me(name=visitor.name, roles=roles, csrf=visitor.csrf))


@router.get("/sites", name="api_sites", **described(models.Sites))
def sites(clinic: Annotated[Clinic, Depends(clinic_of)]) -> Response:
    """The regions of the body map, as a fact about pain names them."""
    known = clinic.knowledge.sites.values()
    return reply(
        models.Sites(
            sites=tuple(
                models.SiteShown(
                    site=one.id, label=one.label, is_paired=one.sides == "paired",
                    definition=one.definition, parts=one.parts,
                    choir=choir_of(one, clinic.knowledge.sites),
                )
                for one in known
            )
        )
    )  # fmt: skip


@router.get("/knowledge", name="api_knowledge", **described(models.About))
def knowledge(clinic: Annotated[Clinic, Depends(clinic_of)]) -> Response:
    """Version and extent of the knowledge with which new assessments are made."""
    known = clinic.knowledge
    return reply(
        models.About(
            program_version=__version__, knowledge_version=known.version,
            conditions=len(known.conditions), findings=len(known.findings),
            treatments=len(known.treatments), red_flags=len(known.red_flags),
            sources=len(known.sources),
        )
    )  # fmt: skip
