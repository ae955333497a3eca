"""What counts as said: text against text, however they are set."""

from __future__ import annotations

import pytest

from app.evaluation.says import says

SAID = [
    ("It is LATE.", "late"),
    ("Wait\n  45 minutes", "wait 45 minutes"),
    ("**31** parcels [2]", "31 parcels"),
    ("31 [2] parcels", "31 parcels"),
    ("1,234,567.5 in all", "1234567.5"),
    ("1234567.50 in all", "1,234,567.5"),
    ("1\u202f234 and 1\u00a0234", "1234 and 1234"),
    ("1'234.00", "1234"),
    ("8 %", "8%"),
    ("8%", "8 %"),
    ("80.0", "80"),
    ("Status `picked\\_up`", "status picked_up"),
    ("don\u2019t re\u2011order", "don't re-order"),
    ("We owe 85.", "EUR 85|85"),
    ("between 24 and 48", "24"),
    ("the 31st, not \u20135", "-5"),
    ("That is 24h.", "24"),
    ("We don't.", "don't"),
]
NOT_SAID = [
    ("", "3"),
    ("112 orders", "12"),
    ("112 orders", "11"),
    ("3.5 orders", "3"),
    ("3.5 orders", "5"),
    ("1,234 orders", "234"),
    ("at 17:30", "17"),
    ("100.05", "100"),
    ("source [31]", "31"),
    ("10", "10.5"),
    ("in 2026 300 were lost", "2026300"),
    ("early", "late|lost"),
    ("related", "late"),
    ("lateness", "late"),
]


@pytest.mark.parametrize(("text", "wanted"), SAID)
def test_said(text: str, wanted: str) -> None:
    assert says(text, wanted)


@pytest.mark.parametrize(("text", "wanted"), NOT_SAID)
def test_not_said(text: str, wanted: str) -> None:
    assert not says(text, wanted)
