"""Rules that find what is asked for each of: groups, rankings, and listings of rows."""

from __future__ import annotations

from app.catalog.model import Column
from app.semantic_parser import times
from app.semantic_parser.draft import Draft
from app.semantic_parser.form import Bucket, Equals
from app.semantic_parser.lexicon import (
    AGGREGATES,
    COMPARISONS,
    COUNTING,
    DONE,
    EARLIEST,
    EXTREMES,
    GROUP_BY,
    JUDGED,
    LATEST,
    LISTING,
    POPULAR,
    RANKS,
    STOP,
    TOP,
    Direction,
    MeasureKind,
)
from app.semantic_parser.linking import ColumnTerms, Link, named_by
from app.semantic_parser.measures import measures_of
from app.semantic_parser.tokens import name_parts
from app.semantic_parser.types import is_boolean, is_text, is_time

MANY = 10
"""How many groups a ranking shows where no number is given."""


def rankings(draft: Draft) -> None:
    """`top 3 products`, `busiest city`, `the 5 slowest pages`, `most popular product`."""
    for i in range(len(draft.tokens)):
        found = _ranking(draft, i) if draft.is_free(i) else None
        if found is None:
            continue
        stop, direction, kind = found
        number, begin = _number_before(draft, i)
        if number is None:
            number, stop = _number_at(draft, stop)
        target = _skip_taken(draft, stop)
        if _rank_target(draft, target, direction, kind, number):
            if draft.text(i) in JUDGED and stop == i + 1 + (number is not None and begin == i):
                draft.judged = "best" if draft.text(i) == "best" else "worst"
            draft.take(begin, stop, "ask")


def _ranking(draft: Draft, i: int) -> tuple[int, Direction, MeasureKind | None] | None:
    """Where ranking words at `i` end, which end they want, and of what kind of measure."""
    word, following = draft.text(i), draft.text(i + 1)
    if word in TOP:
        return i + 1, TOP[word], None
    if word in RANKS and following == "expensive":
        return i + 2, RANKS[word], "money"
    if word in {"most", "least"}:
        if _is_done(draft, i + 1) and draft.is_free(i + 1):
            return i + 2, RANKS[word], None
        return (i + 1, RANKS[word], None) if _is_participle_value(draft, i + 1) else None
    if word in RANKS and word != "fewest":
        return i + 1, RANKS[word], None
    if word == "best" and following == "selling" and _is_done(draft, i + 1):
        return i + 2, "most", None
    if word in JUDGED and following != "selling":
        return i + 1, "most" if word == "best" else "least", None
    if word in EXTREMES and word != "expensive":
        direction, kind = EXTREMES[word]
        return i + 1, direction, kind
    return None


def _is_done(draft: Draft, i: int) -> bool:
    """`most viewed`, where the table's rows are views."""
    word, terms = draft.text(i), draft.terms
    if word not in DONE:
        return word in POPULAR
    return bool(DONE[word] & {*terms.name, *terms.comment})


def _is_participle_value(draft: Draft, i: int) -> bool:
    """`most cancelled`, where `cancelled` is a value; `searched` is not the page `search`."""
    if draft.roles.get(i) != "value":
        return False
    said = {str(v).rpartition("_")[2] for f in draft.filters if isinstance(f, Equals)
            for v in f.values if draft.stems[i] in name_parts(str(v))}  # fmt: skip
    return any(v.endswith("ed") for v in said)


def _rank_target(
    draft: Draft, i: int, direction: Direction, kind: MeasureKind | None, number: int | None
) -> bool:
    """Groups, buckets or rows that are ranked; False where the words at `i` are a measure."""
    if i < len(draft.tokens) and draft.is_free(i) and (unit := times.unit_of(draft.tokens[i])):
        draft.bucket = Bucket(unit)
        draft.take(i, i + 1, "bucket")
    else:
        stop = draft.table_noun(i)
        is_measured = measures_of(draft)
        link = draft.column_at(i, lambda c: _groupable(c) and not is_measured(c), least=0.75)
        measure = draft.column_at(i, is_measured, least=0.6)
        if link and draft.column_at(link.stop, is_measured, least=0.9):
            return False  # "the highest order amount" is about the amount
        if measure and (link is None or measure.score > link.score) and stop is None:
            return False
        if stop is not None and (link is None or stop >= link.stop):
            return not _is_grouped(draft) and _rank_rows(
                draft, range(i, stop), (direction, kind), number
            )
        if link is None:
            return False
        _add_group(draft, link)
    draft.direction, draft.kind, draft.is_ranked = direction, kind, True
    draft.limit = number or (MANY if _is_plural(draft, i) else 1)
    draft.intent = 1.0
    return True


def _is_grouped(draft: Draft) -> bool:
    """Whether groups are asked for elsewhere: `which machine has the longest alarms`."""
    asked = any(t.text == "which" for t in draft.tokens)
    return asked or any(draft.matches(k, w) for k in range(len(draft.tokens)) for w in GROUP_BY)


def _rank_rows(
    draft: Draft, span: range, ranking: tuple[Direction, MeasureKind | None], number: int | None
) -> bool:
    """`the 5 largest orders`: rows by a measure."""
    draft.take(span.start, span.stop, "noun")
    draft.listing, draft.intent = True, 1.0
    draft.direction, draft.kind = ranking
    draft.limit = number or (MANY if _is_plural(draft, span.stop - 1) else 1)
    return True


def groups(draft: Draft) -> None:
    """`per city`, `by carrier and status`, `which carriers ...`, `the city with the most ...`."""
    for i in range(len(draft.tokens)):
        if not draft.is_free(i):
            continue
        words = next((w for w in GROUP_BY if draft.matches(i, w)), None)
        if words:
            _grouped_by(draft, i, i + len(words))
        elif draft.text(i) in {"which", "what"}:
            _which(draft, i)
        elif draft.text(i) in LISTING:
            _list_of_values(draft, i)
        elif draft.text(i) in {"with", "having"} or draft.matches(i, ("that", "has")):
            _with_the_most(draft, i)


def _grouped_by(draft: Draft, start: int, i: int) -> None:
    """A column after `per`, and more of them after commas and `and`."""
    while True:
        j = draft.skip_small_words(i)
        link = draft.column_at(j, _groupable, least=0.5)
        if link is None or link.column in draft.group:
            _check_more_groups(draft, i, j)
            return
        if is_boolean(link.column) and link.score <= 0.8:
            draft.distrust(f"“{draft.text(j)}” is not known as something to group by")
            return  # a comment's words for a flag are a condition
        measure = draft.column_at(j, measures_of(draft), least=0.6)
        rather = measure and (draft.is_ranked or measure.column != link.column)
        if rather and measure and measure.score >= link.score:
            return
        if _only_some(draft, link):
            draft.take(link.start, link.stop, "value", link.score)
            return
        draft.take(start, j, "group")
        _add_group(draft, link)
        i = start = link.stop
        if draft.text(i) not in {"and", ",", "per", "by"}:
            return
        i += 1
        if draft.text(i) in {"per", "by", "and"}:
            i += 1


def _only_some(draft: Draft, link: Link) -> bool:
    """`by carriers other than X` says whose rows, and not to count them for each carrier."""
    excluded = any(isinstance(f, Equals) and f.negated and f.column == link.column
                   for f in draft.filters)  # fmt: skip
    return excluded and draft.roles.get(link.stop) == "value"


def _check_more_groups(draft: Draft, i: int, j: int) -> None:
    """`per branch and account type`, where no column is known by the latter."""
    if not draft.group or draft.text(i - 1) != "and" or not draft.is_free(j):
        return
    asks = {w[0] for w, _ in AGGREGATES} | {w[0] for w in COUNTING} | {*EXTREMES, *RANKS, *LISTING}
    known = draft.column_at(j, lambda _: True, least=0.75)
    if draft.text(j) not in asks and draft.tokens[j].kind == "word" and known is None:
        draft.distrust(f"“{draft.text(j)}” is not known as something to group by")


def _which(draft: Draft, i: int) -> None:
    j = _skip_taken(draft, i + 1)
    if draft.text(i + 1) == "of":
        j = _skip_taken(draft, draft.skip_small_words(i + 2))
    if not draft.is_free(j):
        return
    unit = times.unit_of(draft.tokens[j])
    if unit and _has_rank(draft):
        draft.bucket = Bucket(unit)
        draft.take(i, j + 1, "bucket")
        draft.limit = 1
        return
    stop = draft.table_noun(j)
    link = draft.column_at(j, _groupable, least=0.7)
    if link and (stop is None or link.stop > stop) and not _is_row_noun(draft, link, j):
        draft.take(i, i + 1, "ask")
        _add_group(draft, link)
        draft.intent = max(draft.intent, 0.95)
        if _has_rank(draft):
            draft.limit = MANY if _is_plural(draft, link.stop - 1) else 1
    elif stop is not None or link is not None:
        draft.take(i, i + 1, "ask")
        draft.take(j, stop or (link.stop if link else j), "noun", link.score if link else 1.0)
        draft.listing, draft.intent = True, max(draft.intent, 0.95)


def _list_of_values(draft: Draft, i: int) -> None:
    """`list customers in Berlin`: the values of a column with their counts, and no rows."""
    j = draft.skip_small_words(i + 1)
    link = draft.column_at(j, _groupable, least=0.9)
    rows = link is None or draft.table_noun(j) is not None or _is_row_noun(draft, link, j)
    if link and not rows and i <= 2 and draft.text(link.stop) not in {"of", "and", ","}:
        draft.take(i, i + 1, "ask")
        _add_group(draft, link)
        draft.intent = max(draft.intent, 0.9)


def _is_row_noun(draft: Draft, link: Link, i: int) -> bool:
    """Whether a noun of an id column means the table's rows: `which parcels are late`."""
    if _has_rank(draft):
        return False
    stem = draft.stems[i]
    own = stem in draft.terms.name or stem in draft.terms.comment
    return own and named_by(draft.terms, stem) == link.column


def _with_the_most(draft: Draft, i: int) -> None:
    """`the city with the most orders`, `products that have the highest ...`."""
    j = draft.skip_small_words(i)
    counted = _counts_rows(draft, j)
    if not counted and draft.text(j) not in RANKS and draft.text(j) not in EXTREMES:
        return
    for start in range(max(0, i - 3), i):
        link = draft.column_at(start, _groupable, least=0.75)
        own = link is not None and link.column.name in draft.terms.table.primary_key
        if link and link.stop == i and not own:
            _add_group(draft, link)
            if not counted:
                draft.limit = MANY if _is_plural(draft, i - 1) else 1
            draft.intent = max(draft.intent, 0.95)
            return


def _counts_rows(draft: Draft, i: int) -> bool:
    """`more than 10 orders`, but not `more than 2 attempts` where attempts are a number."""
    for words, _ in COMPARISONS:
        number = i + len(words)
        if draft.matches(i, words) and _whole(draft, number) is not None:
            after = draft.skip_small_words(number + 1)
            measure = draft.column_at(after, measures_of(draft), least=0.9)
            return measure is None and after < len(draft.tokens)
    return False


def listings(draft: Draft) -> None:
    """`show the latest 5 failed payments`, `last order`, `list refunds`."""
    first = next((i for i in range(len(draft.tokens)) if draft.text(i) not in STOP), 0)
    if draft.text(first) in LISTING and draft.is_free(first):
        draft.take(first, first + 1, "ask")
        draft.intent = max(draft.intent, 1.0)
        draft.listing = draft.listing or not (draft.metrics or draft.group or draft.bucket)
    for i in range(len(draft.tokens)):
        if draft.is_free(i) and draft.text(i) in LATEST | EARLIEST:
            _latest(draft, i)
    if draft.listing and not draft.group:
        number = next((k for k in range(len(draft.tokens)) if _is_row_count(draft, k)), None)
        if number is not None and draft.limit is None:
            draft.limit = _whole(draft, number)
            draft.take(number, number + 1, "ask")


def _latest(draft: Draft, i: int) -> None:
    most = draft.text(i - 1) == "most"
    number, begin = _number_before(draft, i - most)
    stop = i + 1
    if number is None:
        number, stop = _number_at(draft, i + 1)
    target = _skip_taken(draft, stop)
    ends = draft.table_noun(target)
    link = draft.column_at(target, lambda c: c.is_id, least=0.75)
    named = target > stop and "value" in {draft.roles.get(k) for k in range(stop, target)}
    if ends is None and link is None and not named and not _comment_noun(draft, target):
        return
    if draft.metrics or draft.group:
        return
    draft.take(begin, stop, "ask")
    if ends or link or _comment_noun(draft, target):
        draft.take(target, ends or (link.stop if link else target + 1), "noun")
    else:
        target -= 1
    draft.listing = draft.latest = True
    draft.direction = "least" if draft.text(i) in EARLIEST else "most"
    draft.limit = number or (MANY if _is_plural(draft, (ends or target + 1) - 1) else 1)
    draft.intent = max(draft.intent, 1.0 if number else 0.9)


def _comment_noun(draft: Draft, i: int) -> bool:
    return draft.is_free(i) and draft.stems[i] in draft.terms.comment


def _is_row_count(draft: Draft, i: int) -> bool:
    compared = any(i >= len(w) and draft.matches(i - len(w), w) for w, _ in COMPARISONS)
    return draft.is_free(i) and _whole(draft, i) is not None and not compared


def _whole(draft: Draft, i: int) -> int | None:
    number = draft.tokens[i].number if 0 <= i < len(draft.tokens) else None
    if number is None or number != int(number) or not 0 < number <= 10_000:
        return None
    return int(number)


def _number_before(draft: Draft, i: int) -> tuple[int | None, int]:
    number = _whole(draft, i - 1) if draft.is_free(i - 1) else None
    return (number, i - 1) if number else (None, i)


def _number_at(draft: Draft, i: int) -> tuple[int | None, int]:
    number = _whole(draft, i) if draft.is_free(i) else None
    return (number, i + 1) if number else (None, i)


def _skip_taken(draft: Draft, i: int) -> int:
    """The next position that no rule has taken for a value or a time."""
    while i < len(draft.tokens) and draft.roles.get(i) in {"value", "time", "ask"}:
        i += 1
    return i


def _has_rank(draft: Draft) -> bool:
    words = {t.text for t in draft.tokens}
    return bool(words & (set(RANKS) | set(EXTREMES) | JUDGED))


def _is_plural(draft: Draft, i: int) -> bool:
    text = draft.text(i)
    return text == "people" or (text.endswith("s") and not text.endswith(("ss", "us")))


def _add_group(draft: Draft, link: Link) -> None:
    if link.column not in draft.group:
        draft.group.append(link.column)
    draft.take(link.start, link.stop, "group", link.score)


def _groupable(terms: ColumnTerms) -> bool:
    column: Column = terms.column
    if is_time(column):
        return False
    return is_text(column) or is_boolean(column) or terms.is_id or column.type.startswith("INT")
