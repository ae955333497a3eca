"""A hospital: wards, admissions, vital signs, laboratory results and medication doses."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

from tests.evaluation.domains import (
    Row,
    at_least_once,
    instant,
    maybe,
    moments,
    out_of_order,
    pick,
    save,
)

_SEED = 6203
_WARD = ("ward_id", "ward_name", "floor", "wing", "beds", "has_telemetry")
_WARDS = (
    ("W01", "Cardiology", 2, "north", 28, True),
    ("W02", "Intensive Care", 1, "north", 16, True),
    ("W03", "Paediatrics", 3, "south", 24, False),
    ("W04", "Maternity", 3, "south", 20, False),
    ("W05", "Orthopaedics", 4, "north", 32, False),
    ("W06", "Oncology", 5, "west", 22, True),
    ("W07", "Neurology", 2, "west", 26, True),
    ("W08", "Geriatrics", 4, "south", 30, False),
)
_BUSY = {"W01": 6, "W02": 2.5, "W03": 4, "W04": 3.2, "W05": 7, "W06": 2, "W07": 4.7, "W08": 5.3}
_DIAGNOSES: dict[str, dict[str, float]] = {
    "W01": {"heart failure": 3, "atrial fibrillation": 2, "myocardial infarction": 1.5},
    "W02": {"sepsis": 3, "myocardial infarction": 1, "stroke": 1, "pneumonia": 1},
    "W03": {"asthma": 3, "pneumonia": 1, "fracture": 1},
    "W04": {"delivery": 1},
    "W05": {"fracture": 4, "hip replacement": 3},
    "W06": {"lymphoma": 1, "lung cancer": 2},
    "W07": {"stroke": 3, "epilepsy": 1.4, "concussion": 1},
    "W08": {"pneumonia": 2, "fracture": 1, "dehydration": 2, "heart failure": 1},
}
_TESTS = {
    "potassium": ("mmol/L", 4.3, 0.7, 3.5, 5.1),
    "sodium": ("mmol/L", 139.0, 4.5, 134.0, 146.0),
    "haemoglobin": ("g/dL", 12.6, 2.2, 11.0, 17.0),
    "creatinine": ("mg/dL", 1.1, 0.4, 0.5, 1.4),
    "lactate": ("mmol/L", 1.7, 0.9, 0.2, 2.4),
}
_DRUGS = {
    "paracetamol": (1000, "oral", 7),
    "ibuprofen": (400, "oral", 4),
    "morphine": (5, "intravenous", 2.5),
    "heparin": (40, "subcutaneous", 3.5),
    "amoxicillin": (750, "oral", 3),
    "furosemide": (40, "intravenous", 2),
    "salbutamol": (2, "inhaled", 1.5),
}
_NURSES = {"Adeyemi": 4, "Bianchi": 3, "Castillo": 2.5, "Dvorak": 2, "Eriksen": 1.5}


def write(folder: Path, now: datetime) -> dict[str, str]:
    """Writes the streams up to `now` and gives the environment that the tables' paths need."""
    rng = random.Random(_SEED)
    admissions = _admissions(rng, now)
    save(folder, "wards", [dict(zip(_WARD, ward, strict=True)) for ward in _WARDS])
    save(folder, "admissions", out_of_order(rng, at_least_once(rng, admissions)))
    save(folder, "vitals", out_of_order(rng, at_least_once(rng, _vitals(rng, admissions, now))))
    save(folder, "lab-results", at_least_once(rng, _lab_results(rng, admissions, now)))
    save(folder, "doses", out_of_order(rng, at_least_once(rng, _doses(rng, admissions, now))))
    return {"HOSPITAL_STREAMS": str(folder)}


def _admissions(rng: random.Random, now: datetime) -> list[Row]:
    """A patient in twelve is one of those before, come back."""
    rows: list[Row] = []
    for number, at in enumerate(moments(rng, now, 460)):
        gone = [row for row in rows if row["discharged_at"] and row["discharged_at"] < instant(at)]
        back = rng.choice(gone) if gone and rng.random() < 1 / 12 else None
        rows.append(_admission(rng, number, at, now, back))
    return rows


def _admission(
    rng: random.Random, number: int, at: datetime, now: datetime, back: Row | None
) -> Row:
    ward = pick(rng, _BUSY)
    leaving = at + timedelta(minutes=int(60 * rng.lognormvariate(2.6, 0.8)))
    left = leaving if leaving < now else None
    person = back or {
        "patient_id": f"P{20_000 + 7 * number}",
        "age": _age(rng, ward),
        "sex": "female" if ward == "W04" or rng.random() < 0.48 else "male",
        "insurance": maybe(rng, 0.06, pick(rng, {"public": 8, "private": 2})),
    }
    return {
        "admission_id": f"ADM{7000 + number}",
        "patient_id": person["patient_id"],
        "ward_id": ward,
        "age": person["age"],
        "sex": person["sex"],
        "insurance": person["insurance"],
        "urgency": pick(rng, {"immediate": 2, "urgent": 4, "planned": 3.5}),
        "diagnosis": pick(rng, _DIAGNOSES[ward]),
        "admitted_at": instant(at),
        "discharged_at": instant(left),
        "discharged_to": pick(rng, {"home": 8, "rehab": 1.5, "hospice": 0.3}) if left else None,
    }


def _age(rng: random.Random, ward: str) -> int:
    youngest, oldest = {"W03": (0, 17), "W04": (19, 43), "W08": (66, 97)}.get(ward, (18, 91))
    return rng.randint(youngest, oldest)


def _vitals(rng: random.Random, admissions: list[Row], now: datetime) -> list[Row]:
    rows = []
    for number, at in enumerate(moments(rng, now, 2400)):
        person = _present(rng, admissions, at)
        if person is None:
            continue
        rows.append(
            {
                "reading_id": f"V{100_000 + number}",
                "patient_id": person["patient_id"],
                "ward_id": person["ward_id"],
                "heart_rate": round(rng.gauss(82, 15)),
                "spo2": maybe(rng, 0.04, min(100, round(rng.gauss(96, 2.4)))),
                "temp_c": maybe(rng, 0.08, round(rng.gauss(37.1, 0.7), 1)),
                "sys_bp": round(rng.gauss(126, 17)),
                "resp_rate": round(rng.gauss(16, 3)),
                "taken_by": pick(rng, {"monitor": 6, "nurse": 3}),
                "measured_at": instant(at),
            }
        )
    return rows


def _present(rng: random.Random, admissions: list[Row], at: datetime) -> Row | None:
    """Somebody in hospital at that time: one of a few tries, so that nobody is always chosen."""
    moment = str(instant(at))
    for person in rng.sample(admissions, 12):
        if person["admitted_at"] < moment < (person["discharged_at"] or "3"):
            return person
    return None


def _lab_results(rng: random.Random, admissions: list[Row], now: datetime) -> list[Row]:
    rows = []
    for number, at in enumerate(moments(rng, now, 950)):
        person = _present(rng, admissions, at)
        if person is None:
            continue
        test = rng.choice(tuple(_TESTS))
        unit, middle, spread, low, high = _TESTS[test]
        value = round(max(0.1, rng.gauss(middle, spread)), 2)
        reported = at + timedelta(seconds=int(60 * rng.lognormvariate(3.9, 0.6)))
        is_ready = reported < now
        flag = "low" if value < low else "high" if value > high else "normal"
        if flag != "normal" and abs(value - middle) > 2.2 * spread:
            flag = "critical"
        rows.append(
            {
                "result_id": f"L{40_000 + number}",
                "admission_id": person["admission_id"],
                "test": test,
                "value": value if is_ready else None,
                "unit": unit,
                "flag": flag if is_ready else None,
                "laboratory": pick(rng, {"central": 6, "emergency": 2, "point of care": 1.5}),
                "collected_at": instant(at),
                "reported_at": instant(reported) if is_ready else None,
            }
        )
    return rows


def _doses(rng: random.Random, admissions: list[Row], now: datetime) -> list[Row]:
    rows = []
    for number, due in enumerate(moments(rng, now - timedelta(hours=1), 1300)):
        person = _present(rng, admissions, due)
        if person is None:
            continue
        drug = pick(rng, {name: weight for name, (_, _, weight) in _DRUGS.items()})
        amount, route, _ = _DRUGS[drug]
        status = pick(rng, {"given": 8.5, "refused": 0.6, "withheld": 0.5, "missed": 0.4})
        given = due + timedelta(seconds=rng.randrange(-600, 2900))
        is_given = status == "given"
        rows.append(
            {
                "dose_id": f"D{900 + number}",
                "admission_id": person["admission_id"],
                "drug": drug,
                "dose_mg": amount * rng.choice((0.5, 1, 1, 1, 2)),
                "route": "intravenous" if rng.random() < 0.06 else route,
                "status": status,
                "nurse": None if status == "missed" else pick(rng, _NURSES),
                "note": maybe(
                    rng, 0.8, rng.choice(("allergy checked", "patient asleep", "nausea"))
                ),
                "due_at": instant(due),
                "given_at": instant(given) if is_given else None,
            }
        )
    return rows
