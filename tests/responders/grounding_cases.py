"""Texts over one set of evidence: honest ones, and dishonest ones with what is doubted of them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa

from app.answer import QueryResult, Source
from tests.responders.fakes import passage

QUESTION = "Which carriers were late on 20 November, with more than 8 parcels in the last 3 hours?"
NAMES = frozenset(
    {
        "shipments", "shipments.carrier", "shipments.status", "shipments.delay_hours",
        "orders", "orders.order_id", "orders.amount", "carrier", "order_id", "amount",
    }
)  # fmt: skip

SQL = """SELECT carrier, COUNT(*) AS parcels, AVG(delay_hours) AS delay_hours
FROM shipments
WHERE status = 'late' AND scan_time >= TIMESTAMP '2026-11-22 17:00:00'
  AND scan_time < TIMESTAMP '2026-11-22 17:30:00'
GROUP BY carrier
ORDER BY parcels DESC LIMIT 25"""

CARRIERS = pa.table(
    {
        "carrier": ["Alpenfracht", "Nordwind", "Gleis 9", "Blitzkurier"],
        "parcels": [1234, 48, 12, 6],
        "scanned": [3324, 640, 480, 600],
        "late_share": [0.3712, 0.075, 0.025, 0.01],
        "delay_hours": [30.456, 27.0, 49.5, 26.25],
        "revenue": [Decimal("1234567.89"), Decimal("56000.00"), Decimal("99.90"), None],
        "last_scan": [
            datetime(2026, 11, 22, 16, 45, tzinfo=UTC),
            datetime(2026, 11, 22, 16, 12, 30, tzinfo=UTC),
            datetime(2026, 11, 22, 15, 57, tzinfo=UTC),
            None,
        ],
    }
)
PAGES = pa.table(
    {
        "page": [
            f"/shop/{name}"
            for name in (
                "tent",
                "pan",
                "boots",
                "rope",
                "stove",
                "map",
                "lamp",
                "mug",
                "hat",
                "bag",
                "axe",
                "mat",
            )
        ],
        "load_ms": [2750, 1512, 980, 955, 921, 873, 812, 777, 731, 690, 655, 601],
        "views": [1000, 910, 833, 700, 650, 512, 477, 401, 333, 290, 211, 97],
    }
)
POLICY = (
    "## What we owe\n\nCompensation is owed per late parcel, **whoever** is at fault — always.\n\n"
    "| Delay | Compensation |\n|---|---|\n| 24 to under 48 hours | EUR 5 |\n"
    "| 48 hours or more | EUR 10 |\n\n"
    "1. Check the scans.\n2. Don't promise refunds by phone.\n\n"
    "Refunds take up to five working days; see the [refund policy](refunds.md) for `fraud_hold`.\n"
    "```sql\nSELECT COUNT(*) FROM refunds\n```\n"
)
EVIDENCE = (
    Source(
        1,
        QueryResult(
            SQL,
            CARRIERS,
            ("shipments",),
            as_of={"shipments": datetime(2026, 11, 22, 17, 29, 55, tzinfo=UTC)},
            seconds=0.84,
        ),
    ),
    Source(2, passage(POLICY, title="Late Delivery and Compensation Policy")),
    Source(3, QueryResult("SELECT page, load_ms, views FROM page_views", PAGES, ("page_views",))),
)

HONEST = [
    # As it stands in the evidence, written in every usual way.
    "Alpenfracht had 1,234 late parcels, **1234** or 1\u202f234 in all [1].",
    "Alpenfracht had 1.2k late parcels of 3.3K scanned [1].",
    "Revenue came to EUR 1,234,567.89, about 1.2 million or €1.23M [1].",
    "Umsatz: 1.234.567,89 € und 99,90 € [1].",
    "Revenue was 56k for Nordwind, 56 thousand euros [1].",
    "Gleis 9 made 99.9 EUR, €99.90, roughly EUR 100 [1].",
    "About 1,200 parcels of Alpenfracht, more than 1,000, nearly 1,300 [1].",
    "Over 1.2 million in revenue [1].",
    "In scientific notation 1.23e+06, or 1.234e3 parcels [1].",
    "We owe €5, or 5 EUR, or EUR 5.00 [2].",
    "There are 4 carriers, of which 3 have revenue [1].",
    "The four carriers and a dozen pages; none was skipped and no one counts words [1][3].",
    # Shares.
    "37 % of Alpenfracht's parcels are late, 37.1% to be exact, 37.12 percent [1].",
    "Nordwind is late with 7.5 %, or 7-8 % [1].",
    "Alpenfracht has 95 % of all late parcels [1].",
    "Nordwind had 3.7 % of the total [1].",
    "Gleis 9's share is 0.025, that is 1 in 40 or 12 of 480 [1].",
    "Alpenfracht and Nordwind together had 1,282 late parcels, 98.6 % [1].",
    "Of 480 parcels scanned 12 were late, so 468 (97.5 %) were on time [1].",
    "Alpenfracht is late in 37 % of the cases, and so on time in 63 % [1].",
    "Alpenfracht was late 29.6 percentage points more often than Nordwind (37.1 % and 7.5 %) [1].",
    # Totals, differences, ratios.
    "There were 1,300 late parcels in all, 325 per carrier on average [1].",
    "Nordwind had 36 more late parcels than Gleis 9 [1].",
    "Nordwind had 4 times as many as Gleis 9, and Gleis 9 twice as many as Blitzkurier [1].",
    "Alpenfracht had 25.7 times as many as Nordwind [1].",
    "Nordwind had 300 % more late parcels than Gleis 9 [1].",
    "The other carriers together had 66 late parcels [1].",
    "The first page has 90 views more than the second; it takes 1.8x as long [3].",
    "The top 3 pages had 2,743 views together [3].",
    "The slowest page takes 2,149 ms longer than the fastest [3].",
    "Only 2 pages take more than 1000 ms; 10 pages have over 250 views [3].",
    # Arithmetic in the paragraph.
    "12 late parcels at EUR 10 each, EUR 120 in all [1][2].",
    "We owe Nordwind's customers EUR 240 (48 parcels, EUR 5 per parcel) [1][2].",
    "48 × EUR 5 = EUR 240 [1][2].",
    "Nordwind (48) and Gleis 9 (12) make EUR 300 at EUR 5 each: 60 parcels [1][2].",
    "What we owe [1][2]:\n\n- Nordwind: 48 parcels × EUR 5 = EUR 240\n- Gleis 9: 12 × EUR 10 = "
    "EUR 120\n\nIn total EUR 360.",
    "| carrier | parcels | each | total |\n|---|---|---|---|\n| Nordwind | 48 | 5 | 240 |\n"
    "| Gleis 9 | 12 | 10 | 120 |\n| Sum | 60 | | 360 |",
    "By policy it is EUR 5, and EUR 10 from 48 hours [2].\n\n"
    "| Carrier | Late | Avg delay | Rate | Owed |\n|---|---:|---:|---:|---:|\n"
    "| Alpenfracht | 1,234 | 30.5 h | €5 | €6,170 |\n| Nordwind | 48 | 27 h | €5 | €240 |\n"
    "| Gleis 9 | 12 | 49.5 h | €10 | €120 |\n| Blitzkurier | 6 | 26.25 h | €5 | €30 |\n"
    "| **Total** | **1,300** | | | **€6,560** |\n\nSo in total we owe about **€6,560**.",
    "10 % of the 480 scanned parcels would be 48 [1].\n\nEUR 10.",
    # Counts of what is listed.
    "3 carriers were late: Alpenfracht, Nordwind and Gleis 9 [1].",
    "These 2 matter:\n\n- Alpenfracht\n- Nordwind",
    "The worst 2 are Alpenfracht and Nordwind [1].",
    # Lengths of time.
    "30.456 hours is 30 h 27 min, 30 hours, 1 d 6 h or 1.27 days [1].",
    "Nordwind: 27 h, or 1 day and 3 hours [1]. Gleis 9: 2970 minutes.",
    "The slowest page takes 2.75 s, 2.8 seconds or 2,750 ms [3].",
    "In the last 30 minutes [1], asked in 0.84 s, that is half an hour.",
    "From 24-48 hours EUR 5, from 2 days EUR 10 [2].",
    "Refunds take 5 working days, about a week [2].",
    # Dates and clock times.
    "On 2026-11-22 between 17:00 and 17:30; last scan 16:45 (17:45 CET, 5:45 pm) [1].",
    "On 22 November 2026, Nov 22, November 22nd, 2026, and in November 2026 [1].",
    "Between 5 pm and 5:30 PM on Sunday the 22nd [1].",
    "At 2026-11-22T16:45:00Z or 2026-11-22 17:45:00+01:00 (UTC+1) [1].",
    "The last scan of Nordwind was 16 minutes after that of Gleis 9 (15:57), at 16:12:30 [1].",
    "From 21 to 23 November 2026, or November 21-23 [1].",
    "You asked for 20 November, more than 8 parcels and the last 3 hours.",
    # No claims at all.
    "1. first\n2. second\n99. a list",
    "## 7. Steps\n\nIPv6, p95, SHA-256, UTF-8, O-5f3a09c1, Flink 2.1.3, 24/7 and S3 are names.",
    "See [the page](https://example.com/88) and https://example.com/99?n=66.",
    "An escaped \\[5\\] is no marker; both [1, 2] and [1-3] are.",
    "",
    # Names and statements.
    "`shipments.carrier` and `orders` are known; `status` = `late` is in the query, fraud_hold in "
    "the policy [1][2].",
    "`COUNT(*)`, `AVG(delay_hours)`, `TUMBLE`, `GROUP BY`, `ROW_NUMBER` and `NULL` are no names.",
    "I ran `SELECT carrier, COUNT(*) AS parcels` with `where status = 'late'` [1].",
    f"```sql\n{SQL.lower().replace('timestamp', 'TIMESTAMP')};\n```",
    "```sql\nSELECT carrier, ...\nFROM shipments\nWHERE status = 'late'\n```\n\n`1,234` late.",
    "The runbook says `SELECT COUNT(*) FROM refunds` [2].",
    '```json\n{"n": 777}\n```',
    # Quotes.
    "> Compensation is owed per late parcel, whoever is at fault - always. [2]",
    "> Delay · Compensation\\\n> 48 hours or more · EUR 10 [2]\n>\n> — Late Delivery and "
    "Compensation Policy",
    "> **Check the scans.**\n> Don’t promise refunds by phone. [2]",
    "The policy says “compensation is owed *per late parcel* … always” [2].",
    'It says "Refunds take up to five working days; see the refund policy" [2].',
    "See “Late Delivery and Compensation Policy” and “a made up” one [2].",
    "You asked “which carriers were late on 20 No…” [1].",
]

DISHONEST = [
    # Invented and misrounded.
    ("Nordwind had 47 late parcels [1].", ["47"]),
    ("Gleis 9 was 49 hours late [1].", ["49 hours"]),
    ("There were **1,243** late parcels [1].", ["1,243"]),
    ("Alpenfracht had 1.4k late parcels [1].", ["1.4k"]),
    ("Revenue was 1.5 million, or €1.24M [1].", ["1.5 million", "1.24M"]),
    ("Revenue was EUR 1,234,567.98 [1].", ["1,234,567.98"]),
    ("The delay is 30.45 hours [1].", ["30.45 hours"]),
    ("We owe €7 per parcel [2].", ["7"]),
    ("We owe EUR 5.50 [2].", ["5.50"]),
    ("About 1,400 parcels, over 3,400, nearly 1,200 [1].", ["1,400", "3,400", "1,200"]),
    ("There are 5 carriers [1].", []),
    ("There are 7 carriers [1].", ["7"]),
    ("`888` parcels and\n\n```\n999\n```", ["888", "999"]),
    ("- Nordwind: 48\n- Gleis 9: 13 [1]", ["13"]),
    ("| carrier | n |\n|---|---|\n| Nordwind | 47 |", ["47"]),
    ("1.234.568,89 € [1]", ["1.234.568,89"]),
    ("1.4e+06 [1]", ["1.4e+06"]),
    # Shares.
    ("38 % of Alpenfracht's parcels are late [1].", ["38 %"]),
    ("37.3% of Alpenfracht's parcels are late [1].", ["37.3%"]),
    ("Alpenfracht has 91 percent of all late parcels [1].", ["91 percent"]),
    ("Of 480 parcels 12 were late (3.5 %) [1].", ["3.5 %"]),
    ("37.1 % late, so 64 % on time [1].", ["64 %"]),
    # Totals, differences, ratios.
    ("There were 1,310 late parcels in all [1].", ["1,310"]),
    ("There were 335 per carrier on average [1].", ["335"]),
    ("Nordwind had 35 more late parcels than Gleis 9 [1].", ["35"]),
    ("Nordwind had 4.5 times as many as Gleis 9 [1].", ["4.5"]),
    ("There were 36 late parcels of Nordwind [1].", ["36"]),
    ("The top 3 pages had 2,753 views together [3].", ["2,753"]),
    ("In all 19 pages take more than 1000 ms [3].", ["19"]),
    ("Of 480 parcels scanned 17 were late [1].", ["17"]),
    # Arithmetic in the paragraph.
    ("12 late parcels at EUR 10 each, EUR 125 in all [1][2].", ["125"]),
    ("We owe EUR 245 (48 parcels, EUR 5 per parcel) [1][2].", ["245"]),
    ("48 × EUR 5 = EUR 250 [1][2].", ["250"]),
    (
        "- Nordwind: 48 parcels × EUR 5 = EUR 240\n- Gleis 9: 12 × EUR 10 = EUR 120\n\n"
        "In total EUR 370.",
        ["370"],
    ),
    (
        "| carrier | n | each | total |\n|---|---|---|---|\n| Nordwind | 48 | 5 | 240 |\n"
        "| Gleis 9 | 12 | 10 | 130 |\n| Sum | 60 | | 380 |",
        ["130", "380"],
    ),
    ("11 parcels at EUR 13 each are EUR 143 in all [1].", ["11", "13", "143"]),
    # Counts of what is listed.
    ("These 7 were late: Alpenfracht, Nordwind and Gleis 9 [1].", ["7"]),
    # Lengths of time.
    ("It took 30 h 28 min [1].", ["30 h 28 min"]),
    ("Gleis 9 took 3 days [1].", ["3 days"]),
    ("Alpenfracht's delay is 30.5 minutes [1].", ["30.5 minutes"]),
    ("The slowest page takes 2750 s [3].", ["2750 s"]),
    ("The slowest page takes 2.9 s [3].", ["2.9 s"]),
    ("In the last 45 minutes [1].", ["45 minutes"]),
    # Dates and clock times.
    ("On 2026-11-25 [1].", ["2026-11-25"]),
    ("On 2026-99-99 [1].", ["2026-99-99"]),
    ("On 25 November 2026 and on Nov 22, 2025 [1].", ["25 November 2026", "Nov 22, 2025"]),
    ("In October 2026 [1].", ["October 2026"]),
    ("At 17:46 and 4:47 pm [1].", ["17:46", "4:47 pm"]),
    ("Since 11 pm [1].", ["11 pm"]),
    # Markers.
    ("Late [4].", ["[4]"]),
    ("Late [1][9] and [1, 8].", ["[9]", "[1, 8]"]),
    ("> Compensation is owed per late parcel, whoever is at fault — always. [7]", ["[7]"]),
    # Names and statements.
    ("From `parcels_raw` and `deliveries` [1].", ["parcels_raw", "deliveries"]),
    ("The column shipments.delay_minutes or late_rate [1].", ["late_rate"]),
    ("The column `shipments.amount` is known of `orders.amount` only.", ["shipments.amount"]),
    ("`SUM(late_rate)` was computed [1].", ["late_rate"]),
    (
        "I ran `SELECT carrier FROM deliveries` [1].",
        ["`SELECT carrier FROM deliveries`"],
    ),
    (
        "```sql\nSELECT COUNT(*) FROM shipments WHERE status = 'lost'\n```",
        ["```sql\nSELECT COUNT(*) FROM shipments WHERE status = 'lost'\n```"],
    ),
    ("Filtered by `WHERE status = 'lost'` [1].", ["`WHERE status = 'lost'`"]),
    # Quotes.
    (
        "> Compensation is owed per late order, whoever is at fault — always. [2]",
        ["> Compensation is owed per late order, whoever is at fault — always. [2]"],
    ),
    ("> 777 is quoted [1]", ["> 777 is quoted [1]"]),
    ("> 48 hours or more: EUR 15 [2]", ["> 48 hours or more: EUR 15 [2]"]),
    (
        "It says “refunds take up to three working days” [2].",
        ["“refunds take up to three working days”"],
    ),
    (
        'It says "never promise anything by phone" [2].',
        ['"never promise anything by phone"'],
    ),
    (
        "It says “always … compensation is owed” [2].",
        ["“always … compensation is owed”"],
    ),
    ("“We owe you EUR 99 by law” [2]", ["“We owe you EUR 99 by law”"]),
]
