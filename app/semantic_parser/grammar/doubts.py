"""Checks over a finished reading: signs that it may answer another question than was asked.

To add one, write a function from a `Draft` and its `Form` to a reason (empty where there is none)
and put it into `CHECKS`. Each reason keeps the reading below what is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.semantic_parser import used
from app.semantic_parser.form import (
    Compares,
    Equals,
    Field,
    Form,
    Metric,
    Related,
    Share,
    ShareOfAll,
)
from app.semantic_parser.grammar import omissions
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import ways
from app.semantic_parser.grammar.measures import implied
from app.semantic_parser.grammar.slots import is_category
from app.semantic_parser.lexicon import COUNTING, EXTREMES, RANKS, STOP
from app.semantic_parser.tokens import name_parts, word_set
from app.semantic_parser.types import is_additive

_NEAR = 4
_AGGREGATED = word_set("total average mean avg sum combined overall median altogether")


_ADDING = word_set(
    "spend pay earn sell buy consum generat produc collect bring mak order donat driv mov total"
)
"""Stems of what adds up over time."""


def check(draft: Draft, form: Form) -> None:
    """Lowers the trust in a reading once for each check that finds a reason to."""
    for find in CHECKS:
        reason = find(draft, form)
        if reason:
            draft.distrust(reason)


def _best_by_what(draft: Draft, form: Form) -> str:
    """`the best city`: the end is known only with what is measured."""
    judged = draft.ranking.judged if draft.ranking else None
    if judged is None or implied.is_bad(draft):
        return ""
    said = any(role == "measure" for role in draft.roles.values())
    by = any(draft.text(i) == "by" and role == "order" for i, role in draft.roles.items())
    return "" if said or by or not form.group else f"“{judged}” by what is not said"


def _one_value_of_two(_draft: Draft, form: Form) -> str:
    """`late parcels that were not delivered` is about parcels, each with several rows."""
    seen: dict[Field, bool] = {}
    for condition in form.filters:
        if not isinstance(condition, Equals):
            continue
        if seen.setdefault(condition.field, condition.negated) != condition.negated:
            return f"it asks for and against values of {_said(condition.field)}"
    return ""


def _two_values_at_once(_draft: Draft, form: Form) -> str:
    """`late parcels delivered today`: no row has two values of one field."""
    seen: dict[Field, tuple[object, ...]] = {}
    for condition in form.filters:
        if isinstance(condition, Equals) and not condition.negated:
            before = seen.setdefault(condition.field, condition.values)
            if not set(before) & set(condition.values):
                return f"it asks for two values of {_said(condition.field)} at once"
    return ""


def _threshold_of_a_group(draft: Draft, form: Form) -> str:
    """`customers who spent over 500 euros` is about a sum; single rows are compared instead."""
    if not (form.group or _counts_things(form) or (form.distinct and form.columns)):
        return ""
    for stated in draft.filters:
        condition = stated.filter
        if not (isinstance(condition, Compares) and isinstance(condition.left, Field)):
            continue
        if not is_additive(condition.left.column) or isinstance(condition.right, Field):
            continue
        own = any(
            rows.stop == stated.start
            for i in range(stated.start)
            if (rows := draft.rows_at(i, taken=True))
        )  # "more than 2 orders over 100 euros"
        own = own or _is_held(draft, stated.start - 1)
        if not own and (form.having or not _rows_come_first(draft, stated.start)):
            return (
                f"the limit on {_said(condition.left)} may be meant for the total or for each row"
            )
    return ""


def _is_held(draft: Draft, i: int) -> bool:
    """`trucks carrying over 1000 kg`: what each has at one time, unlike what it is earning."""
    return draft.text(i).endswith("ing") and draft.stem(i) not in _ADDING


def _counts_things(form: Form) -> bool:
    return any(m.function == "count" and m.of and m.distinct for m in _metrics(form))


def _rows_come_first(draft: Draft, start: int) -> bool:
    """Whether rows are named before the number: `orders over 500 EUR per customer`."""
    return any(draft.rows_at(i, taken=True) for i in range(start))


def _rows_of_extremes(draft: Draft, form: Form) -> str:
    """`orders with the highest amount per city` wants single rows of each city."""
    if not form.group or any(m.function not in {"sum", "avg"} for m in _metrics(form)):
        return ""
    for i in range(len(draft) - 2):
        words = draft.said(i, i + 2)
        rows = draft.rows_at(i - 1, taken=True)
        if words == "with the" and rows and rows.stop == i and draft.text(i + 2) in EXTREMES:
            return "single rows of each group may be wanted"
    return ""


def _figure_and_rows(draft: Draft, _form: Form) -> str:
    """`the smallest and largest payment`: a figure and rows, of which only one is given."""
    if not (draft.listing and draft.measures):
        return ""
    taken = (draft.text(i) for i, role in draft.roles.items() if role in {"ask", "order"})
    word = next((w for w in taken if w in EXTREMES or w in RANKS), "")
    return f"“{word}” is not part of it" if word else ""


def _nothing_but_groups(draft: Draft, form: Form) -> str:
    """`by device please` leans on a question before it."""
    said = set(draft.roles.values()) - {"context"}
    grouped = bool(said & {"group", "bucket"}) and said <= {"group", "bucket", "time"}
    named = any(
        draft.rows_at(i, taken=True) and draft.roles.get(i) not in {"group", "bucket"}
        for i in range(len(draft))
    )
    only = grouped and not named and not form.columns and not draft.leans
    return "what is asked for is not said" if only else ""


def _each_of_several(draft: Draft, form: Form) -> str:
    """`for every carrier: parcels delivered, late and lost` wants a figure for each of them."""
    counting = any(
        draft.said(i, i + len(w)) == " ".join(w) for i in range(len(draft)) for w in COUNTING
    )
    if not form.group or counting or draft.ranking:
        return ""
    many = any(
        isinstance(f, Equals) and not f.negated and len(f.values) > 2 and f.field not in form.group
        for f in form.filters
    )
    said = any(draft.text(i) == "and" for i in range(len(draft)))
    return "each value may be wanted on its own" if many and said else ""


def _having_of_nothing(_draft: Draft, form: Form) -> str:
    """A limit on a measure that composites have put elsewhere."""
    beyond = any(h.measure >= len(form.measures) for h in form.having)
    mixed = any(not isinstance(form.measures[h.measure], Metric) for h in form.having if not beyond)
    return "what the limit is on is not clear" if beyond or mixed else ""


def _summary_of_ranked(_draft: Draft, form: Form) -> str:
    """`highest average price`: one aggregate over groups, of which only some are wanted."""
    both = form.summary is not None and form.limit is not None
    return "groups are ranked and put together at once" if both else ""


def _ranked_in_nothing(draft: Draft, form: Form) -> str:
    """A ranking of a figure that is only one: nothing is ranked."""
    ranked = draft.ranking is not None and draft.ranking.limit is not None
    if not ranked or form.group or form.bucket or form.order or form.summary:
        return ""
    return "what is to be ranked is not known"


def _adjective_not_measured(draft: Draft, form: Form) -> str:
    """`the cheapest hour`, where nothing that is computed is a price."""
    kind = draft.ranking.kind if draft.ranking else None
    metrics = list(_metrics(form))
    counted = bool(metrics) and all(m.function == "count" for m in metrics)
    return "what makes them so is not known" if kind in {"money", "duration"} and counted else ""


def _head_not_given(draft: Draft, form: Form) -> str:
    """`meters with a mean voltage below 230`: the meters are asked for, and no figure of them."""
    for i in range(len(draft)):
        if draft.text(i) in STOP or draft.roles.get(i) in {"time", "filter", "order", "context"}:
            continue
        noun = draft.noun_at(i, taken=True)
        link = next(draft.fields_at(i, is_category, least=0.85, taken=True), None)
        stop = max(noun.stop if noun else 0, link.stop if link else 0)
        if not stop or draft.text(stop) not in {"with", "whose", "that", "who", "which", "having"}:
            return ""
        said = draft.said(i, stop)
        if (noun is not None and noun.is_rows) or any(said in m.noun for m in _metrics(form)):
            return ""
        asked = {*(noun.key if noun else ()), *([link.field] if link else [])}
        counted = set(used.of_measures(form.measures))
        given = {*form.group, *form.columns, *counted}
        rows = any(m.function == "count" and m.of is None for m in _metrics(form))
        own = {(f.table, f.name) for f in asked} == {
            (form.table.name, name) for name in form.table.primary_key
        }
        return "" if asked & given or (rows and own) else f"which {said} is not told by it"
    return ""


def _count_of_groups(draft: Draft, form: Form) -> str:
    """`most frequent genre of each branch`: counting branches by branch finds one of each."""
    key = set(form.table.primary_key)
    mine = [f for f in form.group if f.table == form.table.name]
    known = key and (key <= {f.name for f in mine} or any(_is_name(draft, f) for f in mine))
    counts = [m for m in _metrics(form) if m.function == "count"]
    own = counts and all(m.of is None or _is_key(form, m.of) for m in counts)
    return "each is counted once, and what is to be counted is not said" if own and known else ""


def _is_name(draft: Draft, field: Field) -> bool:
    """Whether it is what rows themselves are called, and not whose they are: `label_name`."""
    whose = {p for p in name_parts(field.name) if p != "nam"}
    own = {word for phrase in draft.scope.root.nouns for word in phrase}
    return field.name.lower().rpartition("_")[2] == "name" and whose <= own


def _is_key(form: Form, operand: object) -> bool:
    return isinstance(operand, Field) and form.table.primary_key == (operand.name,)


def _which_way(draft: Draft, form: Form) -> str:
    """Two keys lead to another table, of who reports and is reported, and neither is said."""
    related = (f.join for f in form.filters if isinstance(f, Related))
    table = ways.unclear(draft, (*form.joins, *related))
    return f"rows refer to {table} in more than one way" if table else ""


def _total_compared(draft: Draft, form: Form) -> str:
    """`machines with a total cost over 3000`: the total is compared, and not each row."""
    totals = {m.of for m in _metrics(form) if m.function in {"sum", "avg"}}
    for stated in draft.filters:
        if not isinstance(stated.filter, Compares) or stated.filter.left not in totals:
            continue
        before = {draft.text(i) for i in range(max(0, stated.start - _NEAR), stated.stop)}
        if before & _AGGREGATED:
            return f"the limit on {draft.said(stated.start, stated.stop)} may be on the total"
    return ""


def _rate_of_what(draft: Draft, form: Form) -> str:
    """`click-through rate in %`, where `rate` was read as a number that is put in percent."""
    shares = any(isinstance(m, Share | ShareOfAll) for m in form.measures)
    rate = any(
        draft.text(i) in {"rate", "rates"} and role in {"noun", "measure"}
        for i, role in draft.roles.items()
    )
    unsure = shares and rate and not draft.defined
    return "which rate is meant is not known" if unsure else ""


def _number_of_many(_draft: Draft, form: Form) -> str:
    """The energy of charging sessions asked of meter readings: only the site is the same."""
    many = {join.table.name for join in form.joins if join.many}
    foreign = next((f for f in used.of_measures(form.measures) if f.table in many), None)
    return f"{_said(foreign)} belongs to several rows of another table" if foreign else ""


def _added_again(_draft: Draft, form: Form) -> str:
    """The bill of each repair out of notes on repairs: it is added once for every note."""
    sums = {m.of for m in _metrics(form) if m.function == "sum"}
    for join in form.joins:
        own = {mine for mine, _ in join.on} & {*form.group}
        again = next((f for f in sums if isinstance(f, Field) and f.table == join.table.name), None)
        if own and again and not join.many:
            return f"{_said(again)} would be added up once for each row"
    return ""


def _states_of_many(_draft: Draft, form: Form) -> str:
    """Things by a state out of a log of states: each of them has been in several."""
    logs = {join.table.name for join in form.joins if join.many and join.table.time_attribute}
    state = next((f for f in form.group if f.table in logs and "stat" in f.name.lower()), None)
    return f"each may have had more than one {_said(state)}" if state and not form.newest else ""


def _metrics(form: Form) -> Iterator[Metric]:
    return (m for x in form.measures for m in used.metrics_of(x))


def _said(field: Field) -> str:
    return field.name.replace("_", " ")


CHECKS: tuple[Callable[[Draft, Form], str], ...] = (
    _best_by_what,
    _one_value_of_two,
    _two_values_at_once,
    _threshold_of_a_group,
    _rows_of_extremes,
    _figure_and_rows,
    _nothing_but_groups,
    _each_of_several,
    _having_of_nothing,
    _summary_of_ranked,
    _ranked_in_nothing,
    _adjective_not_measured,
    _count_of_groups,
    *omissions.CHECKS,
    _rate_of_what,
    _number_of_many,
    _added_again,
    _states_of_many,
    _total_compared,
    _which_way,
    _head_not_given,
)
