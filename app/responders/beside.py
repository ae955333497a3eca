"""Which passages are quoted beside an answer: what defines the figures asked for comes first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.responders import passages
from app.responders.passages import Found
from app.responders.plan import Plan
from app.semantic_parser import Reading
from app.semantic_parser.definitions import find
from app.semantic_parser.form import Equals, Filter
from app.semantic_parser.used import metrics_of
from app.semantic_parser.words import say_constant

_MOST = 3
_NEARLY = 0.85


def queries(question: str, plan: Plan) -> list[str]:
    """What the documents are searched for.

    A half that the streams do not answer often leans on the other ("what do we owe the
    customers?"), so it is searched for together with what the other is about.
    """
    context = " ".join(topic(r) for r in plan.readings)
    wanted = [f"{half.text} {context}".strip() for half in plan.others] or [question]
    return [*wanted, *(f"definition of {w}" for w in business_words(plan))]


def subject(question: str, plan: Plan) -> str:
    """What the sentences to quote are to be about."""
    about = [*(half.text for half in plan.others), *(topic(r) for r in plan.readings)]
    return " ".join(about) or question


def business_words(plan: Plan) -> list[str]:
    """Words that no column has and that documents may define, each once."""
    asked = plan.asked.choices if plan.asked else ()
    words = [r.business_word for r in (*plan.readings, *asked) if r.business_word]
    return list(dict.fromkeys(words))


def choose(found: Sequence[Found], plan: Plan, *, answered: bool) -> list[Found]:
    """The passages worth quoting, in the order in which they are.

    Beside rows that are all that was asked for it is one at most; more only where the documents are
    what answers.

    Args:
        found: What a search brought, the most relevant first.
        plan: What is done with the question.
        answered: Whether rows were given.
    """
    if not found:
        return []
    if plan.readings and not plan.others:
        return _beside_rows(found, plan) if answered else []
    defining = _defining(found, business_words(plan))
    strong = [f for f in found if f.relevance >= passages.STRONG]
    kept = [f for f in strong[:_MOST] if f.relevance >= _NEARLY * strong[0].relevance]
    if defining and defining.relevance >= passages.STRONG:
        return [defining, *(f for f in kept if f is not defining)][:_MOST]
    same = len({_section(f) for f in kept}) == 1
    return sorted(kept, key=lambda f: f.passage.start) if same else kept


def topic(reading: Reading) -> str:
    """What a reading is about, for a search: `late parcels`."""
    form = reading.form
    metrics = [m for measure in form.measures[:1] for m in metrics_of(measure)][:1]
    newest = form.newest.filters if form.newest else ()
    filters = (*form.filters, *newest, *(f for m in metrics for f in m.where))
    nouns = [m.noun or form.table.name for m in metrics]
    return " ".join(dict.fromkeys([*_states(filters), *nouns])).replace("_", " ")


def _states(filters: Sequence[Filter]) -> Iterator[str]:
    for one in filters:
        if (
            isinstance(one, Equals)
            and not one.negated
            and one.field.name.lower().endswith("status")
        ):
            yield from (say_constant(v) for v in one.values)


def _beside_rows(found: Sequence[Found], plan: Plan) -> list[Found]:
    words = business_words(plan)
    best = _defining(found, words) or found[0]
    if words:
        sure = best.relevance >= passages.STRONG or _defines(best, words)
        return [best] if sure else []
    titled = _titled(found, topic(plan.readings[0]))
    if titled and titled.relevance >= passages.STRONG:
        return [titled]
    return [f for f in found[:1] if f.passage.similarity >= passages.BESIDE]


def _titled(found: Sequence[Found], about: str) -> Found | None:
    """The passage whose heading names what was counted or measured."""
    words = passages.content_stems(about)
    return next((f for f in found if len(words) > 1 and words <= _heading(f)), None)


def _heading(found: Found) -> frozenset[str]:
    return passages.content_stems(" ".join(found.passage.heading_path[-1:]))


def _defining(found: Sequence[Found], terms: Sequence[str]) -> Found | None:
    """The passage that defines one of the terms, else the first section that has all their words.

    A section defines at its start.
    """
    defining = next((f for f in found if _defines(f, terms)), None)
    words = passages.content_stems(" ".join(terms))
    having = [f for f in found if words and passages.has_words(f.passage, words)]
    section = [f for f in having if _section(f) == _section(having[0])]
    return defining or min(section, key=lambda f: f.passage.start, default=None)


def _defines(found: Found, terms: Sequence[str]) -> bool:
    defined = {definition.term for definition in find(found.passage.text)}
    return not defined.isdisjoint(term.lower() for term in terms)


def _section(found: Found) -> tuple[str, tuple[str, ...]]:
    return found.passage.document, found.passage.heading_path
