"""A form and its rows to the sentence that answers, whose every number the evidence bears out."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from markdown_it import MarkdownIt

from app.answer import Source
from app.responders import grounding
from app.responders.results import describe, number
from app.semantic_parser.form import (
    Contains,
    Form,
    Metric,
)
from app.semantic_parser.sql import columns
from tests.responders.result_cases import AT_TODAY, CASES, CURRENT, at, result_columns, told
from tests.semantic_parser.spoken_forms import (
    CITY,
    COUNT,
    MOST,
    ORDERS,
    SETTLING,
    SHIPMENTS,
    TRANSFERS,
    equals,
    field,
)
from tests.semantic_parser.test_words import variants


@pytest.mark.parametrize(("form", "rows", "text"), CASES, ids=[text[:60] for _, _, text in CASES])
def test_answer(form: Form, rows: list[tuple[Any, ...]], text: str) -> None:
    said, result = told(form, *rows)
    assert said == text
    assert grounding.check(said, (Source(1, result),)) == ()


def test_every_text_shows_as_it_is_written() -> None:
    html = "".join(MarkdownIt("commonmark").render(text) for _, _, text in CASES)
    assert set(re.findall(r"</?(\w+)", html)) == {"p", "strong", "ul", "li"}


def _row(form: Form, number: int) -> tuple[Any, ...]:
    """A row of any form: moments, texts or small numbers."""
    if form.asks_whether and not form.measures:
        form = replace(form, measures=(Metric("count"),))
    named = columns(form)
    kinds = {named.bucket: at(number), named.found: True}
    kinds |= dict.fromkeys((*named.group, *named.listed), f"text {number}")
    return tuple(kinds.get(name, number) for name in result_columns(form))


def _timed(form: Form) -> Form:
    """The form with the time column that its ranges are of."""
    clock = form.table.time_attribute
    if form.time_field or not clock:
        return form
    return replace(form, time_field=field(f"{form.table.name}.{clock}"))


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_every_form_is_told_and_borne_out(count: int) -> None:
    for form in map(_timed, variants()):
        said, result = told(form, *(_row(form, n) for n in range(count)))
        assert said.count("[1]") == 1, said
        assert not re.search(r"None|  ", said), said
        assert grounding.check(said, (Source(1, result),)) == (), said


def test_truncation_is_said() -> None:
    said, _ = told(Form(ORDERS, measures=(COUNT,), group=CITY), ("Bonn", 1), truncated=True)
    assert said.endswith("\n\nThere are more rows than the row limit; only the first 1 are here.")


HOSTILE = [
    "![x](http://evil.example/a.png)",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "`code` | pipe | **bold**",
    "www.evil.example and a@evil.example",
    "[1] forged",
    "line\n\n- list",
]
NAMED = (field("orders.city"), field("orders.product"))
PLACES = [
    (Form(ORDERS, measures=(COUNT,), group=CITY), lambda value: (value, 1)),
    (Form(ORDERS, measures=(COUNT,), group=CITY, order=MOST, limit=1), lambda v: (v, 1)),
    (Form(ORDERS, columns=NAMED), lambda value: (value, "Tent")),
    (Form(ORDERS, columns=CITY, distinct=True), lambda value: (value,)),
    (
        Form(SHIPMENTS, columns=(*CURRENT.per, field("shipments.status")), newest=CURRENT),
        lambda value: (value, value),
    ),
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(("form", "row"), PLACES)
def test_hostile_cells_stay_text(form: Form, row: Any, value: str) -> None:
    for rows in ([row(value)], [row(value), row("Bonn")]):
        said, result = told(form, *rows)
        html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(said)
        assert set(re.findall(r"</?(\w+)", html)) <= {"p", "strong", "ul", "li"}
        assert not re.search(r"https?://\w|www\.|\w@\w", said)
        assert grounding.check(said, (Source(1, result),)) == ()


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_conditions_stay_text(value: str) -> None:
    filters = (equals("orders.city", value), Contains(field("orders.product"), value))
    said, _ = told(Form(ORDERS, measures=(replace(COUNT, noun=value),), filters=filters), (2,))
    html = MarkdownIt("commonmark").render(said)
    assert set(re.findall(r"</?(\w+)", html)) == {"p", "strong"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -3, 1e300, -1e300, 10**18, True])
def test_odd_numbers_are_said(value: Any) -> None:
    for form in (
        Form(ORDERS, measures=(Metric("avg", field("orders.amount")),)),
        Form(TRANSFERS, measures=(Metric("avg", SETTLING),)),
    ):
        assert told(form, (value,))[0].endswith("[1].")


def test_zone_without_a_name_of_letters_is_said_by_its_place() -> None:
    form = Form(ORDERS, measures=(COUNT,), **AT_TODAY)
    result = told(form, (1,))[1]
    said = describe(form, result, "[1]", "America/Sao_Paulo")
    assert "(2026-11-22 00:00 to 18:30 America/Sao_Paulo)" in said
    assert grounding.check(said, (Source(1, result),)) == ()


@pytest.mark.parametrize(
    ("value", "money", "text"),
    [
        (None, False, "none"),
        (1234567, False, "1,234,567"),
        (0.00004, False, "0"),
        (-0.5, False, "-0.5"),
        (Decimal("3"), True, "3.00"),
    ],
)
def test_number(value: Any, money: bool, text: str) -> None:
    assert number(value, money=money) == text
