"""Checks that find words with a meaning that did not get into a finished reading.

Each is a function from a `Draft` and its `Form` to a reason, empty where there is none.
"""

from __future__ import annotations

from collections.abc import Callable

from app.semantic_parser import used
from app.semantic_parser.form import Compares, Duration, Equals, Field, Form, Null, Related
from app.semantic_parser.grammar import leftovers, slots
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import nulls
from app.semantic_parser.grammar.measures import operands
from app.semantic_parser.lexicon import STOP
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import is_money

_LOOKING = word_set("look looks looked looking")
_SEEING = word_set("viewed browsed visited")
_VIEWS = word_set("view visit brows impression")
"""Stems in the name of a table that tells of what was looked at."""
_TAKEN = frozenset({"time", "bucket", "filter", "composite", "group", "order", "context"})
_LACKING = word_set("no without never")
_MARKS = frozenset({",", "and", "&"})
_OWN = 0.95
"""Score of the table's own name."""

_ELSEWHERE = 0.9
"""Score of the name of another table."""


def _field_not_used(draft: Draft, form: Form) -> str:
    """A count beside a field that is named and not used may be of something else."""
    known = used.of_form(form)
    metrics = [m for x in form.measures for m in used.metrics_of(x)]
    if not metrics or any(m.function != "count" for m in metrics):
        return ""
    names = {name for f in known for name in (f.name, f.within)}
    for i in range(len(draft)):
        if draft.roles.get(i) in _TAKEN or leftovers.is_done(draft, i):
            continue
        if any(m.start <= i < m.stop for m in draft.measures):
            continue  # "spotlight operators" are operators
        link = next(draft.fields_at(i, least=0.97, taken=True), None)
        if link is None or link.hops or link.field.name in names:
            continue
        if link.field == draft.time_field or draft.noun_at(i, taken=True):
            continue
        return f"{_spelled(link.field)} is not part of it"
    return ""


def _number_left_out(draft: Draft, form: Form) -> str:
    """`total amount and orders`, where nothing became of the orders."""
    known = used.of_form(form)
    for measured in draft.measures:
        k = operands.past_marks(draft, measured.stop)
        if k == measured.stop or not draft.is_free(k):
            continue
        link = next(draft.fields_at(k, slots.is_measure, least=0.85), None)
        number = link is not None and link.field not in known
        rows = draft.rows_at(k)
        counted = rows is not None and rows.score >= _OWN and not _is_counted(form)
        if number or counted or (operands.is_money_said(draft, k) and not _tells_money(form)):
            return f"“{draft.text(k)}” is not part of it"
    return ""


def _money_left_out(draft: Draft, form: Form) -> str:
    """`revenue and number of orders`, where nothing became of the revenue."""
    for i in range(len(draft)):
        k = operands.past_marks(draft, i + 1)
        listed = k > i + 1 and draft.roles.get(k) == "measure"
        said = draft.is_free(i) and operands.is_money_said(draft, i)
        if listed and said and not _tells_money(form):
            return f"“{draft.text(i)}” is not part of it"
    return ""


def _rows_as_well(draft: Draft, form: Form) -> str:
    """`orders per city and revenue`, where only the revenue is told."""
    rows = draft.noun_at(0, taken=True)
    if rows is None or draft.text(rows.stop) not in {"per", "by"} or _is_counted(form):
        return ""
    for measured in draft.measures:
        first = measured.start
        while draft.roles.get(first - 1) == "measure" and draft.text(first - 1) not in _MARKS:
            first -= 1
        if draft.text(first - 1) in _MARKS:
            return f"the number of {draft.said(0, rows.stop)} is not part of it"
    return ""


def _tells_money(form: Form) -> bool:
    return any(is_money(field.column) for field in used.of_form(form))


def _is_counted(form: Form) -> bool:
    return any(m.function == "count" for x in form.measures for m in used.metrics_of(x))


def _number_as_well(draft: Draft, _form: Form) -> str:
    """`number, total and average amount` wants a count too."""
    for i in range(len(draft)):
        listed = draft.text(i + 1) in {",", "and"}
        if draft.text(i) in {"number", "count"} and listed and draft.is_free(i):
            return f"“{draft.text(i)}” is not part of it"
    return ""


def _names_of_all(draft: Draft, form: Form) -> str:
    """`which chargers are in error state`, where no condition was found."""
    limited = draft.filters or form.time or form.newest or form.limit
    if not (form.distinct and form.columns) or limited or draft.text(0) not in {"which", "what"}:
        return ""
    for i, token in enumerate(draft.tokens):
        plain = draft.is_free(i) and token.kind == "word" and token.text not in STOP
        if plain and draft.rows_at(i) is None:
            return f"“{token.raw}” may say which of them"
    return ""


def _small_word_in_capitals(draft: Draft, _form: Form) -> str:
    """`in AT`, `IT`: a code that this table does not know, and no small word."""
    if all(t.raw.isupper() for t in draft.tokens if t.kind == "word" and len(t.raw) > 1):
        return ""
    for i, token in enumerate(draft.tokens):
        code = token.raw.isupper() and len(token.raw) > 1 and token.kind == "word"
        if code and draft.is_free(i) and token.text in STOP:
            return f"“{token.raw}” is not known here"
    return ""


def _column_left_out(draft: Draft, form: Form) -> str:
    """`with id, test and value`, of which only the first became a column."""
    if not form.columns or len(form.columns) >= len(form.table.columns):
        return ""
    for i in range(1, len(draft)):
        listed = draft.text(i - 1) in {",", "and", "&"} and draft.roles.get(i - 2) == "noun"
        if not listed or draft.roles.get(i) not in {None, "context"}:
            continue
        link = next(draft.fields_at(i, least=0.85, taken=True), None)
        if link is not None and link.field not in form.columns:
            return f"{_spelled(link.field)} is not shown"
    return ""


def _group_left_out(draft: Draft, form: Form) -> str:
    """`per branch`, of which nothing became of the branch."""
    for i in range(len(draft)):
        each = draft.said(i, i + 2) in {"for each", "for every", "in each", "in every"}
        if not (draft.text(i) == "per" or each) or not draft.is_free(i):
            continue
        k = i + 1 + each
        k += draft.text(k) in {"the", "single", "individual"}
        link = next(draft.fields_at(k, least=0.75, taken=True), None)
        known = link and (link.field in form.group or link.field in form.limit_per)
        if link and not known and draft.roles.get(k) not in {"bucket", "composite", "group"}:
            return f"“{draft.said(k, link.stop)}” is not part of it"
    return ""


def _spelled(field: Field) -> str:
    return field.name.replace("_", " ")


def _who_left_out(draft: Draft, form: Form) -> str:
    """`who had the longest duty`, where only the duty is told."""
    told = form.group or form.columns
    return "who it is is not told by it" if draft.text(0) == "who" and not told else ""


def _which_left_out(draft: Draft, form: Form) -> str:
    """`which visit brought the highest bill`, where only the bill is told."""
    metrics = [m for x in form.measures for m in used.metrics_of(x)]
    ends = bool(metrics) and all(m.function in {"min", "max"} for m in metrics)
    told = form.group or form.columns or form.bucket
    if draft.text(0) != "which" or told or not ends or draft.noun_at(1, taken=True) is None:
        return ""
    return f"which {draft.text(1)} it is is not told by it"


def _order_left_out(draft: Draft, form: Form) -> str:
    """`oldest first`, where nothing is ordered."""
    ordered = form.order or form.limit or form.newest or form.measures
    for i in range(len(draft)):
        if not ordered and draft.roles.get(i) == "order":
            return f"“{draft.text(i)}” is not part of it"
    return ""


def _none_of_its_own(draft: Draft, _form: Form) -> str:
    """`planes that have no flight`, read over flights: those are in no row of them."""
    for stated in draft.filters:
        if not isinstance(stated.filter, Null) or stated.filter.negated:
            continue
        noun = next((n for i in range(stated.start, stated.stop)
                     if (n := draft.rows_at(i, taken=True))), None)  # fmt: skip
        if noun is not None and noun.score >= _OWN and noun.stop >= stated.stop:
            return f"those without {draft.said(noun.start, noun.stop)} may be in no row"
    return ""


def _no_left_out(draft: Draft, _form: Form) -> str:
    """`which fitters have no notes`, read over notes: all that do have one."""
    for i in range(1, len(draft)):
        if draft.text(i) not in _LACKING or not draft.is_free(i):
            continue
        k = i + 1
        while draft.text(k) in {"any", "a", "an", "single"} or draft.roles.get(k) == "filter":
            k += 1
        if draft.rows_at(k, taken=True):
            return f"“{draft.said(i, k + 1)}” is not part of it"
    return ""


def _none_at_all(_draft: Draft, form: Form) -> str:
    """`which lifts had no alarm`: those with a row that has none may have one in another row."""
    lacking = (f.field for f in form.filters if isinstance(f, Null) and not f.negated)
    some = next((field for field in lacking if nulls.tells_none(field)), None)
    own = {f.name for f in form.columns} & {*form.table.primary_key}
    named = form.distinct and form.columns and not own and form.newest is None
    return f"each may have {_spelled(some)} in another row" if named and some else ""


def _two_things(draft: Draft, _form: Form) -> str:
    """`how many orders and payments` counts two things, each of a table of its own."""
    root = draft.scope.root.table.name
    for measured in draft.measures:
        i = measured.stop
        if draft.text(i) not in {"and", "or", "&"}:
            continue
        for start in (measured.start, i + 1):
            noun = next((n for n in draft.nouns_at(start, taken=True) if n.table != root), None)
            if noun is not None and noun.score >= _ELSEWHERE and not noun.is_rows:
                return f"{draft.said(noun.start, noun.stop)} have a table of their own"
    return ""


def _seen_elsewhere(draft: Draft, form: Form) -> str:
    """`which product is looked at most`, read over orders where another table has views."""
    read = {f.table for f in used.of_form(form)} | {form.table.name}
    read |= {f.join.table.name for f in form.filters if isinstance(f, Related)}
    for i in range(len(draft)):
        looks = draft.text(i) in _LOOKING and draft.text(i + 1) == "at"
        if not (looks or draft.text(i) in _SEEING):
            continue
        told = {t.table.name for t in draft.scope.tables if _VIEWS & {*t.name}}
        if told and not told & read:
            return f"“{draft.text(i)}” is told of in another table"
    return ""


def _length_of_others(_draft: Draft, form: Form) -> str:
    """`delivered 2 hours after it was ordered`, read over payments: those are neither end."""
    lengths = (f.left for f in form.filters if isinstance(f, Compares))
    ends = {f.table for d in lengths if isinstance(d, Duration) for f in (d.start, d.end)}
    states = (f.field.table for f in form.filters if isinstance(f, Equals))
    other = len(ends) > 1 and any(table not in ends for table in states)
    return "when it came to that is told in another table" if other else ""


CHECKS: tuple[Callable[[Draft, Form], str], ...] = (
    _field_not_used,
    _number_left_out,
    _money_left_out,
    _rows_as_well,
    _number_as_well,
    _names_of_all,
    _small_word_in_capitals,
    _column_left_out,
    _group_left_out,
    _who_left_out,
    _which_left_out,
    _order_left_out,
    _none_of_its_own,
    _no_left_out,
    _none_at_all,
    _two_things,
    _seen_elsewhere,
    _length_of_others,
)
