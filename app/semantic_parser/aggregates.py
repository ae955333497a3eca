"""Rules that find what is computed: counts, sums, averages, extremes, percentiles."""

from __future__ import annotations

import re
from decimal import Decimal

from app.catalog.model import Column
from app.semantic_parser.draft import Draft
from app.semantic_parser.form import Function, Metric
from app.semantic_parser.lexicon import (
    AGGREGATES,
    COUNTING,
    DISTINCT,
    EXISTENCE,
    EXTREMES,
    POPULAR,
    RANKS,
)
from app.semantic_parser.linking import ColumnTerms, Link, link_column, named_by
from app.semantic_parser.measures import (
    IMPLIED,
    first_measure,
    measure_after,
    measure_before,
    measures_of,
    of_kind,
    ranking_function,
    reachable,
)
from app.semantic_parser.tokens import name_parts
from app.semantic_parser.types import (
    is_additive,
    is_boolean,
    is_money,
    is_text,
)

_PERCENTILE_CODE = re.compile(r"p(\d{1,2}(?:\.\d)?)\Z")


def metrics(draft: Draft) -> None:
    """Every aggregate that the question names."""
    for i in range(len(draft.tokens)):
        if draft.is_free(i):
            _metric_at(draft, i)
    if not draft.metrics:
        _implied(draft)


def _metric_at(draft: Draft, i: int) -> None:
    counting = next((w for w in COUNTING if draft.matches(i, w)), None)
    aggregate = next((a for a in AGGREGATES if draft.matches(i, a[0])), None)
    word = draft.text(i)
    if counting:
        _count(draft, i, i + len(counting))
    elif any(draft.matches(i, w) for w in EXISTENCE) and i <= 1:
        _exists(draft, i)
    elif aggregate:
        _aggregate(draft, i, i + len(aggregate[0]), aggregate[1])
    elif (percentile := _percentile(draft, i)) is not None:
        fraction, stop = percentile
        _aggregate(draft, i, stop, "percentile", fraction)
    elif word in EXTREMES:
        _extreme(draft, i)
    elif word in {"most", "fewest", "least"}:
        _most(draft, i)
    elif word == "by" and draft.is_ranked and not draft.metrics:
        _by(draft, i)


def _count(draft: Draft, start: int, stop: int) -> None:
    draft.take(start, stop, "metric")
    draft.intent = 1.0
    _count_noun(draft, stop)


def _exists(draft: Draft, start: int) -> None:
    draft.intent = max(draft.intent, 0.9)
    _count_noun(draft, start)


def _count_noun(draft: Draft, i: int) -> None:
    """What is counted: rows, distinct ids, distinct values, or units that add up."""
    distinct = False
    passed = 0
    for k in reachable(draft, i):
        if draft.text(k) in DISTINCT:
            distinct = True
            draft.take(k, k + 1, "metric")
            continue
        metric = _counted(draft, k, distinct=distinct)
        if metric:
            draft.doubt *= 1.0 if not passed else 0.9
            _add(draft, metric)
            _check_second_noun(draft, k)
            return
        passed += draft.is_free(k) and not _is_verb(draft, k)
    draft.doubt *= 1.0 if not passed else 0.6
    _add(draft, implied_count(draft))


def _check_second_noun(draft: Draft, k: int) -> None:
    """`how many orders and payments` counts two things, which one metric cannot."""
    while draft.roles.get(k) == "noun":
        k += 1
    if draft.text(k) == "and":
        following = draft.skip_small_words(k)
        stem = draft.stems[following] if following < len(draft.stems) else ""
        if draft.table_noun(following) is not None or named_by(draft.terms, stem):
            draft.doubt *= 0.4


def implied_count(draft: Draft) -> Metric:
    """What is counted where no noun says it: what the table is named after."""
    words = draft.terms.table.name.replace("_", " ").lower()
    return _rows_or_ids(draft, named_by(draft.terms, draft.terms.name[-1]), words)


def _counted(draft: Draft, k: int, *, distinct: bool) -> Metric | None:
    """What the noun at `k` counts, if it is one."""
    if _is_verb(draft, k):
        return None
    ends, identity = draft.table_noun(k), named_by(draft.terms, draft.stems[k])
    column = draft.column_at(k, _countable, least=0.7)
    if ends is not None and (column is None or ends >= column.stop or column.column == identity):
        draft.take(k, ends, "noun")
        return _rows_or_ids(draft, identity, _said(draft, k, ends))
    if identity is not None and identity not in draft.group:
        draft.take(k, k + 1, "noun", 0.97)
        return _rows_or_ids(draft, identity, draft.text(k))
    link = _named_column(draft, k)
    if link:
        draft.take(k, link.stop, "noun", link.score)
        return Metric("count", link.column, distinct=True, noun=_said(draft, k, link.stop))
    units = draft.column_at(k, measures_of(draft), least=0.75)
    if units and is_additive(units.column) and not is_money(units.column) and not distinct:
        draft.take(k, units.stop, "metric", units.score)
        return Metric("sum", units.column)
    if draft.stems[k] in draft.terms.comment:
        draft.take(k, k + 1, "noun", 0.9)
        return Metric("count", noun=draft.text(k))
    return None


def _named_column(draft: Draft, k: int) -> Link | None:
    """The column that words at `k` name in full, without words that only its comment has."""
    link = draft.column_at(k, _countable, least=0.7)
    if link is None or link.column in draft.group:
        return None
    named = {*name_parts(link.column.name)}
    stop = next((j for j in range(k, link.stop) if draft.stems[j] not in named), link.stop)
    again = link_column(draft.terms, draft.stems[:stop], k, _countable) if stop > k else None
    return again if again and again.column == link.column and again.score >= 0.95 else None


def _is_verb(draft: Draft, k: int) -> bool:
    """Whether the word is what is done and not what is counted: `how many tents were ordered`."""
    word = draft.text(k)
    return word in POPULAR or (
        word.endswith("ed") and not draft.terms.table.name.lower().endswith("ed")
    )


def _said(draft: Draft, start: int, stop: int) -> str:
    return " ".join(draft.text(j) for j in range(start, stop))


def _rows_or_ids(draft: Draft, identity: Column | None, noun: str) -> Metric:
    if identity is None or draft.terms.table.primary_key == (identity.name,):
        return Metric("count", noun=noun)
    return Metric("count", identity, distinct=True, noun=noun)


def _aggregate(
    draft: Draft, start: int, stop: int, function: Function, fraction: Decimal = Decimal("0.5")
) -> None:
    """A sum, an average and so on, of the measure named after it, or else before it."""
    k = draft.skip_small_words(stop)
    if function == "sum" and draft.metrics and draft.text(start) in {"in", "altogether"}:
        draft.take(start, stop, "metric")
        return
    if any(draft.matches(k, w) for w in COUNTING):  # "total number of" is a count
        if function == "sum":
            draft.take(start, stop, "metric")
        return
    link = measure_after(draft, stop) or measure_before(draft, start)
    if link is None and draft.matches(start, ("how", "much")):
        link = of_kind(draft, "money", start)
    if link is None and function == "sum":
        _total_rows(draft, start, stop)
        return
    link = link or of_kind(draft, "any", start)
    if link is None:
        return
    draft.take(start, stop, "metric")
    draft.take(link.start, link.stop, "metric", link.score)
    _add(draft, Metric(function, link.column, fraction=fraction), link.score)


def _total_rows(draft: Draft, start: int, stop: int) -> None:
    """`total orders` is a count."""
    for k in reachable(draft, stop):
        metric = _counted(draft, k, distinct=False)
        if metric:
            draft.take(start, stop, "metric")
            _add(draft, metric)
            return


def _percentile(draft: Draft, i: int) -> tuple[Decimal, int] | None:
    """`p95`, `95th percentile`."""
    code = _PERCENTILE_CODE.match(draft.text(i))
    if code:
        return Decimal(code[1]) / 100, i + 1
    number = draft.tokens[i].number
    ordinal = draft.text(i + 1) in {"th", "st", "nd", "rd"}
    if number is not None and number < 100 and ordinal and draft.text(i + 2) == "percentile":
        return number / 100, i + 3
    return None


def _extreme(draft: Draft, i: int) -> None:
    """`the highest amount`; with groups, `highest amount` ranks them by it."""
    direction, kind = EXTREMES[draft.text(i)]
    begin = i
    if draft.text(i) == "expensive" and draft.text(i - 1) in {"most", "least"}:
        begin, direction = i - 1, RANKS[draft.text(i - 1)]
    k = draft.skip_small_words(i + 1)
    ranks = bool(draft.group or draft.bucket)
    if any(draft.matches(k, w) for w in (*COUNTING, *(a for a, _ in AGGREGATES))):
        if ranks:
            draft.direction = direction
            draft.take(begin, i + 1, "ask")
        return
    link = measure_after(draft, i + 1) or of_kind(draft, kind, i)
    if link is None:
        return
    function: Function = "max" if direction == "most" else "min"
    if ranks:
        if draft.table_noun(k) is None:  # "the longest rides" are single rows
            function = ranking_function(link.column, function)
        draft.direction = direction
    draft.take(begin, i + 1, "metric")
    draft.take(link.start, link.stop, "metric", link.score)
    _add(draft, Metric(function, link.column), link.score)


def _most(draft: Draft, i: int) -> None:
    """`the most late parcels`, `the most revenue`; only a ranking of groups makes sense of it."""
    if not (draft.group or draft.bucket):
        return
    draft.direction = RANKS[draft.text(i)]
    draft.take(i, i + 1, "ask")
    draft.intent = 1.0
    if draft.text(i + 1) in POPULAR:
        draft.take(i + 1, i + 2, "ask")
    k = draft.skip_small_words(i + 1)
    if any(draft.matches(k, w) for w in (*COUNTING, *(a for a, _ in AGGREGATES))):
        return
    link = measure_after(draft, i + 1, reach=4)
    if link:
        draft.take(link.start, link.stop, "metric", link.score)
        _add(draft, Metric(ranking_function(link.column, "max"), link.column), link.score)
    else:
        _count_noun(draft, i + 1)


def _by(draft: Draft, i: int) -> None:
    """`top 3 products by amount`, `... by orders`."""
    k = draft.skip_small_words(i + 1)
    if any(draft.matches(k, w) for w in (*COUNTING, *(a for a, _ in AGGREGATES))):
        draft.take(i, i + 1, "ask")
        return
    link = measure_after(draft, i + 1, reach=3)
    if link:
        draft.take(i, i + 1, "ask")
        draft.take(link.start, link.stop, "metric", link.score)
        _add(draft, Metric(ranking_function(link.column, "max"), link.column), link.score)
        return
    for j in reachable(draft, k):
        metric = _counted(draft, j, distinct=False)
        if metric:
            draft.take(i, i + 1, "ask")
            _add(draft, metric)
            return


def _implied(draft: Draft) -> None:
    """A measure or rows asked for without a word for the aggregate: `revenue per city`."""
    if draft.listing or not (draft.group or draft.bucket or draft.time or draft.filters):
        money = of_kind(draft, "money", -1, spoken=True)
        if not draft.listing and money:
            _add(draft, Metric("sum", money.column), money.score)
        return
    grouped = bool(draft.group or draft.bucket)
    link = None
    if draft.kind:
        link = of_kind(draft, draft.kind, -1)
    link = link or of_kind(draft, "money", -1, spoken=True)
    if link is None and grouped and not draft.is_ranked:
        link = first_measure(draft)
    if link:
        default: Function = "max" if draft.kind else "avg"
        draft.take(link.start, link.stop, "metric", link.score)
        _add(draft, Metric(ranking_function(link.column, default), link.column), link.score)
        draft.intent = max(draft.intent, 0.9)
    elif grouped:
        draft.intent = max(draft.intent, 0.9)
        _count_noun(draft, 0)


def _add(draft: Draft, metric: Metric, score: float = 1.0) -> None:
    if score <= IMPLIED:  # no word names it, so no token carries the doubt
        draft.doubt *= score
    if metric not in draft.metrics:
        draft.metrics.append(metric)
    draft.intent = max(draft.intent, 1.0 if score > 0.6 else 0.9)


def _countable(terms: ColumnTerms) -> bool:
    return terms.is_id or is_text(terms.column) or is_boolean(terms.column)
