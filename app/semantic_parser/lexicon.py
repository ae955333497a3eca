"""General English: which words ask for what. Nothing here belongs to any one catalog.

Words are in lower case as written, unless a table says that it holds stems.
"""

from __future__ import annotations

from typing import Literal

from app.semantic_parser.form import Function, Operator
from app.semantic_parser.tokens import word_set

Direction = Literal["most", "least"]
MeasureKind = Literal["money", "duration", "any"]

STOP = word_set("""
    a about all also am an and any anything are as at be been being but by came can come comes
    coming could currently did do does doing done during each far few find for from
    get gets gave give got had happen happened happening happens has have having he her here hi
    hello hey his how i if in into is it its just kindly know let like look made make many me
    moment much my need no now of off often ok okay on only or our ours out over overall please
    presently put puts placed really recorded registered right s see seen she so some than
    thanks that the their them then there these they this those thus till to too under until up
    us use used was we were what when where whether which while who whom whose will with within
    would yet you your exist exists existed occur occurred occurs took take takes taking place went
    gone go goes tell per respective respectively want wants via recently records record entries
    entry rows row events event data both own appear appeared reported observed logged
    """)
"""Words that may stay unexplained."""

HARD = word_set("""
    percentage percent percents rate rates ratio ratios share shares proportion fraction
    compared compare compares comparison versus vs difference differences differ change changed
    changes growth grew grow increase increased increases decrease decreased decreases drop
    dropped trend trends cumulative running rolling correlation correlate correlated forecast
    predict prediction expected relationship ago previous prior consecutive unless despite
    without between why because former ratio outlier anomaly anomalies stddev deviation
    variance relative net gross half twice double
    """)
"""Words that change what is asked in a way that this grammar has no rule for."""

LISTING = word_set("show list display give find get see fetch print view")
NEGATIONS = word_set("not no except excluding exclude excluded without non outside never")
EXISTENCE = (
    *((verb, word) for verb in ("is", "are", "was", "were", "have") for word in ("there", "any")),
    *(("did", "any"), ("do", "any"), ("do", "we", "have"), ("did", "we", "have")),
)
LATEST = word_set("latest last newest recent")
EARLIEST = word_set("first oldest earliest")
TOP: dict[str, Direction] = {"top": "most", "best": "most", "bottom": "least", "worst": "least"}
GROUP_BY: tuple[tuple[str, ...], ...] = (
    ("broken", "down", "by"),
    ("grouped", "by"),
    ("group", "by"),
    ("split", "by"),
    ("for", "each"),
    ("for", "every"),
    ("in", "each"),
    ("of", "each"),
    ("per",),
    ("each",),
    ("every",),
    ("across",),
    ("by",),
)
DISTINCT = word_set("distinct unique different")
POPULAR = word_set("popular common frequent active busy used viewed ordered sold visited bought")
"""What follows `most` when rows are meant: the most popular, the most used."""

COUNTING: tuple[tuple[str, ...], ...] = (
    ("total", "number", "of"),
    ("how", "many", "times"),
    ("how", "many"),
    ("number", "of"),
    ("count", "of"),
    ("how", "often"),
    ("how", "frequently"),
    ("count", "the"),
    ("count",),
    ("counts",),
    ("breakdown", "of"),
    ("distribution", "of"),
)
AGGREGATES: tuple[tuple[tuple[str, ...], Function], ...] = (
    (("how", "much"), "sum"),
    (("sum", "of"), "sum"),
    (("in", "total"), "sum"),
    (("total",), "sum"),
    (("sum",), "sum"),
    (("combined",), "sum"),
    (("altogether",), "sum"),
    (("on", "average"), "avg"),
    (("average",), "avg"),
    (("averages",), "avg"),
    (("avg",), "avg"),
    (("mean",), "avg"),
    (("typical",), "avg"),
    (("maximum",), "max"),
    (("max",), "max"),
    (("minimum",), "min"),
    (("min",), "min"),
    (("median",), "percentile"),
)
EXTREMES: dict[str, tuple[Direction, MeasureKind]] = {
    "highest": ("most", "any"),
    "largest": ("most", "any"),
    "biggest": ("most", "any"),
    "greatest": ("most", "any"),
    "peak": ("most", "any"),
    "slowest": ("most", "duration"),
    "longest": ("most", "duration"),
    "expensive": ("most", "money"),
    "costliest": ("most", "money"),
    "priciest": ("most", "money"),
    "lowest": ("least", "any"),
    "smallest": ("least", "any"),
    "fastest": ("least", "duration"),
    "quickest": ("least", "duration"),
    "shortest": ("least", "duration"),
    "cheapest": ("least", "money"),
}
RANKS: dict[str, Direction] = {
    "most": "most",
    "busiest": "most",
    "commonest": "most",
    "fewest": "least",
    "least": "least",
    "quietest": "least",
}
COMPARISONS: tuple[tuple[tuple[str, ...], Operator], ...] = (
    (("greater", "than", "or", "equal", "to"), ">="),
    (("less", "than", "or", "equal", "to"), "<="),
    (("no", "more", "than"), "<="),
    (("not", "more", "than"), "<="),
    (("no", "less", "than"), ">="),
    (("not", "less", "than"), ">="),
    (("more", "than"), ">"),
    (("greater", "than"), ">"),
    (("higher", "than"), ">"),
    (("larger", "than"), ">"),
    (("bigger", "than"), ">"),
    (("longer", "than"), ">"),
    (("slower", "than"), ">"),
    (("later", "than"), ">"),
    (("at", "least"), ">="),
    (("less", "than"), "<"),
    (("fewer", "than"), "<"),
    (("lower", "than"), "<"),
    (("smaller", "than"), "<"),
    (("shorter", "than"), "<"),
    (("faster", "than"), "<"),
    (("cheaper", "than"), "<"),
    (("at", "most"), "<="),
    (("up", "to"), "<="),
    (("equal", "to"), "="),
    (("equals",), "="),
    (("exactly",), "="),
    (("over",), ">"),
    (("above",), ">"),
    (("exceeding",), ">"),
    (("exceeds",), ">"),
    (("exceeded",), ">"),
    (("exceed",), ">"),
    (("under",), "<"),
    (("below",), "<"),
    ((">",), ">"),
    ((">=",), ">="),
    (("≥",), ">="),
    (("<",), "<"),
    (("<=",), "<="),
    (("≤",), "<="),
    (("=",), "="),
    (("==",), "="),
)
MONEY_WORDS = word_set(
    "revenu sal sale turnover incom earn spend spent proce cost money worth pric"
)
TRADE_WORDS = word_set("sal sale revenu purchas order invoic turnover")
"""Stems in a table's comment that say its money is revenue."""

DURATION_NOUNS = word_set("duration latenci respons")
ADDITIVE = word_set(
    "amount quantiti qti count total unit revenu cost fee byt volum sal sale spend weight charg"
    " energi distanc payload rainfall consumption passenger item piec kwh"
)
"""Stems in a column's name or comment that say its numbers add up."""

RELATED: dict[str, tuple[str, ...]] = {
    "sell": ("sal", "order"),
    "buy": ("purchas", "order"),
    "purchas": ("order",),
    "client": ("customer",),
    "shopper": ("customer",),
    "buyer": ("customer",),
    "packag": ("parcel", "shipment"),
    "town": ("citi",),
    "vendor": ("supplier",),
    "trip": ("ride", "journey"),
    "ride": ("trip", "journey"),
    "bill": ("invoic",),
    "fault": ("error",),
    "crash": ("error",),
    "visitor": ("visit", "session"),
    "item": ("product", "articl"),
    "articl": ("product", "item"),
    "employe": ("staff", "worker"),
    "cash": ("amount",),
}
"""Stems to stems that mean about the same, used where a catalog knows only the latter."""

PROCEDURE: tuple[tuple[str, ...], ...] = (
    ("what", "do"), ("what", "should"), ("what", "must"), ("what", "can"), ("what", "happens"),
    ("what", "does"), ("what", "if"), ("how", "do"), ("how", "should"), ("how", "can"),
    ("how", "must"), ("how", "does"), ("how", "to"), ("how", "is"), ("how", "are"), ("why",),
    ("who",), ("should",), ("explain",), ("when", "do"), ("when", "should"), ("when", "is"),
    ("what", "counts", "as"), ("what", "means"), ("define",), ("meaning", "of"), ("where",),
    ("may",), ("can", "i"), ("can", "we"), ("must",),
)  # fmt: skip
"""Starts of questions that ask for a rule or a reason, not for rows."""

KNOWN = frozenset().union(
    STOP, HARD, LISTING, NEGATIONS, LATEST, EARLIEST, TOP, DISTINCT, POPULAR, EXTREMES, RANKS,
    *(words for words, _ in AGGREGATES), *(words for words, _ in COMPARISONS), *COUNTING, *GROUP_BY,
    word_set(
        """
        today yesterday hour hours minute minutes day days week weeks month months hourly daily
        second seconds since before after morning afternoon monday tuesday wednesday thursday
        friday saturday sunday order orders ordered time times weekly monthly percentile
        """
    ),
)  # fmt: skip
"""Words whose spelling is never doubted."""
