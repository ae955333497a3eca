"""Forms over `small` that list, join and filter rows, with what they give, counted by hand."""

from __future__ import annotations

from decimal import Decimal

from app.semantic_parser.form import (
    AnyOf,
    Bucket,
    Compares,
    Contains,
    During,
    Equals,
    Filter,
    Form,
    Member,
    Metric,
    Newest,
    Null,
    Order,
    Related,
    Share,
)
from tests.semantic_parser.small import ORDERS, STOPS, TRIPS, field, hours, join
from tests.semantic_parser.sql_measures import (
    AMOUNT,
    CITY,
    COUNT,
    CUSTOMER,
    DONE,
    FAILED,
    ORDERED,
    PAYMENTS,
    SHIPPING,
    STATUS,
    only,
)

AT_STOPS = join("trips.trip", "stops.trip", many=True)

LISTS = {
    "first by what is not shown": (
        Form(ORDERS, columns=(CITY,), order=(Order(field("orders.amount")),), limit=2),
        [("Oslo",), ("Rome",)],
    ),
    "equal rows are different rows": (
        Form(ORDERS, columns=(CUSTOMER,), filters=(DONE,), order=(Order(ORDERED, False),)),
        [("c1",), ("c2",), ("c3",), ("c2",)],
    ),
    "each value once": (
        Form(ORDERS, columns=(CUSTOMER,), distinct=True, order=(Order(ORDERED),), limit=2),
        [("c2",), ("c3",)],
    ),
    "of each": (
        Form(
            ORDERS,
            columns=(CUSTOMER, field("orders.order_id")),
            order=(Order(ORDERED),),
            limit=1,
            limit_per=(CUSTOMER,),
        ),
        [("c1", "o2"), ("c2", "o5"), ("c3", "o4")],
    ),
    "groups of each": (
        Form(ORDERS, measures=(COUNT,), group=(STATUS, CITY), limit=1, limit_per=(STATUS,)),
        [("cancelled", "Bern", 1), ("done", "Rome", 2)],
    ),
    "groups of each hour": (
        Form(
            ORDERS,
            measures=(AMOUNT,),
            group=(CITY,),
            time_field=ORDERED,
            bucket=Bucket("hour"),
            limit=1,
            limit_per=("bucket",),
        ),
        [("22 10:00", "Bern", 30), ("22 11:00", "Rome", 70), ("22 12:00", "Oslo", 50)],
    ),
    "newest of each": (
        Form(
            ORDERS,
            columns=(CUSTOMER, field("orders.order_id")),
            time_field=ORDERED,
            newest=Newest((CUSTOMER,), (DONE,)),
        ),
        [("c2", "o5"), ("c3", "o4")],
    ),
    "oldest of each": (
        Form(
            ORDERS,
            columns=(CUSTOMER, STATUS),
            time_field=ORDERED,
            newest=Newest((CUSTOMER,), oldest=True),
        ),
        [("c1", "done"), ("c2", "done"), ("c3", "done")],
    ),
    "newest counted": (
        Form(
            ORDERS,
            measures=(COUNT, AMOUNT),
            group=(STATUS,),
            time_field=ORDERED,
            newest=Newest((CUSTOMER,)),
        ),
        [("done", 2, 90), ("cancelled", 1, 20)],
    ),
    "the least leave out what is not known": (
        Form(
            TRIPS,
            columns=(field("trips.trip"),),
            order=(Order(field("trips.delay"), False),),
            limit=1,
        ),
        [("t2",)],
    ),
}

JOINS = {
    "groups of several rows": (
        Form(
            ORDERS, joins=(PAYMENTS,), measures=(COUNT, AMOUNT), group=(field("payments.status"),)
        ),
        [("failed", 2, 50), ("ok", 2, 40)],
    ),
    "counted": (
        Form(ORDERS, joins=(PAYMENTS,), measures=(COUNT,), filters=(Equals(CITY, ("Bern",)),)),
        [(1,)],
    ),
    "part told by several rows": (
        Form(
            ORDERS,
            joins=(PAYMENTS,),
            measures=(
                Share(only(COUNT, where=(Equals(field("payments.status"), ("ok",)),)), COUNT),
                Metric("max", field("orders.amount")),
            ),
        ),
        [(66.666667, 2, 3, Decimal(40))],
    ),
    "sums of several rows": (
        Form(
            STOPS,
            joins=(join("stops.trip", "trips.trip"),),
            measures=(Metric("sum", field("stops.boarded")),),
            group=(field("trips.line"),),
        ),
        [("A", 9), ("B", 1)],
    ),
    "rows without a key are not multiplied": (
        Form(
            TRIPS,
            joins=(AT_STOPS,),
            measures=(COUNT,),
            filters=(Equals(field("stops.name"), ("Main", "Park")),),
        ),
        [(3,)],
    ),
    "nor in their groups": (
        Form(
            TRIPS,
            joins=(AT_STOPS,),
            measures=(Metric("avg", field("trips.delay")),),
            group=(field("stops.name"),),
        ),
        [("Park", 7.0), ("Main", 3.0)],
    ),
    "share of what another table knows, beside a sum": (
        Form(ORDERS, measures=(Share(only(COUNT, where=(FAILED,)), COUNT), AMOUNT)),
        [(40.0, 2, 5, Decimal(150))],
    ),
}

FILTERS: dict[str, tuple[Filter, int]] = {
    "contains": (Contains(CITY, "O"), 3),
    "starts": (Contains(CITY, "o", place="start"), 1),
    "ends": (Contains(CITY, "RN", place="end"), 2),
    "contains not": (Contains(CITY, "o", negated=True), 2),
    "no pattern": (Contains(CITY, "_o"), 0),
    "no pattern at the end": (Contains(CITY, "_o", place="end", negated=True), 5),
    "member": (Member(field("orders.tags"), ("gift",)), 2),
    "member of some": (Member(field("orders.tags"), ("gift", "fast")), 3),
    "no member": (Member(field("orders.tags"), ("gift",), negated=True), 2),
    "longer than": (Compares(SHIPPING, ">", Decimal(30)), 2),
    "longer than a fraction": (Compares(SHIPPING, "<", Decimal("9.5")), 1),
    "fields": (Compares(field("orders.fee"), ">", field("orders.units")), 1),
    "during": (During(field("orders.shipped"), hours(12, 13)), 3),
    "days": (Equals(field("orders.due"), ("2026-11-23",)), 2),
    "a field of a row": (Equals(field("orders.place.district"), ("North",)), 2),
    "related": (FAILED, 2),
    "not related": (Related(PAYMENTS, negated=True), 2),
    "any of": (AnyOf((FAILED, Equals(CITY, ("Oslo",)))), 3),
    "any of times": (AnyOf((During(ORDERED, hours(10, 11)), Null(field("orders.due")))), 3),
}
