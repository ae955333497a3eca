"""Listed rows: how many there are, the first of them, one of them in full."""

from __future__ import annotations

from collections.abc import Sequence

from app.catalog.model import Column
from app.markdown import escape
from app.responders.results.groups import MOST_BULLETS
from app.responders.results.telling import Telling, escape_behind
from app.responders.results.values import Row, column_cell
from app.semantic_parser.form import Equals, Newest
from app.semantic_parser.words import counted, ends, say_each

_MOST_CELLS = 6


def tell(telling: Telling, rows: Sequence[Row]) -> str:
    """How many rows there are and what is in the first."""
    form, marker = telling.form, telling.marker
    if not rows:
        return f"No rows matched: there are no {telling.rows()}{telling.scope()} {marker}."
    if len(rows) == 1:
        return _one(telling, rows[0])
    if form.distinct and len(form.columns) == 1:
        return _values(telling, rows)
    cut = form.limit is not None and len(rows) >= form.limit
    start = "Here are" if cut or not form.limit else "There are only"
    of = f"{telling.rows()}" if form.limit_per or not form.distinct else "different rows"
    text = f"{start} {len(rows):,} {of}{telling.scope()}{_order(telling)}{_each(telling)} {marker}"
    bullets = [f"- {_line(telling, r)}" for r in rows[:MOST_BULLETS]]
    more = "\n\nThe rest is in the table." if len(rows) > MOST_BULLETS else ""
    return f"{text}:\n\n" + "\n".join(bullets) + more


def _values(telling: Telling, rows: Sequence[Row]) -> str:
    """The different values of one column."""
    shown = [_cells(telling, r)[0][1] for r in rows[:MOST_BULLETS]]
    noun = escape(counted(telling.names.many(telling.form.columns[0]), len(rows)))
    among = f" among {telling.rows()}{telling.scope()}"
    more = ", and more in the table" if len(rows) > MOST_BULLETS else ""
    return (
        f"There are **{len(rows):,}** different {noun}{among} {telling.marker}: "
        f"{', '.join(shown)}{more}."
    )


def _one(telling: Telling, row: Row) -> str:
    """One row in full; of the newest row of one thing, what was asked."""
    form, marker = telling.form, telling.marker
    cells = [(name, said) for name, said in _cells(telling, row) if row.get(name) is not None]
    newest = form.newest
    subject = _subject(telling, newest, row) if newest else ""
    if newest and subject:
        keys = {f.name for f in newest.per}
        shown = [(n, s) for n, s in cells if n not in keys and not _is_clock(telling, n)]
        end = "oldest" if newest.oldest else "newest"
        scope = telling.when(form.time)
        if len(shown) == 1:
            name, said = shown[0]
            moment = next((f" ({s})" for n, s in cells if _is_clock(telling, n)), "")
            return f"The {end} {_called(name)} of {subject}{scope} is **{said}**{moment} {marker}."
        text = f"This is the {end} row of {subject}{scope} {marker}"
    else:
        position = ends(form, form.order[0], telling.names)[0] if form.order else ""
        ranked = f"{position} " if form.limit == 1 and position in _POSITIONS else ""
        text = f"This is the {ranked}row of {telling.rows()}{telling.scope()} {marker}"
    if len(cells) == 1 and not subject:
        return f"{text}: {_called(cells[0][0])} **{cells[0][1]}**."
    return f"{text}:\n\n" + "\n".join(f"- {_called(n)}: {s}" for n, s in cells)


_POSITIONS = ("latest", "earliest")


def _subject(telling: Telling, newest: Newest, row: Row) -> str:
    """The thing whose newest row it is: `shipment S-1`."""
    asked = {
        f.field.name: str(f.values[0])
        for f in telling.form.filters
        if isinstance(f, Equals) and not f.negated and len(f.values) == 1
    }
    said: list[str] = []
    for field in newest.per:
        value = row.get(field.name, asked.get(field.name))
        if value is None:
            return ""
        said.append(escape(f"{telling.names.short(field)} {str(value)[:200]}"))
    return " and ".join(said)


def _is_clock(telling: Telling, name: str) -> bool:
    field = telling.form.time_field
    return name == (field.name if field else telling.form.table.time_attribute)


def _line(telling: Telling, row: Row) -> str:
    cells = _cells(telling, row)
    said = [f"{_called(n)} {s}" for n, s in cells[:_MOST_CELLS] if row.get(n) is not None]
    return ", ".join(said) + (", ..." if len(cells) > _MOST_CELLS else "") or "(none)"


def _cells(telling: Telling, row: Row) -> list[tuple[str, str]]:
    known = dict(zip(telling.columns.listed, telling.form.columns, strict=False))

    def column(name: str) -> Column | None:
        return known[name].column if name in known else telling.form.table.column(name)

    return [(n, column_cell(v, column(n), telling.zone)) for n, v in row.items()]


def _called(name: str) -> str:
    return escape(name.replace("_", " "))


def _order(telling: Telling) -> str:
    if not telling.form.order:
        return ""
    end, by = ends(telling.form, telling.form.order[0], telling.names)
    return f", {escape(f'{end} {by}'.strip())} first"


def _each(telling: Telling) -> str:
    form = telling.form
    if not form.limit_per:
        return ""
    return f", at most {form.limit}{escape_behind(say_each(telling.names, form).strip())}"
