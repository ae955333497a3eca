"""Countries and languages: what their codes stand for, and what is called after them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_COUNTRIES = """
    DE Germany German; AT Austria Austrian; CH Switzerland Swiss; FR France French;
    IT Italy Italian; ES Spain Spanish; PT Portugal Portuguese; NL Netherlands Dutch;
    BE Belgium Belgian; LU Luxembourg Luxembourgish; GB United_Kingdom British;
    UK United_Kingdom British; IE Ireland Irish; DK Denmark Danish; SE Sweden Swedish;
    NO Norway Norwegian; FI Finland Finnish; IS Iceland Icelandic; PL Poland Polish;
    CZ Czechia Czech; SK Slovakia Slovak; HU Hungary Hungarian; RO Romania Romanian;
    BG Bulgaria Bulgarian; GR Greece Greek; HR Croatia Croatian; SI Slovenia Slovenian;
    RS Serbia Serbian; EE Estonia Estonian; LV Latvia Latvian; LT Lithuania Lithuanian;
    UA Ukraine Ukrainian; RU Russia Russian; TR Turkey Turkish; US United_States American;
    USA United_States American; CA Canada Canadian; MX Mexico Mexican; BR Brazil Brazilian;
    AR Argentina Argentinian; CL Chile Chilean; CO Colombia Colombian; PE Peru Peruvian;
    CN China Chinese; JP Japan Japanese; KR Korea Korean; IN India Indian; ID Indonesia Indonesian;
    TH Thailand Thai; VN Vietnam Vietnamese; PH Philippines Filipino; SG Singapore Singaporean;
    MY Malaysia Malaysian; PK Pakistan Pakistani; AU Australia Australian; NZ New_Zealand Kiwi;
    ZA South_Africa South_African; EG Egypt Egyptian; NG Nigeria Nigerian; KE Kenya Kenyan;
    MA Morocco Moroccan; IL Israel Israeli; SA Saudi_Arabia Saudi; AE United_Arab_Emirates Emirati
"""
_LANGUAGES = """
    de German; en English; fr French; it Italian; es Spanish; pt Portuguese; nl Dutch; da Danish;
    sv Swedish; no Norwegian; fi Finnish; pl Polish; cs Czech; sk Slovak; hu Hungarian;
    ro Romanian; bg Bulgarian; el Greek; hr Croatian; uk Ukrainian; ru Russian; tr Turkish;
    ar Arabic; zh Chinese; ja Japanese; ko Korean; hi Hindi
"""


def _table(text: str) -> dict[str, tuple[str, ...]]:
    rows = (row.split() for row in text.split(";"))
    return {code: tuple(n.replace("_", " ") for n in others) for code, *others in rows}


_BY_COUNTRY = _table(_COUNTRIES)
_BY_LANGUAGE = _table(_LANGUAGES)
_BY_NAME = {others[0].lower(): (code, *others) for code, others in reversed(_BY_COUNTRY.items())}


def other_names(values: Sequence[str], *, speaks: bool) -> Iterator[tuple[str, str]]:
    """What values that are countries or languages are called as well: `German` for `DE`.

    Args:
        values: All that a column is known to hold; nothing is said unless most are such.
        speaks: Whether they are languages.
    """
    if speaks:
        known = {v: _BY_LANGUAGE[v.lower()] for v in values if v.lower() in _BY_LANGUAGE}
    else:
        known = {v: _BY_COUNTRY[v] for v in values if v in _BY_COUNTRY}
        known |= {v: _BY_NAME[v.lower()] for v in values if v.lower() in _BY_NAME}
    if len(known) * 5 >= len(values) * 3:
        for value, others in known.items():
            yield from ((other, value) for other in (*others, *_codes(others[0], value)))


def _codes(name: str, but: str) -> Iterator[str]:
    """Codes of the same country: `USA` for `US`."""
    return (code for code, others in _BY_COUNTRY.items() if others[0] == name and code != but)
