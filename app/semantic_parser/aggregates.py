"""Rules that find what is computed: counts, sums, averages, extremes, percentiles."""

from __future__ import annotations

import re
from decimal import Decimal

from app.semantic_parser.counts import (
    add,
    count_noun,
    count_sold,
    countable,
    counted,
    ranks_sold,
)
from app.semantic_parser.doubts import is_bad
from app.semantic_parser.draft import Draft
from app.semantic_parser.form import Function, Metric
from app.semantic_parser.lexicon import (
    AGGREGATES,
    COUNTING,
    DURATION_NOUNS,
    EXISTENCE,
    EXTREMES,
    GROUP_BY,
    MONEY_WORDS,
    POPULAR,
    RANKS,
    MeasureKind,
)
from app.semantic_parser.linking import named_by
from app.semantic_parser.measures import (
    first_measure,
    measure_after,
    measure_at,
    measure_before,
    of_kind,
    ranking_function,
    reachable,
)
from app.semantic_parser.types import is_duration

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


def judge(draft: Draft) -> None:
    """The worst by a bad thing has most of it, the best least."""
    if draft.judged:
        wants_most = (draft.judged == "worst") == is_bad(draft)
        draft.direction = "most" if wants_most else "least"


def _count(draft: Draft, start: int, stop: int) -> None:
    draft.take(start, stop, "metric")
    draft.intent = 1.0
    count_noun(draft, stop)


def _exists(draft: Draft, start: int) -> None:
    draft.intent = max(draft.intent, 0.9)
    count_noun(draft, start)


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
    if function != "sum" and _is_of_counts(draft, stop):
        return  # "average orders per hour" is an average over counts
    link = measure_after(draft, stop) or measure_before(draft, start)
    if link is None and draft.matches(start, ("how", "much")):
        link = of_kind(draft, "money", start)
    if link is None and function == "sum":
        _total_rows(draft, start, stop)
        return
    # "orders per customer on average" is an average over counts too.
    has_count = any(m.function == "count" for m in draft.metrics)
    link = link or (None if has_count else of_kind(draft, _kind_asked(draft), start))
    if link is None or (link.start == link.stop and _is_rate(draft)):
        return
    draft.take(start, stop, "metric")
    draft.take(link.start, link.stop, "metric", link.score)
    add(draft, Metric(function, link.column, fraction=fraction), link.score)


def _kind_asked(draft: Draft) -> MeasureKind:
    """What an adjective elsewhere asks for: what `takes the longest on average` is a duration."""
    words = {t.text for t in draft.tokens}
    timed = any(w in words and kind == "duration" for w, (_, kind) in EXTREMES.items())
    return "duration" if timed or "long" in words else "any"


def _is_rate(draft: Draft) -> bool:
    """`page views per minute on average` is an average over counts."""
    rows = any(draft.named_at(i) is not None for i in range(len(draft.tokens)))
    return rows and draft.bucket is not None


def _is_of_counts(draft: Draft, i: int) -> bool:
    """Whether a noun from `i` on is of things to count and names no measure."""
    k = draft.skip_small_words(i)
    while draft.roles.get(k) in {"bucket", "value", "time"}:
        k = draft.skip_small_words(k + 1)
    if not draft.is_free(k):
        return False
    measure = measure_at(draft, k)
    link = draft.column_at(k, countable, least=0.75)
    ends = draft.table_noun(k) or (link.stop if link else None)
    if ends is None and named_by(draft.terms, draft.stems[k]):
        ends = k + 1
    while ends is not None and draft.is_free(ends) and draft.stems[ends] in draft.terms.comment:
        ends += 1
    if ends is None or (measure and (measure.score >= 0.85 or measure.stop > ends)):
        return False
    following = draft.stems[ends] if ends < len(draft.stems) else ""
    return measure_at(draft, ends) is None and following not in MONEY_WORDS | DURATION_NOUNS


def _total_rows(draft: Draft, start: int, stop: int) -> None:
    """`total orders` is a count."""
    for k in reachable(draft, stop):
        metric = counted(draft, k, distinct=False)
        if metric:
            if draft.text(stop - 1) == "of" or draft.text(stop) == "of":
                draft.distrust("a total of rows may be their number or an amount")
            draft.take(start, stop, "metric")
            add(draft, metric)
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
    if draft.text(i) == "expensive":
        if draft.text(i - 1) not in RANKS:
            return
        begin, direction = i - 1, RANKS[draft.text(i - 1)]
    k = draft.skip_small_words(i + 1)
    ranks = bool(draft.group or draft.bucket)
    if any(draft.matches(k, w) for w in (*COUNTING, *(a for a, _ in AGGREGATES))):
        if ranks:
            draft.direction = direction
            draft.take(begin, i + 1, "ask")
        return
    if draft.text(i) in {"highest", "lowest", "peak"} and _is_of_counts(draft, i + 1):
        return
    link = measure_after(draft, i + 1) or of_kind(draft, kind, i)
    if link is None:
        return
    function: Function = "max" if direction == "most" else "min"
    if ranks:
        direct = is_duration(link.column) and link.start == k and not draft.is_ranked
        if draft.table_noun(k) is None and not (
            direct and _is_split(draft, k)
        ):  # "the longest rides" are single rows
            function = ranking_function(link.column, function)
        draft.direction = direction
    draft.take(begin, i + 1, "metric")
    draft.take(link.start, link.stop, "metric", link.score)
    add(draft, Metric(function, link.column), link.score)


def _is_split(draft: Draft, i: int) -> bool:
    """Whether `per ...` follows: `fastest load time per page` is a minimum of each page."""
    splits = (w for w in GROUP_BY if w not in {("by",), ("across",)})
    return any(draft.matches(k, w) for w in splits for k in range(i, len(draft.tokens)))


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
        if draft.text(i) == "fewest":
            draft.distrust(f"“fewest” counts, and {draft.text(link.start)} is measured")
        draft.take(link.start, link.stop, "metric", link.score)
        add(draft, Metric(ranking_function(link.column, "max"), link.column), link.score)
    else:
        count_noun(draft, i + 1)


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
        add(draft, Metric(ranking_function(link.column, "max"), link.column), link.score)
        return
    for j in reachable(draft, k):
        metric = counted(draft, j, distinct=False)
        if metric:
            draft.take(i, i + 1, "ask")
            add(draft, metric)
            return


def _implied(draft: Draft) -> None:
    """A measure or rows asked for without a word for the aggregate: `revenue per city`."""
    if draft.listing or not (draft.group or draft.bucket or draft.time or draft.filters):
        money = of_kind(draft, "money", -1, spoken=True)
        if not draft.listing and money:
            add(draft, Metric("sum", money.column), money.score)
        return
    grouped = bool(draft.group or draft.bucket)
    if draft.is_ranked and ranks_sold(draft):
        count_sold(draft)
        return
    link = of_kind(draft, draft.kind, -1) if draft.kind else None
    link = link or of_kind(draft, "money", -1, spoken=True)
    if link is None and grouped and not draft.is_ranked:
        link = first_measure(draft)
    if link:
        default: Function = "max" if draft.kind else "avg"
        draft.take(link.start, link.stop, "metric", link.score)
        add(draft, Metric(ranking_function(link.column, default), link.column), link.score)
        draft.intent = max(draft.intent, 0.9)
    elif grouped:
        draft.intent = max(draft.intent, 0.9)
        count_noun(draft, 0)
