"""Dates over one set of policies and a moment of asking: those that follow, and those that do not.

Each case is the policy, what was asked, and the answer; of a dishonest one also what is doubted.
"""

from __future__ import annotations

NOW = "Now: Sunday 2026-11-22 17:30:00"
GIFT = (
    "A gift card is valid three years from the end of the year of purchase: one bought in March "
    "2026 is valid until December 31, 2029."
)
PAYOUT = "Sellers are paid at the end\nof the **following month**."
WORK = "Refunds arrive within five working days of approval."
RETURN = "Goods may be returned within 14 days of delivery."
WARRANTY = "The warranty lasts 24 months; a battery is covered for half a year."
MONTHLY = "An invoice is due one month after its date."
NOTICE = "Cancel in writing four weeks before the date of renewal."
BOUGHT = "How long is a gift card bought in November 2024 valid?"

HONEST = [
    (GIFT, BOUGHT, "It is valid until December 31, 2027 [1]."),
    (
        GIFT,
        BOUGHT,
        "The years end on 2024-12-31, so it is good until Friday, 31 December 2027 [1].",
    ),
    (GIFT, BOUGHT, "It can be used until the end of 2027, that is through December 2027 [1]."),
    (PAYOUT, "When am I paid for this month?", "At the end of December 2026 [1]."),
    (PAYOUT, "When am I paid for this month?", "On Thursday, December 31, 2026 [1]."),
    (PAYOUT, "I sold on 12 January 2027.", "You are paid on February 28, 2027 [1]."),
    (PAYOUT, "I sold on 12 January 2028.", "You are paid on 2028-02-29, a Tuesday [1]."),
    (WORK, "It was approved on Thursday 19 November 2026.", "By Thursday, 26 November 2026 [1]."),
    (WORK, "It was approved on Friday, 20 November.", "It arrives by Nov 27 (Friday) [1]."),
    (
        WORK,
        "It is approved today.",
        "Five working days from today are over on Friday the 27th [1].",
    ),
    (RETURN, "It was delivered on 20 December 2026.", "Return it by Sunday, January 3, 2027 [1]."),
    (RETURN, "It came on 15 February 2028.", "You have until 29 February 2028 [1]."),
    (RETURN, "Which can come back?", "Whatever was delivered on or after 2026-11-08 [1]."),
    (WARRANTY, "I bought it on 29 February 2028.", "It is covered until February 28, 2030 [1]."),
    (WARRANTY, "I bought it in November 2024.", "The battery was covered until May 2025 [1]."),
    (WARRANTY, "I bought it in November 2024.", "The warranty ends in 2026 [1]."),
    (MONTHLY, "My invoice is of 2027-01-31.", "It is due on 2027-02-28 [1]."),
    (NOTICE, "It renews on January 1, 2027.", "Cancel before Friday, December 4, 2026 [1]."),
    ("A reply takes 48 hours.", "When?", "By Tuesday, 2026-11-24 at 17:30 [1]."),
    ("A reply takes up to four hours.", "When?", "By 9:30 pm, at the latest 21:30 [1]."),
    ("A reply takes up to eight hours.", "When?", "By 1:30 AM on Monday, November 23 [1]."),
    ("A reply takes up to four hours.", "I wrote at 14:00 today.", "By 6 pm [1]."),
    ("Paid on the 15th of the following month.", "When?", "On Tuesday, December 15, 2026 [1]."),
    (
        "Parcels leave within 3 working days and take two weeks.",
        "When is it here?",
        "It leaves by Wednesday, November 25, 2026 and is here by December 9, 2026 [1].",
    ),
    ("The offer ends on the last day of the quarter.", "When?", "On December 31, 2026 [1]."),
    ("The sale begins on the first day of next month.", "When?", "On December 1 [1]."),
    ("Keep it 3 to 5 years.", "Until when?", "Until November 2029, at most 22 November 2031 [1]."),
    ("Sunday 21 November 2026 is printed here.", "?", "Sunday 21 November 2026 is printed [1]."),
]

DISHONEST = [
    (GIFT, BOUGHT, "It is valid until December 31, 2028 [1].", ["December 31, 2028"]),
    (GIFT, BOUGHT, "It is valid until November 30, 2027 [1].", ["November 30, 2027"]),
    (GIFT, BOUGHT, "It can be used until the end of 2031 [1].", ["2031"]),
    (PAYOUT, "When am I paid for this month?", "On January 31, 2027 [1].", ["January 31, 2027"]),
    (PAYOUT, "When am I paid for this month?", "In February 2027 [1].", ["February 2027"]),
    (PAYOUT, "I sold on 12 January 2027.", "On February 29, 2027 [1].", ["February 29, 2027"]),
    (PAYOUT, "I sold on 12 January 2028.", "On February 28, 2028 [1].", ["February 28, 2028"]),
    (
        WORK,
        "It was approved on 19 November 2026.",
        "By 24 November 2026 [1].",
        ["24 November 2026"],
    ),
    (
        WORK,
        "It was approved on 20 November 2026.",
        "By 25 November 2026 [1].",
        ["25 November 2026"],
    ),
    (
        WORK,
        "It was approved on 19 November 2026.",
        "By Friday, 26 November 2026 [1].",
        ["Friday"],
    ),
    (RETURN, "It came on 20 December 2026.", "Until January 4, 2027 [1].", ["January 4, 2027"]),
    (RETURN, "It came on 15 February 2028.", "Until March 1, 2028 [1].", ["March 1, 2028"]),
    (RETURN, "It came on 20 December 2026.", "Until 2027-01-03 (Monday) [1].", ["Monday"]),
    (RETURN, "It comes today.", "Return it by November 8, 2026 [1].", ["November 8, 2026"]),
    (WARRANTY, "I bought it on 2024-11-05.", "Until November 5, 2027 [1].", ["November 5, 2027"]),
    (WARRANTY, "I bought it in November 2024.", "The battery: June 2025 [1].", ["June 2025"]),
    (MONTHLY, "My invoice is of 2027-01-31.", "It is due on 2027-03-02 [1].", ["2027-03-02"]),
    (NOTICE, "It renews on January 1, 2027.", "Before December 1, 2026 [1].", ["December 1, 2026"]),
    ("A reply takes up to four hours.", "When?", "By 10 pm [1].", ["10 pm"]),
    ("A reply takes 48 hours.", "When?", "By 2026-11-26 [1].", ["2026-11-26"]),
    (
        WORK,
        "It is approved today.",
        "It is the 27th refund, due on the 29th [1].",
        ["27th", "29th"],
    ),
    ("Sellers are paid in time.", "When?", "On 31 December 2026 [1].", ["31 December 2026"]),
    ("The rules of 2 May 2026 hold.", "Until when?", "Until the end of 2027 [1].", ["2027"]),
    ("The rules hold for a good year.", "How many?", "There were 2027 parcels [1].", ["2027"]),
]
