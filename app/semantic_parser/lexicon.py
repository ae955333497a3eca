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
    coming could did do does doing done during each far few find for from
    get gets gave give got had happen happened happening happens has have having he her here hi
    hello hey his how i if in into is it its just kindly know let like look made make many me
    much my need no now of off often ok okay on only or our ours out overall please
    put puts placed really recorded registered s see seen she so some than
    thanks that the their them then there these they this those thus till to too until up
    us use used was we were what when where whether which while who whom whose will with within
    would you your exist exists existed occur occurred occurs took take takes taking place went
    gone go goes tell per respective respectively want wants via recently records record entries
    entry rows row events event data both own appear appeared reported observed logged
    something anything someone anyone somebody anybody sorry again asking ask boss pls plz ok kindly
    altogether simply quickly actually dear team folks guys ones thx thanx ty cheers whats
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
    currently presently still yet already now moment ongoing remaining anymore ever
    rising falling growing shrinking improving improved worsening worse better
    evening evenings night nights nightly tonight morning mornings afternoon afternoons noon midday
    midnight weekend weekends tomorrow tomorrows next
    over under above below exceeding exceeds exceeded exceed exactly
    early earlier later sooner soon before after since
    """)
"""Words that change what is asked in a way that this grammar has no rule for."""

LISTING = word_set("show list display give find get see fetch print view")
NEGATIONS = word_set("not no except excluding exclude excluded without non outside never")
LATEST = word_set("latest last newest recent")
EARLIEST = word_set("first oldest earliest")
HARD_PHRASES: tuple[tuple[str, ...], ...] = (
    ("on", "time"), ("in", "time"), ("going", "up"), ("going", "down"), ("right", "now"),
    ("at", "the", "moment"), ("at", "once"), ("at", "the", "same", "time"),
    ("more", "and", "more"), ("fewer", "and", "fewer"),
)  # fmt: skip
"""Small words that change what is asked when they stand together."""

TOP: dict[str, Direction] = {"top": "most", "bottom": "least"}
JUDGED = word_set("best worst")
"""Which end these mean depends on whether the measure is a good or a bad thing."""
BAD = word_set(
    "lat lost fail cancel error fault fraud reject declin refund delay delai miss damag expir"
    " timeout broken complaint return alarm warn critical outag invalid"
)
"""Stems of values and names that nobody wants many of."""
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
DONE: dict[str, frozenset[str]] = {
    "viewed": word_set("view page visit click"),
    "visited": word_set("visit page view click"),
    "ordered": word_set("order purchas sal"),
    "sold": word_set("order purchas sal"),
    "bought": word_set("order purchas sal"),
    "selling": word_set("order purchas sal"),
    "played": word_set("match gam play session stream"),
    "watched": word_set("view watch stream play session"),
    "streamed": word_set("stream play session"),
    "listened": word_set("stream play listen session"),
    "downloaded": word_set("download"),
    "clicked": word_set("click"),
    "served": word_set("impression"),
    "shown": word_set("impression"),
    "rented": word_set("rental rent rid ride trip hir loan"),
    "borrowed": word_set("loan borrow rental"),
    "booked": word_set("book reserv reservation appointment stay"),
    "requested": word_set("request"),
    "called": word_set("call"),
    "read": word_set("read view visit"),
    **dict.fromkeys(
        ("write", "wrote", "written"), word_set("messag note comment review repli post")
    ),
}
"""Stems that a table must go by for its rows to be what was done."""
SELLING = word_set("sold selling sell sells bought ordered purchased")

COUNTING: tuple[tuple[str, ...], ...] = (
    ("total", "number", "of"),
    ("how", "many", "times"),
    ("how", "many"),
    ("number", "of"),
    ("nr", "of"),
    ("nr.", "of"),
    ("no", "of"),
    ("num", "of"),
    ("count", "of"),
    ("how", "often"),
    ("how", "frequently"),
    ("count", "the"),
    ("count",),
    ("counts",),
    ("counting",),
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
    (("in", "average"), "avg"),
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
    "dearest": ("most", "money"),
    "lowest": ("least", "any"),
    "smallest": ("least", "any"),
    "fastest": ("least", "duration"),
    "quickest": ("least", "duration"),
    "shortest": ("least", "duration"),
    "cheapest": ("least", "money"),
}
ADJECTIVES: dict[str, tuple[Direction, frozenset[str]]] = {
    "oldest": ("most", word_set("age")),
    "youngest": ("least", word_set("age")),
    "heaviest": ("most", word_set("weight mass load")),
    "lightest": ("least", word_set("weight mass load")),
    "hottest": ("most", word_set("temperatur temp heat")),
    "warmest": ("most", word_set("temperatur temp heat")),
    "coldest": ("least", word_set("temperatur temp heat")),
    "coolest": ("least", word_set("temperatur temp heat")),
    "tallest": ("most", word_set("height")),
    "deepest": ("most", word_set("depth")),
    "farthest": ("most", word_set("distanc km kilometr")),
    "furthest": ("most", word_set("distanc km kilometr")),
    "nearest": ("least", word_set("distanc km kilometr")),
    "fullest": ("most", word_set("occupanc load fill level utilization")),
    "emptiest": ("least", word_set("occupanc load fill level utilization")),
    "loudest": ("most", word_set("nois decibel volum")),
    "wettest": ("most", word_set("humiditi rain rainfall moistur")),
    "driest": ("least", word_set("humiditi rain rainfall moistur")),
    "windiest": ("most", word_set("wind")),
    "brightest": ("most", word_set("light luminanc lux bright")),
}
"""Superlatives to the end they want and stems of the numbers that they are about."""

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
    "amount quantiti qti qty cnt pcs count total unit revenu cost fee byt volum sal sale"
    " spend weight charg energi distanc payload rainfall consumption passenger item piec kwh"
    " cnt amt tot ttl qnty"
)
"""Stems in a column's name or comment that say its numbers add up."""

MEASURED = word_set("price value amount figure level number reading score id name type kind code")
"""Nouns that may stand beside the name of what they are about: `ask price`, `shoe size number`."""

RECORDS = word_set("""
    readings reports records events entries measurements logs samples updates messages observations
    scans rows lines datapoints signals pings statuses notifications
    """)
"""What rows are called whatever they are about."""

GENERIC = word_set("run ran runs do did make made")
"""Verbs that say nothing of a state, though `running` or `done` may be one."""

PASSING = word_set("""
    come came coming arrive arrives reach reached reaches
    go goes went going gone hold holds held bring brings brought
    belong belongs belonging account accounts send sends sent sending measure measured measuring
    give gave given through inside involve involved involving included including include includes
    made make makes run ran done carried perform performed
    look looked found seen count counted counting use used among according
    across related regarding concerning respect overall ask asked
    calculate compute tell say said observe people goods stuff
    """)
"""What is done in general and changes nothing of what is asked, where something else does."""

SORTING = word_set("sorted ranked ordered order sort ordering starting first rank sorting")
"""Words about order, which go with a ranking."""

PROCEDURE: tuple[tuple[str, ...], ...] = (
    ("what", "do"), ("what", "should"), ("what", "must"), ("what", "can"), ("what", "happens"),
    ("what", "does"), ("what", "if"), ("how", "do"), ("how", "should"), ("how", "can"),
    ("how", "must"), ("how", "does"), ("how", "to"), ("how", "is"), ("how", "are"), ("why",),
    ("who",), ("should",), ("explain",), ("when", "do"), ("when", "should"), ("when", "is"),
    ("what", "counts", "as"), ("what", "means"), ("define",), ("meaning", "of"), ("where",),
    ("may",), ("can", "i"), ("can", "we"), ("must",),
)  # fmt: skip
"""Starts of questions that ask for a rule or a reason, not for rows."""

OPERATORS = frozenset().union(
    STOP, HARD, LISTING, NEGATIONS, *(words for words, _ in COMPARISONS), *COUNTING, *GROUP_BY
)
"""Words that decide the form of a question; no other word is corrected to one of them."""

KNOWN = frozenset().union(
    OPERATORS, LATEST, EARLIEST, TOP, JUDGED, DISTINCT, POPULAR, EXTREMES, RANKS, SELLING,
    *(words for words, _ in AGGREGATES),
    word_set(
        """
        today yesterday hour hours minute minutes day days week weeks month months hourly daily
        second seconds since before after morning afternoon monday tuesday wednesday thursday
        friday saturday sunday order orders ordered time times weekly monthly percentile
        """
    ),
)  # fmt: skip
"""Words whose spelling is never doubted."""
