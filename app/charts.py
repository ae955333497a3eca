"""Rows to a chart, or to one number; nothing here knows how a page shows them.

What is drawn is decided by the columns' types alone. Cells are copied into fields with names of our
own, so neither a cell nor a column's name can become an address, an image or an expression.
"""

from __future__ import annotations

import importlib
import math
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    import altair as alt

MAX_BARS = 30
MAX_POINTS = 2_000
MAX_SERIES = 8

_COLOR = "#1a8aa5"
_ABSENT = "(none)"
_POINTS_MARKED = 60
_BAR_PIXELS = 32
_AXIS_PIXELS = 50
_TOOLTIP_FORMAT = ",.10~g"
_SPELLED_OUT = {"avg": "average", "cnt": "count", "pct": "percent", "id": "ID", "num": "number of"}

_Row = dict[str, Any]


def draw(table: pa.Table) -> alt.Chart | None:
    """A chart of the rows, or None where a table or a single number says it better.

    A time column and a number become a line (one for each value of a text column, up to
    `MAX_SERIES`); a text column and a number become bars in the order of the rows.
    """
    if table.num_rows < 2:
        return None
    times, texts, numbers = (_named(table, test) for test in (_is_time, _is_text, _is_number))
    if not numbers or len(texts) > 1:
        return None
    if times:
        line = _line(table, times[0], numbers[0], texts)
        if line is not None:
            return line
    return _bars(table, texts[0], numbers[0]) if texts else None


def metric(table: pa.Table) -> tuple[str, str] | None:
    """Label and formatted value where the rows are a single number, else None.

    >>> metric(pa.table({"late_parcels": [1234]}))
    ('Late parcels', '1,234')
    """
    texts, numbers = _named(table, _is_text), _named(table, _is_number)
    if table.num_rows != 1 or len(numbers) != 1 or len(texts) > 1:
        return None
    if len(texts) + len(numbers) != table.num_columns:
        return None
    value = table[numbers[0]][0].as_py()
    if _as_float(value) is None:
        return None
    label = title_of(numbers[0])
    if texts:
        label = f"{label}: {_label(table[texts[0]][0].as_py())}"
    return label, format_number(value)


def title_of(column: str) -> str:
    """A column's name as a title; always starts with a capital where it starts with a letter.

    >>> title_of("avg_load_ms"), title_of("EXPR$0"), title_of("totalAmount")
    ('Average load ms', 'Value', 'Total amount')
    """
    if re.fullmatch(r"EXPR\$\d+", column):
        return "Value"
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", column)
    words = [w if w.isupper() and len(w) > 1 else w.lower() for w in re.split(r"[\s_]+", spaced)]
    title = " ".join(_SPELLED_OUT.get(w, w) for w in words if w)
    return title[:1].upper() + title[1:]


def format_number(value: int | float | Decimal) -> str:
    """A number for reading: thousands separated, a DECIMAL with its own number of places.

    >>> format_number(Decimal("1234.50")), format_number(0.03125), format_number(2.5)
    ('1,234.50', '0.03125', '2.50')
    """
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    return f"{value:,.2f}" if abs(value) >= 1 or value == 0 else f"{value:.4g}"


def _line(table: pa.Table, time: str, number: str, texts: list[str]) -> alt.Chart | None:
    """A line over time, or None where the rows are no series: events, or one moment only."""
    rows = [
        {"time": _instant(t), "when": _wall_clock(t), "value": v, "series": _label(s)}
        for t, v, s in zip(
            table[time].to_pylist(),
            (_as_float(v) for v in table[number].to_pylist()),
            table[texts[0]].to_pylist() if texts else [None] * table.num_rows,
            strict=True,
        )
        if t is not None and v is not None
    ]
    places = {(row["series"], row["time"]) for row in rows}
    series = {row["series"] for row in rows}
    moments = {row["time"] for row in rows}
    if len(moments) < 2 or len(series) > MAX_SERIES or len(places) < len(rows):
        return None
    rows.sort(key=lambda row: (row["series"], row["time"]))
    rows = rows[:: math.ceil(len(rows) / MAX_POINTS)]
    return _line_chart(rows, title_of(time), title_of(number), title_of(texts[0]) if texts else "")


def _await_pandas() -> None:
    """Imports pandas whole before Altair is used.

    Altair looks for it in `sys.modules`, where another thread may have only begun to import it
    (Streamlit does, for a data frame).
    """
    importlib.import_module("pandas")


def _line_chart(rows: list[_Row], time: str, number: str, series: str) -> alt.Chart:
    _await_pandas()
    import altair as alt  # noqa: PLC0415 - half a second that most commands never need

    channels: dict[str, Any] = {
        "x": alt.X(
            "time:T",
            title=f"{time} (UTC)",
            scale=alt.Scale(type="utc"),
            axis=alt.Axis(format=_axis_format(rows), labelOverlap=True, tickCount=6),
        ),
        "y": alt.Y("value:Q", title=number, axis=alt.Axis(tickCount=5)),
        "tooltip": [
            # Vega would show an instant here in the reader's zone; the axis is in UTC.
            alt.Tooltip("when:N", title=f"{time} (UTC)"),
            alt.Tooltip("value:Q", title=number, format=_TOOLTIP_FORMAT),
        ],
    }
    if series:
        channels["color"] = alt.Color(
            "series:N", title=series, legend=alt.Legend(orient="bottom", columns=3)
        )
        channels["tooltip"].insert(0, alt.Tooltip("series:N", title=series))
    chart = alt.Chart(alt.InlineData(values=rows)).mark_line(point=len(rows) <= _POINTS_MARKED)
    drawn: alt.Chart = chart.encode(**channels).properties(height=260)
    return drawn if series else drawn.configure_mark(color=_COLOR)


def _axis_format(rows: list[_Row]) -> str:
    """Days, hours or seconds, by how far the line reaches."""
    moments = [datetime.fromisoformat(row["time"]) for row in rows]
    span = max(moments) - min(moments)
    if span > timedelta(days=3):
        return "%d %b"
    if span > timedelta(hours=24):
        return "%d %b %H:%M"
    return "%H:%M" if span > timedelta(minutes=10) else "%H:%M:%S"


def _bars(table: pa.Table, text: str, number: str) -> alt.Chart | None:
    """Horizontal bars, or None where a label repeats: one bar would hide another."""
    labels = [_label(value) for value in table[text].to_pylist()]
    values = [_as_float(value) for value in table[number].to_pylist()]
    rows = [
        {"label": label, "value": value}
        for label, value in zip(labels, values, strict=True)
        if value is not None
    ]
    if len(rows) < 2 or len({row["label"] for row in rows}) < len(rows):
        return None
    cut = f"First {MAX_BARS} of {len(rows)}" if len(rows) > MAX_BARS else ""
    return _bar_chart(rows[:MAX_BARS], title_of(text), title_of(number), cut)


def _bar_chart(rows: list[_Row], label: str, number: str, cut: str) -> alt.Chart:
    _await_pandas()
    import altair as alt  # noqa: PLC0415 - half a second that most commands never need

    chart = alt.Chart(alt.InlineData(values=rows)).mark_bar(color=_COLOR, cornerRadiusEnd=3)
    drawn: alt.Chart = chart.encode(
        x=alt.X("value:Q", title=number, axis=alt.Axis(tickCount=5)),
        # The labels say what they are; an axis title would cost a phone a tenth of its width.
        y=alt.Y("label:N", title=cut or None, sort=None, axis=alt.Axis(labelLimit=150)),
        tooltip=[
            alt.Tooltip("label:N", title=label),
            alt.Tooltip("value:Q", title=number, format=_TOOLTIP_FORMAT),
        ],
    ).properties(height=_BAR_PIXELS * len(rows) + _AXIS_PIXELS)
    return drawn


def _named(table: pa.Table, test: Any) -> list[str]:
    return [field.name for field in table.schema if test(field.type)]


def _is_time(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind) or pa.types.is_date(kind))


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_boolean(kind)
    )


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


def _as_float(value: int | float | Decimal | None) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return float(value)


def _utc(value: date | datetime) -> datetime:
    """The instant in UTC; a wall-clock time without a zone is read as UTC."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _instant(value: date | datetime) -> str:
    return _utc(value).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _wall_clock(value: date | datetime) -> str:
    return f"{_utc(value):%Y-%m-%d %H:%M:%S}"


def _label(value: object) -> str:
    return _ABSENT if value is None else str(value)
