"""Which sentences of a passage an answer used."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.highlight import used

POLICY = (
    "## Compensation\n\n"
    "A parcel is late when its last scan is more than 2 hours past the promised time. "
    "Scans that report lost are handled as losses. "
    "The customer gets the shipping fee back and a voucher of 5 EUR, e.g. by mail.\n\n"
    "- Nordwind pays after 3 days\n"
    "- PostHaste pays after 14 days\n\n"
    "| carrier | limit |\n|---|---|\n| Nordwind | EUR 1,500 |\n| Alpenfracht | EUR 900 |\n\n"
    "Questions go to the dispatch desk.\n\nWe pay EUR 5 for it.\n\nNot more than that."
)
LATE = "A parcel is late when its last scan is more than 2 hours past the promised time."
LOST = "Scans that report lost are handled as losses."
FEE = "The customer gets the shipping fee back and a voucher of 5 EUR, e.g. by mail."
ITEM = "- PostHaste pays after 14 days"
ROW = "| Nordwind | EUR 1,500 |"
TEXT = ["late parcels ", "owe 5 ", "[1]", ". ", "\n", "\n\n", "- ", "| ", "#"]
PASSAGE = ["Late parcels ", "we owe 5 ", ". ", "\n", "\n\n", "- ", "| ", "# "]

CASES = {
    # case: (text, the stretches of the policy that it used)
    "in other words": ("Late means over 2 hours past what was promised [1].", [LATE]),
    "marker behind the full stop": ("We owe a 5 EUR voucher. [1] All is well.", [FEE]),
    "the sentence before has none": ("We owe a voucher. Lost scans are losses [1].", [LOST]),
    "another marker": ("We owe a 5 EUR voucher [2].", []),
    "two markers": ("We owe a 5 EUR voucher [2] [1].", [FEE]),
    "a quotation of two paragraphs": (
        "> We pay EUR 5 for it.\\\n> Not more than that. [1]",
        ["We pay EUR 5 for it.", "Not more than that."],
    ),
    "a claim of two sentences": (
        "Scans that report lost are losses, and the customer gets the shipping fee back [1].",
        [f"{LOST} {FEE}"],
    ),
    "two claims apart": (
        "Parcels are late 2 hours past the promised time [1].\n\nAsk the dispatch desk [1].",
        [LATE, "Questions go to the dispatch desk."],
    ),
    "a quotation, marker at its end": (f"> {LATE}\\\n> {LOST} [1]", [f"{LATE} {LOST}"]),
    "a short row, quoted": ("> carrier · limit [1]", ["| carrier | limit |"]),
    "a list item": ("- PostHaste: 14 days [1]\n- Nordwind: soon", [ITEM]),
    "a row, by its number": ("Up to EUR 1500 is paid by Nordwind [1].", [ROW]),
    "emphasis": ("**PostHaste** pays only after *14* days [1].", [ITEM]),
    "one word in common": ("The desk is brown [1].", []),
    "nothing in common": ("It rains in Rome [1].", []),
    "headings are no evidence": ("Compensation is a word [1].", []),
    "no text": ("", []),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_used(text: str, expected: list[str]) -> None:
    assert [POLICY[start:end] for start, end in used(text, 1, POLICY)] == expected


def test_other_languages() -> None:
    passage = "Ein Paket gilt nach 2 Stunden als verspätet. Wir zahlen 5 Euro Entschädigung."
    [(start, end)] = used("Die Entschädigungen betragen 5 Euro [1].", 1, passage)
    assert passage[start:end] == "Wir zahlen 5 Euro Entschädigung."


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(TEXT)), st.lists(st.sampled_from(PASSAGE)))
def test_stretches_lie_in_order_within_the_passage(text: list[str], passage: list[str]) -> None:
    whole = "".join(passage)
    at = 0
    for start, end in used("".join(text), 1, whole):
        assert at <= start < end <= len(whole)
        assert whole[start:end].strip() == whole[start:end]
        at = end
