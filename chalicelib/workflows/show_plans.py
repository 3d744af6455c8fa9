"""The plans an ISP can choose from. The plan that every platform begins with speaks the reader's language until the
platform's admin gives it other words."""

from __future__ import annotations

from chalicelib.domain.language import Language
from chalicelib.domain.sentences import Sentence
from chalicelib.schemas.isps import PublicPlan
from chalicelib.storage.platform_plans import platform_plans
from chalicelib.workflows.bootstrap_platform import ABOUT_SELF_HOSTED, SELF_HOSTED


def show_plans(language: Language) -> list[PublicPlan]:
    return [
        PublicPlan.model_validate(plan).model_copy(
            update={
                "name": _shown(plan.name, SELF_HOSTED, language),
                "description": _shown(plan.description, ABOUT_SELF_HOSTED, language),
            }
        )
        for plan in platform_plans()
    ]


def _shown(text: str, built_in: Sentence, language: Language) -> str:
    return built_in.into(language) if text == built_in.into("en") else text
