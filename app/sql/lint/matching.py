"""MATCH_RECOGNIZE."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from sqlglot import exp

from app.sql.lint.subject import Advice, Subject, span, sql


def match_within(subject: Subject) -> Iterator[Advice]:
    """A pattern without WITHIN in a continuous query."""
    written = sorted(subject.at("PATTERN"))
    for match in subject.nodes(exp.MatchRecognize):
        if subject.continuous and not match.args.get("within"):
            place = span(match)
            after = bisect_right(written, place[0], key=lambda at: subject.tokens[at].start)
            if after < len(written):
                at = written[after]
                place = subject.place(at, subject.after(at))
            message = "The pattern has no WITHIN."
            why = (
                "Flink keeps every match that has begun for ever, since it may still be completed."
            )
            fix = f"PATTERN ({_pattern(match)}) WITHIN INTERVAL '1' HOUR"
            yield Advice("match_within", "warning", message, why, fix, *place)


def match_order(subject: Subject) -> Iterator[Advice]:
    """Rows that are not ordered by ascending time."""
    for match in subject.nodes(exp.MatchRecognize):
        order = match.args.get("order")
        first = order.expressions[0] if order and order.expressions else None
        time = _time(subject, match)
        if first is None:
            message = "MATCH_RECOGNIZE has no ORDER BY."
        elif first.args.get("desc"):
            message = f"MATCH_RECOGNIZE is ordered by {sql(first)}."
        elif time and first.this.name not in _times(subject, match):
            message = f"MATCH_RECOGNIZE is ordered by {sql(first)}, which is no time attribute."
        else:
            continue
        why = "A pattern follows the rows in the order of time; Flink refuses others."
        fix = f"ORDER BY {time or '…'}"
        yield Advice("match_order", "error", message, why, fix, *span(match))


def match_all_rows(subject: Subject) -> Iterator[Advice]:
    """`ALL ROWS PER MATCH`."""
    for at in subject.at("ALL"):
        if subject.has(at + 1, "ROWS", "PER", "MATCH"):
            start, end = subject.tokens[at].start, subject.tokens[at + 3].end
            message = "Flink has no ALL ROWS PER MATCH."
            why = "The planner makes one row of a match, and refuses others."
            yield Advice("match_all_rows", "error", message, why, "ONE ROW PER MATCH", start, end)


def match_greedy_end(subject: Subject) -> Iterator[Advice]:
    """`PATTERN (A B+)`."""
    for at in subject.at("PATTERN"):
        if not subject.has(at + 1, "("):
            continue
        close = subject.after(at)
        last = close - 1
        if subject.words[last] in {"+", "*"} or subject.words[last] == "}":
            pattern = subject.written(at + 2, last)
            fix = (
                f"PATTERN ({pattern}? …)" if subject.words[last] == "}" else f"PATTERN ({pattern}?)"
            )
            message = f"The pattern {pattern} ends in a greedy quantifier."
            why = "On a stream it would never end; Flink refuses it as the last element."
            start, end = subject.tokens[at].start, subject.tokens[close].end
            yield Advice("match_greedy_end", "error", message, why, fix, start, end)


def _pattern(match: exp.MatchRecognize) -> str:
    pattern = match.args.get("pattern")
    return pattern.name if pattern is not None else "…"


def _times(subject: Subject, match: exp.MatchRecognize) -> list[str]:
    relation = _input(subject, match)
    return [field.name for field in relation.fields if field.role] if relation else []


def _time(subject: Subject, match: exp.MatchRecognize) -> str:
    return next(iter(_times(subject, match)), "")


def _input(subject: Subject, match: exp.MatchRecognize):  # type: ignore[no-untyped-def]
    for block in subject.blocks:
        for relation in block.relations:
            if relation.kind == "match" and match in (
                relation.node,
                relation.node.args.get("match"),
            ):
                return relation.input
    return None
