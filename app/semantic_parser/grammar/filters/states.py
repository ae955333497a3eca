"""States that a missing value tells: `nobody has taken yet`, `unresolved`, `still going on`."""

from __future__ import annotations

from collections.abc import Callable

from app.semantic_parser.form import Field, Null
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import clauses, moments, near
from app.semantic_parser.grammar.filters.clauses import State
from app.semantic_parser.grammar.measures import events
from app.semantic_parser.lexicon import GENERIC, STOP
from app.semantic_parser.linking import wordforms
from app.semantic_parser.tokens import stem, word_set

_BE = word_set("is are was were be been being has have had still")
_STILL = word_set("still yet already currently presently now ever so far today's")
_STILL_PHRASES: near.Phrases = (
    ("at", "the", "moment"),
    ("right", "now"),
    ("so", "far"),
    ("as", "of", "now"),
    ("still",),
    ("yet",),
    ("already",),
    ("currently",),
    ("presently",),
    ("now",),
)
_OPEN: near.Phrases = (
    ("going", "on"),
    ("goes", "on"),
    ("in", "progress"),
    ("under", "way"),
    ("underway",),
    ("ongoing",),
    ("unfinished",),
    ("open",),
    ("running",),
    ("not", "over"),
)
_ENDED = word_set("finished ended over done closed completed")
_SUBJECT = 4
_MEANT = 0.7
_SURELY = 0.9
_NAMED = 0.8
"""What a word names is more than a hint from this score on."""


def in_states(draft: Draft) -> None:
    """States that comments or the names of time columns tie to a missing value."""
    for i in range(len(draft)):
        split = near.is_split(draft, i)  # for both of the states, and no condition
        says = draft.tokens[i].kind == "word" and draft.text(i) not in GENERIC
        if draft.is_free(i) and says and not split and not events.at(draft, i):
            any(way(draft, i) for way in _WAYS)


def _by_comment(draft: Draft, i: int) -> bool:
    """`signed in`, `unassigned`, `nobody has taken`, as comments put it."""
    word = draft.stem(i)
    if draft.text(i) in STOP and draft.text(i) not in {"going", "goes"}:
        return False
    noun = draft.noun_at(i)
    is_state = _turned(draft, i) or any(draft.text(k) in _STILL for k in (i - 2, i - 1))
    named = (noun and noun.score > _NAMED) or near.is_of_table_name(draft, i)
    if named and not is_state:
        return False  # it names things, and no state that they are in
    done = _is_verb(draft.text(i)) and draft.text(i + 1) == "by"
    if done and not _turned(draft, i) and _is_explained(draft, i):
        return False  # "readings taken by a nurse"
    opposites = {"un" + word, stem(draft.text(i)[2:]) if draft.text(i).startswith("un") else ""}
    fitting: list[tuple[Field, State, bool]] = []
    for terms in draft.scope.fields:
        if terms.hops or not speaks_of_null(terms.field):
            continue
        fitting += [
            (terms.field, state, state.word != word)
            for state in clauses.states(terms.field.column.comment, "null")
            if state.word in {word, *opposites} and _has_particle(draft, i, state)
        ]
    if not fitting:
        return False
    field, state, is_un = min(fitting, key=lambda f: not f[0].column.type.startswith("TIMESTAMP"))
    stop = i + 1 + (bool(state.particle) or draft.text(i + 1) in {"in", "up"})
    return _state(draft, i, stop, field, holds=state.holds != is_un)


def _has_particle(draft: Draft, i: int, state: State) -> bool:
    return not state.particle or draft.text(i + 1) == state.particle


def _by_verb(draft: Draft, i: int) -> bool:
    """`not closed yet`, `unresolved`, `settled transfers`: a time column that says when."""
    word = draft.text(i)
    is_un = word.startswith("un") and len(word) > 6
    verb = stem(word[2:]) if is_un else draft.stem(i)
    if not (is_un or _is_verb(word)) or (word in STOP and not _is_adjective(draft, i)):
        return False
    fitting = [t for t in moments.others(draft) if verb in t.core or verb in t.name]
    if word in STOP:
        fitting = [t for t in fitting if verb in t.name and speaks_of_null(t.field)]
    if len(fitting) != 1 or (not is_un and _is_explained(draft, i)):
        return False
    return _state(draft, i, i + 1, fitting[0].field, holds=is_un)


def _by_did(draft: Draft, i: int) -> bool:
    """`how much did we pay`, `payments made`: of rows that say when; the words mean more."""
    did = any(draft.text(k) == "did" for k in range(max(0, i - _SUBJECT), i))
    did = did and not draft.text(i).endswith("ed")
    made = any(draft.text(k) == "made" for k in range(i + 1, i + 1 + _SUBJECT))
    meant = {word for word, worth in wordforms.said_as(draft.stem(i)) if worth >= _MEANT}
    fitting = [t for t in moments.others(draft) if meant & {*t.core} and speaks_of_null(t.field)]
    rows = draft.rows_at(i)
    is_noun = rows is not None and rows.score >= _SURELY
    if len(fitting) != 1 or not (made if is_noun else did) or _turned(draft, i):
        return False
    draft.add_filter(Null(fitting[0].field, negated=True), i, i + 1)
    return True


def _by_role(draft: Draft, i: int) -> bool:
    """`unassigned`, `already assigned`, of an assignee that some lack."""
    word = draft.text(i)
    field = role_of(draft, word.removeprefix("un"))
    if field is None or draft.text(i + 1) in {"to", "by"}:
        return False
    return _state(draft, i, i + 1, field, holds=word.startswith("un"))


def role_of(draft: Draft, word: str) -> Field | None:
    """The one of the rows' own who is called after what was done: `assigned`, of an assignee."""
    verb = word.removesuffix("ed")
    own = (t.field for t in draft.scope.root.fields if t.field.column.nullable)
    fitting = [f for f in own if verb + "ee" in wordforms.parts_of(f.name)]
    return fitting[0] if verb != word and len(fitting) == 1 else None


def _is_adjective(draft: Draft, i: int) -> bool:
    """`the reported results`: said of rows that follow right behind it and its conditions."""
    k = i + 1
    while draft.roles.get(k) == "filter":
        k += 1
    return draft.text(i - 1) in {"the", "of", "all", "only"} and draft.rows_at(k) is not None


def _is_explained(draft: Draft, i: int) -> bool:
    """`ended in an error`: that it ended goes without saying once it is known how."""
    k = i + 1
    while draft.text(k) in {"in", "by", "with", "an", "a", "the", "due", "to", "because", "of"}:
        k += 1
    explained = k > i + 1 and draft.roles.get(k) == "filter"
    if explained:
        draft.take(i, i + 1, "filter", 0.9)
    return explained


def _by_end(draft: Draft, i: int) -> bool:
    """`ongoing`, `still open`, `not over`: rows whose end is missing."""
    stop = near.phrase_at(draft, i, _OPEN)
    if draft.text(i) == "running" and draft.text(i - 1) not in _BE:
        return False  # "running total"
    over = draft.text(i) in _ENDED and (_is_negated(draft, i) or _is_said(draft, i))
    if not stop and not over:
        return False
    ends = [t for t in moments.others(draft) if moments.ENDS & {*t.name}]
    if len(ends) != 1:
        ends = [t for t in ends or moments.others(draft) if moments.goes_on(t)]
    if len(ends) != 1:
        return False
    return _state(draft, i, stop or i + 1, ends[0].field, holds=not over)


def _is_said(draft: Draft, i: int) -> bool:
    """`finished sessions`, `sessions that have ended`: said of rows and not of how or when."""
    after = draft.rows_at(i + 1) is not None
    closes = i + 1 >= len(draft) or draft.tokens[i + 1].kind == "mark"
    return after or (draft.text(i - 1) in _BE and closes)


def _is_negated(draft: Draft, i: int) -> bool:
    return any(draft.text(k) in {"not", "never"} for k in range(max(0, i - 3), i))


def _is_verb(word: str) -> bool:
    return word.endswith(("ed", "en")) or word in {"paid", "sent", "left", "over", "shut", "read"}


def _state(draft: Draft, start: int, stop: int, field: Field, *, holds: bool) -> bool:
    """Adds that the field is null, or has a value where the words are turned around."""
    turned = _turned(draft, start)
    negated = holds == (turned is not None)
    draft.add_filter(Null(field, negated=negated), start, stop)
    draft.take(start, stop, "filter", 0.95)
    if turned:
        draft.take(*turned, "filter")
    first = turned[0] if turned else start
    take_adverbs(draft, first, stop)
    _take_subject(draft, first)
    return True


def _take_subject(draft: Draft, i: int) -> None:
    """`the bill is still unpaid`: what is in the state says no more of the rows than that."""
    while draft.text(i - 1) in _STILL:
        i -= 1
    be = i - 1
    if draft.text(be) not in {"is", "was", "are", "were"}:
        return
    for k in (be - 1, be - 2):
        link = None if draft.rows_at(k) else next(draft.fields_at(k, least=_MEANT), None)
        if link and link.stop == be and draft.text(k - 1) in {"the", "their", "its", "whose"}:
            draft.take(k, be, "filter", link.score)
            return


def _turned(draft: Draft, i: int) -> tuple[int, int] | None:
    """`not`, `has nobody`, `were never` before a state."""
    for k in range(i - 1, max(-1, i - 5), -1):
        word = draft.text(k)
        if word == "yet" and draft.text(k + 1) == "to":
            return k, k + 2
        if word in {"not", "never", "nobody", "none", "noone", "nothing", "non"}:
            return k, k + 1
        if word == "one" and draft.text(k - 1) == "no":
            return k - 1, k + 1
        if word not in near.LINKING | _STILL | {"who", "ever", "actually"}:
            return None
    return None


def take_adverbs(draft: Draft, start: int, stop: int) -> None:
    """`still`, `yet`, `at the moment` beside a state say only that it is one of now."""
    for k in range(max(0, start - 3), min(stop + 3, len(draft))):
        end = near.phrase_at(draft, k, _STILL_PHRASES)
        if end:
            draft.take(k, end, "filter")


def speaks_of_null(field: Field) -> bool:
    """Whether a comment says that there may be no value."""
    comment = field.column.comment.lower()
    return "null" in comment or "empty" in comment


_WAYS: tuple[Callable[[Draft, int], bool], ...] = (
    _by_verb,
    _by_comment,
    _by_end,
    _by_did,
    _by_role,
)
