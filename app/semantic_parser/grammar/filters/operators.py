"""Words that compare: `more than`, `at least`, `in excess of`, `>`."""

from __future__ import annotations

from app.semantic_parser.form import Operator
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near
from app.semantic_parser.lexicon import COMPARISONS

_MORE: tuple[tuple[tuple[str, ...], Operator], ...] = (
    *COMPARISONS,
    (("in", "excess", "of"), ">"),
    (("upwards", "of"), ">="),
    (("a", "minimum", "of"), ">="),
    (("a", "maximum", "of"), "<="),
    (("no", "fewer", "than"), ">="),
    (("no", "longer", "than"), "<="),
    (("not", "over"), "<="),
    (("not", "under"), ">="),
    (("not", "above"), "<="),
    (("not", "below"), ">="),
    (("older", "than"), ">"),
    (("heavier", "than"), ">"),
    (("hotter", "than"), ">"),
    (("warmer", "than"), ">"),
    (("costlier", "than"), ">"),
    (("pricier", "than"), ">"),
    (("worse", "than"), ">"),
    (("younger", "than"), "<"),
    (("lighter", "than"), "<"),
    (("colder", "than"), "<"),
    (("cooler", "than"), "<"),
    (("quicker", "than"), "<"),
    (("beyond",), ">"),
    (("past",), ">"),
    (("greater", "or", "equal", "to"), ">="),
    (("different", "from"), "<>"),
    (("not", "equal", "to"), "<>"),
    (("!=",), "<>"),
    (("<>",), "<>"),
)
_BY_FIRST: dict[str, list[tuple[tuple[str, ...], Operator]]] = {}
for _words, _operator in sorted(_MORE, key=lambda m: -len(m[0])):
    _BY_FIRST.setdefault(_words[0], []).append((_words, _operator))


def operator_at(draft: Draft, i: int) -> tuple[Operator, int] | None:
    """The comparison that free words at `i` ask for, and where they stop."""
    for words, operator in _BY_FIRST.get(draft.text(i), ()):
        stop = near.phrase_at(draft, i, (words,))
        if stop:
            return operator, stop
    if draft.text(i + 2) == "than" and draft.is_free(i, i + 3):  # "more expensive than"
        compared: dict[str, Operator] = {"more": ">", "less": "<"}
        if draft.text(i) in compared and draft.tokens[i + 1].kind == "word":
            return compared[draft.text(i)], i + 3
    return None
