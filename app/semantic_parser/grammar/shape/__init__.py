"""What the answer looks like: groups, rankings, order, listings, and yes or no.

The steps run before measures are looked for, so that these know of what and in what order they are
wanted; what is left is a listing only where nothing is measured.
"""

from __future__ import annotations

from collections.abc import Callable

from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.shape import (
    current,
    existence,
    extremes,
    groups,
    having,
    heads,
    listings,
    moments,
    newest_rows,
    orders,
    rankings,
    which,
)

STEPS: tuple[Callable[[Draft], None], ...] = (
    existence.whether,
    orders.directions,
    listings.wanted,
    moments.when,
    current.current,
    which.which,
    newest_rows.newest_rows,
    heads.with_the_most,
    rankings.rankings,
    groups.groups,
    rankings.participles,
    rankings.trailing,
    rankings.within_each,
    having.having,
    heads.heads,
    heads.rows_in_order,
    extremes.extreme_rows,
    which.settle,
    listings.rows_shown,
)
LISTINGS: tuple[Callable[[Draft], None], ...] = (listings.listings, orders.settle)
