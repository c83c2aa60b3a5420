"""The same entities as Presidio recognizers, without any language model.

Presidio is the contract: ``engine().analyze(text, "zh", context=header_words(header))``
gives what ``find.in_text`` gives.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

from presidio_analyzer import (
    AnalysisExplanation,
    AnalyzerEngine,
    EntityRecognizer,
    RecognizerRegistry,
    RecognizerResult,
)
from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngineProvider

from . import find, normal
from .entities import ENTITIES, Entity
from .headers import says


class TableRecognizer(EntityRecognizer):
    """One row of the entity table."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        super().__init__(
            supported_entities=[entity.name],
            supported_language="zh",
            name=f"{entity.name}_recognizer",
            context=list(entity.words),
        )

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self,
        text: str,
        entities: list[str],  # noqa: ARG002 Presidio asks each recognizer for its own
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002
    ) -> list[RecognizerResult]:
        plain, offsets = normal.with_offsets(text)
        results = []
        for start, end in find.matches(self.entity, plain):
            score = find.score(self.entity, plain, start, end)
            first, last = normal.original_span(offsets, start, end)
            why = AnalysisExplanation(
                recognizer=self.name,
                original_score=score,
                pattern_name=self.entity.standard,
                pattern=self.entity.core,
            )
            results.append(RecognizerResult(self.entity.name, first, last, score, why))
        return results


def registry(entities: tuple[Entity, ...] = ENTITIES) -> RecognizerRegistry:
    """A registry of our recognizers alone: the shipped ones miss or leak mainland Chinese data."""
    made = RecognizerRegistry(supported_languages=["zh"])
    for entity in entities:
        made.add_recognizer(TableRecognizer(entity))
    return made


@cache
def engine() -> AnalyzerEngine:
    """An analyzer with the no-op language engine: no model, no download, no network."""
    settings: dict[str, Any] = {
        "nlp_engine_name": "no_op",
        "models": [{"lang_code": "zh", "model_name": "no_op"}],
    }
    with warnings.catch_warnings():  # it says that no text context is used: words near by are ours
        warnings.filterwarnings("ignore", message="LemmaContextAwareEnhancer cannot use context")
        return AnalyzerEngine(
            nlp_engine=NlpEngineProvider(nlp_configuration=settings).create_engine(),
            registry=registry(),
            supported_languages=["zh"],
            default_score_threshold=find.THRESHOLD,
            context_aware_enhancer=LemmaContextAwareEnhancer(context_matching_mode="whole_word"),
        )


@cache
def header_words(header: str) -> list[str]:
    """The words of a column's header that speak for an entity: what Presidio calls context."""
    words = {word for entity in ENTITIES for word in entity.words}
    return sorted(word for word in words if says(header, (word,)))


def in_text(text: str, header: str = "") -> list[find.Span]:
    """Presidio's findings in a cell, conflicts resolved."""
    results = engine().analyze(text, language="zh", context=header_words(header))
    return find.resolve([find.Span(r.start, r.end, r.entity_type, r.score) for r in results])
