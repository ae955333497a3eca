"""Fields by what words mean to an embedding model; here one that knows two meanings."""

from __future__ import annotations

from collections.abc import Sequence

from app.semantic_parser.linking import embedded, fields_like
from app.semantic_parser.tokens import tokenize
from tests.semantic_parser.linked import over

_MEANINGS = (("crowd", "occupancy"), ("boarding", "entering"))


class Model:
    """Texts to vectors, one number for each meaning; counts what it was asked."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def __call__(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        self.batches.append(len(texts))
        return [
            [float(any(w in text.lower() for w in meaning)) for meaning in _MEANINGS]
            for text in texts
        ]


def test_words_that_nothing_explains_are_hints_at_most() -> None:
    scope = over("transport", "stop_events")
    found = fields_like(scope, tokenize("crowd of people"), 0, 1, Model())
    assert [link.field.name for link in found] == ["load_pct"]
    assert found[0].score == embedded.BEST
    assert (found[0].start, found[0].stop) == (0, 1)


def test_the_vectors_of_a_table_are_computed_once() -> None:
    scope, model = over("transport", "stop_events"), Model()
    for _ in range(3):
        fields_like(scope, tokenize("people entering"), 0, 2, model)
    fields = sum(len(t.fields) for t in scope.tables)
    assert model.batches == [fields, 1, 1, 1]


def test_nothing_is_alike_without_a_model_or_words() -> None:
    scope = over("transport", "stop_events")
    assert fields_like(scope, tokenize("crowd"), 0, 1, None) == ()
    assert fields_like(scope, tokenize("12 ,"), 0, 2, Model()) == ()
    assert fields_like(scope, tokenize("football"), 0, 1, Model()) == ()
    assert fields_like(scope, (), 0, 5, Model()) == ()


def test_a_field_is_told_by_its_name_and_the_start_of_its_comment() -> None:
    texts = {f.field.name: embedded.text_of(f) for f in over("finance", "card_txn").fields}
    assert texts["decl_rsn"] == "decline reason: Reason of a decline"
    assert texts["credit_lim_eur"] == "credit limit eur"
