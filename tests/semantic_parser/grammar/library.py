"""A library that no rule was written for, and what its questions amount to, in short."""

from __future__ import annotations

from datetime import UTC, datetime

from app.catalog.model import Catalog, Column, Table
from app.catalog.values import Values
from app.semantic_parser import grammar, linking, times
from app.semantic_parser.form import Duration, Equals, Field, Form, Metric, Null, Order
from app.semantic_parser.grammar import Candidate
from app.semantic_parser.tokens import tokenize

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)

LOANS = Table(
    "loans",
    (
        Column("loan_id", "STRING", "Number of the loan", nullable=False),
        Column("memberId", "STRING", "Member who borrows"),
        Column("genre", "STRING", "Genre: crime, poetry or travel"),
        Column("branch", "STRING", "Branch that lends it"),
        Column("fee_eur", "DECIMAL(8, 2)", "Fee in EUR"),
        Column("wait_min", "INT", "Time at the counter in minutes"),
        Column("state", "STRING", "State: open, returned or overdue"),
        Column("loaned_at", "TIMESTAMP(3)", "When it was lent"),
    ),
    "Loans of the library",
    time_attribute="loaned_at",
    primary_key=("loan_id",),
)
MEMBERS = Table(
    "members",
    (
        Column("memberId", "STRING", nullable=False),
        Column("town", "STRING", "Town that the member lives in"),
        Column("points", "INT", "Points of the member"),
    ),
    "Members of the library",
    primary_key=("memberId",),
)
LOCKERS = Table(
    "locker_log",
    (
        Column("lockerId", "STRING", "Locker"),
        Column("door", "STRING", "Position of the door: shut, ajar or jammed"),
        Column("battery_pct", "DOUBLE", "Charge of the battery in percent"),
        Column("seen_at", "TIMESTAMP(3)", "When the locker reported"),
    ),
    "What lockers report every minute",
    time_attribute="seen_at",
)
CATALOG = Catalog((LOANS, MEMBERS, LOCKERS))
VALUES = Values(
    {
        "loans": {
            "genre": ("crime", "poetry", "travel"),
            "branch": ("Harbour", "Old Town"),
            "state": ("open", "overdue", "returned"),
        },
        "members": {"town": ("Basel", "Graz")},
        "locker_log": {"door": ("ajar", "jammed", "shut")},
    }
)
_KNOWN = linking.vocabulary(CATALOG, VALUES)


def read(question: str) -> Candidate:
    """The best reading of a question over any of the tables."""
    tokens = tokenize(question)
    spans = times.find(tokens, NOW, "UTC")
    scopes = [linking.scope(_KNOWN, i) for i in range(len(CATALOG))]
    found = [c for s in scopes if (c := grammar.read(tokens, spans, s)) is not None]
    return max(found, key=lambda c: c.confidence + (0.1 if c.named else 0.0))


def shape_of(form: Form) -> str:
    """The parts that say what the answer looks like, in a fixed order.

    `loans: count by branch, genre; >2; most, 3 per branch`
    """
    parts = [_wanted(form)]
    parts += [f"{_newest(form)}"] if form.newest else []
    parts += [f"{h.operator}{h.number}" for h in form.having]
    parts += [_ranked(form)] if _ranked(form) else []
    parts += [f"{form.summary.function} of them"] if form.summary else []
    parts += ["any?"] if form.asks_whether else []
    return f"{form.table.name}: " + "; ".join(parts)


def _wanted(form: Form) -> str:
    by = [f.name for f in form.group] + ([form.bucket.unit] if form.bucket else [])
    grouped = f" by {', '.join(by)}" if by else ""
    if form.measures:
        return ", ".join(_measure(m) for m in form.measures if isinstance(m, Metric)) + grouped
    every = len(form.columns) == len(form.table.columns)
    names = "rows" if every else ", ".join(f.name for f in form.columns)
    return ("each " if form.distinct and not every else "") + names


def _measure(metric: Metric) -> str:
    if metric.of is None:
        return metric.function
    of = metric.of.end if isinstance(metric.of, Duration) else metric.of
    return f"{metric.function} {of.name}" if isinstance(of, Field) else metric.function


def _newest(form: Form) -> str:
    assert form.newest
    kept = [
        f"{f.field.name}={','.join(map(str, f.values))}"
        for f in form.newest.filters
        if isinstance(f, Equals)
    ]
    return " ".join(["newest of", *(f.name for f in form.newest.per), *kept])


def _ranked(form: Form) -> str:
    order = ", ".join(_order(o) for o in form.order)
    order = "" if order == "most" and form.limit is None else order
    keys = [p if isinstance(p, str) else p.name for p in form.limit_per]
    per = f" per {', '.join(keys)}" if keys else ""
    limit = f"{form.limit}{per}" if form.limit else ""
    return ", ".join(p for p in (order, limit) if p)


def _order(order: Order) -> str:
    end = "most" if order.descending else "least"
    if isinstance(order.by, Field):
        return f"{end} {order.by.name}"
    return "in time" if order.by == "bucket" else end


def conditions_of(form: Form) -> list[str]:
    """The fields that conditions are on, and what they say."""
    found = []
    for condition in form.filters:
        if isinstance(condition, Equals):
            found.append(f"{condition.field.name}={','.join(map(str, condition.values))}")
        elif isinstance(condition, Null):
            found.append(f"{condition.field.name} {'given' if condition.negated else 'missing'}")
    return found
