"""A definition as a measure or a condition over a root table, read with the grammar itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from app.semantic_parser import grammar
from app.semantic_parser.definitions.extract import Definition
from app.semantic_parser.form import Filter, Form, Measure, Metric, Ratio, Share
from app.semantic_parser.grammar.measures import counted
from app.semantic_parser.grammar.said import Meaning
from app.semantic_parser.linking import Scope
from app.semantic_parser.tokens import Token, tokenize

LEAST = 0.6
"""Least confidence of the reading of a definition."""

_DIVIDED = re.compile(
    r"\s+(?:divided by|as a (?:share|percentage|proportion) of)\s+", re.IGNORECASE
)
_ASIDE = re.compile(
    r",\s+(?:whatever|regardless|counted|by the|and is|as|which|not|however)\b.*", re.DOTALL
)
_PERCENT = re.compile(r"\b(?:rate|share|percent|percentage|proportion|quota)\b", re.IGNORECASE)
_PLUS = re.compile(r"\s+plus\s+", re.IGNORECASE)
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class _Body:
    measure: Measure | None
    filters: tuple[Filter, ...]


def used_in(
    tokens: Sequence[Token], definitions: Sequence[Definition], scope: Scope
) -> tuple[Meaning, ...]:
    """The defined terms that a question uses, as they read over a root table.

    Longer terms come first, so that `gross revenue` is not read as `revenue`. A meaning is empty
    where the definition says nothing that can be computed over the table.
    """
    by_term = {d.term: d for d in definitions}
    found: list[Meaning] = []
    for definition in sorted(definitions, key=lambda d: -len(d.term)):
        for start, stop in _places(tokens, definition.term):
            if any(m.start < stop and start < m.stop for m in found):
                continue
            body = _read(definition, by_term, scope, _DEEPEST) or _Body(None, ())
            found.append(Meaning(definition.term, start, stop, body.measure, body.filters))
    return tuple(found)


def defining(tokens: Sequence[Token], definitions: Sequence[Definition]) -> tuple[Token, ...]:
    """The words that define the terms of a question, which say what tables it is about."""
    used = (d for d in definitions if next(_places(tokens, d.term), None))
    return tuple(token for d in used for token in tokenize(d.text))


def _places(tokens: Sequence[Token], term: str) -> Iterator[tuple[int, int]]:
    stems = _stems(term)
    own = tuple(t.stem for t in tokens)
    whole = False
    for i in range(len(own) - len(stems) + 1 if stems else 0):
        if own[i : i + len(stems)] == stems:
            whole = True
            yield i, i + len(stems)
    if not whole and len(stems) > 1 and _follows(own, stems):
        yield own.index(stems[0]), own.index(stems[0]) + 1


@lru_cache(maxsize=4_096)
def _stems(term: str) -> tuple[str, ...]:
    return tuple(t.stem for t in tokenize(term) if t.kind != "mark")


def _follows(own: tuple[str, ...], stems: tuple[str, ...]) -> bool:
    """`page views that were slow`: the adjective of the term stands behind its noun."""
    adjective, noun = stems[0], stems[1:]
    size = len(noun)
    at = [i for i in range(len(own) - size + 1) if own[i : i + size] == noun]
    return bool(at) and adjective in own[at[0] + size :]


def _read(
    definition: Definition, by_term: Mapping[str, Definition], scope: Scope, depth: int
) -> _Body | None:
    text = _ASIDE.sub("", definition.text)
    parts = _DIVIDED.split(text)
    if len(parts) == 1:
        form = _form(text, definition.term, by_term, scope, depth)
        return None if form is None else _whole(form)
    if len(parts) != 2:
        return None
    part, whole = (_form(p, definition.term, by_term, scope, depth) for p in parts)
    if part is None or whole is None:
        return None
    return _divided(part, whole, as_share=_PERCENT.search(definition.term) is not None)


def _form(
    text: str, term: str, by_term: Mapping[str, Definition], scope: Scope, depth: int
) -> Form | None:
    """The form of a text; terms in it that are defined themselves are read first."""
    tokens = tokenize(_PLUS.sub(" or ", text))
    inner = [d for t, d in by_term.items() if t != term]
    meanings: list[Meaning] = []
    for definition in inner if depth else ():
        for start, stop in _places(tokens, definition.term):
            body = _read(definition, by_term, scope, depth - 1)
            if body is not None:
                meanings.append(Meaning(definition.term, start, stop, body.measure, body.filters))
    draft = grammar.understand(tokens, (), scope, meanings=tuple(meanings))
    draft.intent = 1.0
    if not draft.measures and (found := counted.next_counted(draft, 0)):  # "all sessions"
        draft.take(found.start, found.stop, "noun", found.score)
        draft.add_measure(found.metric, found.start, found.stop)
    form = grammar.assemble(draft)
    if form is None or grammar.judged(draft, form).confidence < LEAST:
        return None
    return form


def _whole(form: Form) -> _Body | None:
    """A measure with its conditions; of bare rows only the conditions."""
    if not _is_simple(form):
        return None
    measure = form.measures[0] if form.measures else None
    if isinstance(measure, Metric) and measure.function != "count":
        return _Body(measure, form.filters)
    return _Body(None, form.filters) if form.filters else None


def _divided(part: Form, whole: Form, *, as_share: bool) -> _Body | None:
    if not (_is_simple(part) and _is_simple(whole)):
        return None
    above, below = part.measures[:1], whole.measures[:1]
    if not above or not below:
        return None
    first, second = above[0], below[0]
    if not (isinstance(first, Metric) and isinstance(second, Metric)):
        return None
    first, second = _conditional(first, part), _conditional(second, whole)
    return _Body(Share(first, second) if as_share else Ratio(first, second), ())


def _conditional(metric: Metric, form: Form) -> Metric:
    return replace(metric, where=(*metric.where, *form.filters))


def _is_simple(form: Form) -> bool:
    extra = form.group or form.bucket or form.having or form.newest or form.summary
    return not extra and form.time is None and len(form.measures) <= 1
