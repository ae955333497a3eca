"""A table's fields with the words that each goes by."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.catalog.model import Column, Table
from app.catalog.values import Values
from app.semantic_parser import comments
from app.semantic_parser.form import Field
from app.semantic_parser.lexicon import MONEY_WORDS
from app.semantic_parser.linking import wordforms
from app.semantic_parser.linking.terms import FieldTerms, Phrase
from app.semantic_parser.tokens import stem, word_set
from app.semantic_parser.types import (
    fields_of,
    is_boolean,
    is_duration,
    is_id,
    is_money,
    is_number,
    is_text,
    is_time,
    looks_like_id,
    spoken_unit,
    unit_of,
)

SUFFIXES = word_set(
    "id uuid guid key ms s sec second min minut hour h eur usd gbp chf pct percent at on ts dt date"
    " dat tim timestamp no nr num number cod cd nam nm is has was flag kwh kw km kg c v mb gb ok"
    " fk pk"
)
"""Parts of names that say what kind of column it is, or its unit."""

_EXAMPLE = re.compile(
    r"(?:\b(?:such as|like|e\.g\.,?|for example|format|as in)|[(:]) ?['\"]?([A-Za-z]{1,4})[-_]?\d"
)
_CODE = re.compile(r"([A-Za-z]{1,6})[-_]?\d[\w-]*$")
_MOST_PREFIXES = 12

ID_WORDS = word_set("number id ids identifi cod uniqu key nam no nr")
TIME_WORDS = word_set("tim dat date timestamp moment")
_IDS = word_set("msisdn imei imsi iban vin isbn ean upc ssn mac sku eid")
"""Names of numbers that things go by."""
_LENGTH_WORDS = word_set("tim duration length latenci")
_MONEY = MONEY_WORDS | word_set("amount valu")
_EARNED = word_set("revenu sal sale turnover incom earn proce worth valu")
_EXTRAS = word_set("fee tax vat discount tip toll deposit limit lim balanc bal surcharg refund")
"""Money that nobody calls revenue."""
_PARTS = word_set("percent percentag part fraction")
_MEASURED = {
    "kw": "power", "w": "power", "watt": "power", "kwh": "energi", "v": "voltag", "mv": "voltag",
    "a": "current", "km": "distanc", "kilomet": "distanc", "m": "distanc", "kg": "weight",
    "g": "weight", "c": "temperatur", "degree": "temperatur", "celsiu": "temperatur",
    "hpa": "pressur", "bar": "pressur", "kmh": "speed", "kph": "speed", "mph": "speed",
    "hz": "frequenci", "rpm": "speed", "l": "volum", "liter": "volum", "litre": "volum",
    "mb": "volum", "gb": "volum", "byt": "volum", "db": "level", "lux": "light",
}  # fmt: skip
"""What a unit measures."""


def field_terms(
    table: Table, rows: frozenset[str], sampled: Values | None = None
) -> tuple[FieldTerms, ...]:
    """The terms of every field of a table, those of ROW columns after their column.

    Args:
        table: The table.
        rows: Single words for its rows.
        sampled: What its fields hold, as far as that is known.
    """
    known = sampled or Values()
    return tuple(
        _terms(
            Field(table.name, inner, column.name if inner is not column else ""),
            table,
            rows,
            known.of(table.name, column.name) if inner is column else (),
        )
        for column in table.columns
        for inner in (column, *fields_of(column))
    )


def _terms(field: Field, table: Table, rows: frozenset[str], values: Sequence[str]) -> FieldTerms:
    column, comment = field.column, field.column.comment
    parts = wordforms.parts_of(column.name)
    outer = wordforms.parts_of(field.within)
    name = tuple(stem(p) for p in parts)
    core = frozenset(name) - SUFFIXES or frozenset(name)
    head, _, rest = comments.head_and_rest(comment)
    listed = _listed(column) - set(name)
    is_key = _is_key(field, table, name)
    return FieldTerms(
        field=field,
        name=name,
        slots=tuple(wordforms.meant_by(p) for p in (*parts, *outer)),
        core=core,
        head=_head(head, listed) | {stem(p) for p in outer},
        noun=_noun(comment, listed, is_key=is_key),
        aliases=_aliases(column, (*outer, *parts) if outer else parts, listed),
        phrases=_phrases(head, outer, name),
        unit=wordforms.stems_of(spoken_unit(column)),
        rest=comments.content(comments.without_nulls(rest)) - listed,
        nulls=comments.nulls(rest),
        implied=_implied(column, name),
        is_id=is_key and not (is_text(column) and bool(listed)),
        when=is_time(column) and core <= rows,
        parts=frozenset(i for i, part in enumerate(name) if part in core),
        odd=tuple((p, i) for i, p in enumerate(parts) if wordforms.is_odd(p)),
        joined=_joined(parts, name, core),
        prefixes=_prefixes(column, values) if is_text(column) else frozenset(),
    )


def _joined(parts: Phrase, name: Phrase, core: frozenset[str]) -> frozenset[str]:
    """The name as one word, also without its unit: `subtotal` of `subtotal_eur`."""
    own = [p for p, s in zip(parts, name, strict=True) if s in core]
    whole = "".join(parts)
    found = {whole, stem(whole)} if parts[1:] else {whole}
    return frozenset(found | ({"".join(own), stem("".join(own))} if own[1:] else set()))


def _prefixes(column: Column, values: Sequence[str]) -> frozenset[str]:
    """The letters before the digits of codes: those of an example, or those of all values."""
    found = {match[1].lower() for match in _EXAMPLE.finditer(column.comment)}
    codes = [match for v in values if (match := _CODE.match(v))]
    seen = {match[1].lower() for match in codes} if len(codes) == len(values) else set()
    return frozenset(found | (seen if len(seen) <= _MOST_PREFIXES else set()))


def _is_key(field: Field, table: Table, name: Phrase) -> bool:
    """Whether a field identifies something, by its name, its table's key or its comment."""
    column = field.column
    if looks_like_id(column.name) or (not field.within and is_id(column, table)):
        return True
    return is_text(column) and (comments.identifies(column.comment) or bool(set(name) & _IDS))


def _listed(column: Column) -> set[str]:
    """The words of values that the comment lists, which name no field."""
    texts = [*comments.listed_values(column), *(m for _, m in comments.meanings(column))]
    return {s for text in texts for s in wordforms.stems_of(text)}


def _head(head: str, listed: set[str]) -> frozenset[str]:
    is_list = bool(listed) and re.search(r",| or |[/|]", head) is not None
    return frozenset() if is_list else comments.content(head) - listed


def _noun(comment: str, listed: set[str], *, is_key: bool) -> Phrase:
    noun = tuple(w for w in comments.noun(comment) if w not in listed)
    if is_key and len(noun) > 1:
        return tuple(w for w in noun if w not in ID_WORDS) or noun
    return noun


def _aliases(column: Column, parts: Phrase, listed: set[str]) -> tuple[Phrase, ...]:
    found = [longer for part in parts for longer in wordforms.longer(part)]
    if not is_boolean(column):
        found += [wordforms.stems_of(other) for other in comments.other_names(column.comment)]
    return tuple(dict.fromkeys(p for p in found if p and not set(p) & listed))


def _phrases(head: str, outer: Phrase, name: Phrase) -> frozenset[Phrase]:
    """Phrases that name the field where they are said in full."""
    whole = wordforms.stems_of(head)
    found = {whole} if 1 < len(whole) <= 4 else set()
    return frozenset(found | ({(*(stem(p) for p in outer), *name)} if outer else set()))


def _implied(column: Column, name: Phrase) -> frozenset[str]:
    """General words for what a column holds: a duration is asked for as some time."""
    if is_time(column):
        return TIME_WORDS
    if not is_number(column):
        return frozenset()
    if is_duration(column):
        return _LENGTH_WORDS
    if is_money(column):
        return _MONEY - _EARNED if set(name) & _EXTRAS else _MONEY
    unit = unit_of(column).lower()
    if unit in {"%", "percent"}:
        return _PARTS
    words = (*wordforms.stems_of(re.sub(r"[/°]", "", unit)), *name[-1:])
    return frozenset(_MEASURED[w] for w in words if w in _MEASURED)
