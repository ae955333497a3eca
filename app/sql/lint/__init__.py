"""What is wrong with a Flink query before it runs, and what is dangerous about it on a stream.

A rule is a function from a `Subject` to advice, named after the id in its advice; adding one is
adding the function and its line in `RULES`. Rules about spelling look at the tokens and so work on
what no parser can read; the others look at the tree and the names. Nothing here runs a query.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from app.catalog.model import Catalog
from app.sql.lint import (
    arithmetic,
    clauses,
    comparisons,
    functions,
    grouping,
    identifiers,
    joins,
    literals,
    matching,
    operators,
    ranking,
    rows,
    state,
    temporal,
    window_calls,
    windows,
)
from app.sql.lint.subject import Advice, Rule, Severity, Subject
from app.sql.query import Query

__all__ = ["RULES", "Advice", "Rule", "Severity", "advise"]

RULES: tuple[Rule, ...] = (
    operators.not_equals,
    operators.double_equals,
    operators.cast_colons,
    operators.ilike,
    operators.regex_operator,
    operators.json_arrow,
    operators.logic_symbol,
    operators.arithmetic_symbol,
    operators.null_safe_equals,
    operators.at_time_zone,
    operators.double_quotes,
    clauses.limit_comma,
    clauses.top_clause,
    clauses.distinct_on,
    clauses.trailing_comma,
    clauses.star_except,
    clauses.empty_in,
    clauses.emit_clause,
    clauses.within_group,
    clauses.ordered_listagg,
    clauses.group_by_all,
    literals.interval_text,
    literals.interval_precision,
    literals.interval_unit,
    literals.interval_misread,
    literals.timestamp_literal,
    literals.instant_literal,
    literals.null_comparison,
    literals.null_in_list,
    functions.foreign_function,
    functions.decode_cases,
    functions.isnull_call,
    functions.foreign_type,
    functions.null_in_if,
    functions.unit_spelling,
    functions.date_pattern,
    identifiers.reserved_word,
    identifiers.wrong_case,
    grouping.group_by_ordinal,
    grouping.group_by_alias,
    grouping.having_alias,
    grouping.where_alias,
    grouping.aggregate_in_where,
    grouping.over_in_where,
    grouping.nested_aggregate,
    grouping.not_grouped,
    window_calls.window_table_keyword,
    window_calls.window_table_alias,
    window_calls.window_subquery,
    window_calls.window_descriptor,
    window_calls.window_months,
    window_calls.legacy_window,
    windows.window_time,
    windows.processing_time_window,
    windows.session_snapshot,
    windows.session_keys,
    windows.window_order,
    windows.window_multiple,
    windows.window_bound,
    windows.window_ungrouped,
    ranking.rank_order,
    ranking.over_order,
    ranking.over_descending,
    ranking.rank_function,
    ranking.rank_bound,
    ranking.over_following,
    ranking.batch_function,
    ranking.over_windows_differ,
    ranking.over_instant_snapshot,
    ranking.distinct_over_snapshot,
    ranking.window_rank,
    joins.cross_join,
    joins.window_join,
    joins.interval_join,
    joins.unbounded_join,
    joins.join_names,
    temporal.temporal_clock,
    temporal.temporal_snapshot,
    temporal.temporal_processing_time,
    temporal.temporal_key,
    temporal.temporal_types,
    comparisons.text_number,
    comparisons.boolean_number,
    comparisons.date_instant,
    comparisons.number_instant,
    comparisons.mixed_timestamps,
    comparisons.timestamp_text,
    comparisons.between_reversed,
    comparisons.like_pattern,
    comparisons.not_in_nullable,
    comparisons.text_in_calculation,
    arithmetic.integer_division,
    arithmetic.integer_average,
    arithmetic.integer_overflow,
    arithmetic.float_sum,
    arithmetic.decimal_scale,
    arithmetic.text_plus,
    arithmetic.text_concat,
    arithmetic.time_difference,
    arithmetic.time_number,
    arithmetic.time_conversion,
    arithmetic.epoch_unit,
    arithmetic.count_columns,
    state.updating_aggregate,
    state.distinct_state,
    state.count_distinct_state,
    state.union_state,
    state.subquery_state,
    state.clock_filter,
    state.sort_on_stream,
    state.limit_on_stream,
    state.idle_partitions,
    state.order_in_subquery,
    matching.match_within,
    matching.match_order,
    matching.match_all_rows,
    matching.match_greedy_end,
    rows.repeated_rows,
    rows.nullable_count,
)


def advise(query: Query, catalog: Catalog, continuous: bool) -> tuple[Advice, ...]:
    """What to change in a query, errors first.

    Args:
        query: The query as `app.sql.query.read` gives it, with or without a tree.
        catalog: The tables that it was read with.
        continuous: Whether it is to run as a standing query; else it is a snapshot.
    """
    subject = Subject(query, catalog, continuous)
    found = dict.fromkeys(_closed(subject, advice) for rule in RULES for advice in rule(subject))
    return tuple(sorted(found, key=lambda advice: (advice.severity, advice.start)))


def _closed(subject: Subject, advice: Advice) -> Advice:
    """Advice whose place takes in the parentheses and the interval that it reaches into.

    Nodes know where their names stand, but not where a call is closed or what the unit is.
    """
    if advice.start < 0:
        return advice
    depth, end = 0, advice.end
    first = bisect_left(subject.starts, advice.start)
    for at in range(first, len(subject.tokens)):
        token = subject.tokens[at]
        unit = at - first > 1 and subject.has(at - 2, "INTERVAL")
        unit = unit and token.upper.removesuffix("S") in literals.UNITS
        if token.start >= advice.end and depth <= 0 and not unit:
            break
        depth += (token.text == "(") - (token.text == ")")
        end = token.end
    return advice if end <= advice.end else replace(advice, end=end)
