"""A chain of animal clinics: registered animals, visits, vaccinations and monitors in the wards."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
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

_SEED = 9041
_BREEDS: dict[str, dict[str, float]] = {
    "dog": {
        "Labrador Retriever": 5,
        "Golden Retriever": 3.2,
        "Dachshund": 4,
        "Border Collie": 2.6,
        "Beagle": 2,
        "Mixed": 6,
        "Great Dane": 1,
    },
    "cat": {"European Shorthair": 7, "Maine Coon": 2.5, "Siamese": 1.5, "British Shorthair": 2},
    "rabbit": {"Holland Lop": 3, "Netherland Dwarf": 2},
    "bird": {"Budgerigar": 4, "Cockatiel": 2, "African Grey": 1},
    "ferret": {"Sable": 2, "Albino": 1},
    "tortoise": {"Hermann": 2, "Greek": 1},
}
_SPECIES: dict[str, float] = {
    "dog": 45,
    "cat": 33,
    "rabbit": 9,
    "bird": 6,
    "ferret": 3,
    "tortoise": 2,
}
_KILOS = {"dog": 21, "cat": 4.6, "rabbit": 2.1, "bird": 0.2, "ferret": 1.1, "tortoise": 1.8}
_PULSE = {"dog": 105, "cat": 150, "rabbit": 190, "bird": 200, "ferret": 185, "tortoise": 40}
_NAMES = (
    "Bella",
    "Max",
    "Luna",
    "Charlie",
    "Milo",
    "Coco",
    "Rocky",
    "Daisy",
    "Misty",
    "Oscar",
    "Nala",
    "Simba",
    "Pepper",
    "Lola",
    "Mochi",
    "Buddy",
    "Ziggy",
    "Poppy",
    "Shadow",
    "Tiger",
)
_CITIES: dict[str, float] = {"Leiden": 6, "Delft": 4, "Gouda": 3, "Haarlem": 2, "Zoetermeer": 1.2}
_INSURERS: dict[str, float] = {"PawSure": 5, "FurFirst": 3, "VetShield": 1.6}
_CLINICS: dict[str, float] = {
    "Harbour": 7,
    "Oak Street": 5,
    "Northgate": 3.8,
    "Riverside": 2.7,
    "Millfield": 1.8,
}
_VETS: dict[str, dict[str, float]] = {
    "Harbour": {"Dr. Amara": 5, "Dr. Brandt": 3, "Dr. Castellano": 2},
    "Oak Street": {"Dr. Dubois": 4, "Dr. Egede": 2.4},
    "Northgate": {"Dr. Farkas": 3, "Dr. Brandt": 1},
    "Riverside": {"Dr. Grieg": 3, "Dr. Egede": 1},
    "Millfield": {"Dr. Hoang": 1},
}
_REASONS: dict[str, float] = {
    "checkup": 8,
    "vaccination": 5,
    "skin": 3.4,
    "emergency": 2.6,
    "dental": 2,
    "surgery": 1.5,
}
_TRIAGE: dict[str, dict[int, float]] = {
    "emergency": {1: 2, 2: 4, 3: 2},
    "surgery": {2: 1, 3: 4, 4: 2},
}
_BASE = {
    "checkup": 48,
    "vaccination": 35,
    "skin": 72,
    "emergency": 240,
    "dental": 165,
    "surgery": 640,
}
_STAY = {
    "checkup": 25,
    "vaccination": 15,
    "skin": 30,
    "emergency": 190,
    "dental": 120,
    "surgery": 420,
}
_DIAGNOSES: dict[str, dict[str, float]] = {
    "checkup": {"Overweight": 5, "Tartar": 3, "Heart murmur": 1.5},
    "vaccination": {"Overweight": 2, "Ear mites": 1},
    "skin": {"Flea allergy": 5, "Ear mites": 3, "Hot spot": 2, "Ringworm": 1},
    "emergency": {
        "Tail fracture": 1.4,
        "Pelvis fracture": 1,
        "Chocolate poisoning": 3,
        "Rat poison": 1.2,
        "Bite wound": 3.6,
        "Heat stroke": 0.7,
    },
    "dental": {"Tartar": 4, "Broken tooth": 3, "Gingivitis": 2},
    "surgery": {"Torn cruciate ligament": 3, "Femur fracture": 2, "Tumour": 2.4},
}
_VACCINES: dict[str, dict[str, float]] = {
    "dog": {"Rabies": 5, "DHPP": 4, "Leptospirosis": 3, "Kennel cough": 1.6},
    "cat": {"Rabies": 2, "FVRCP": 4, "FeLV": 2.5},
    "rabbit": {"Myxo-RHD": 1},
    "ferret": {"Rabies": 1, "Distemper": 2},
}
_MAKERS = {
    "Rabies": "Boviva",
    "DHPP": "Canimmune",
    "Leptospirosis": "Canimmune",
    "Kennel cough": "Zoolab",
    "FVRCP": "Zoolab",
    "FeLV": "Boviva",
    "Myxo-RHD": "Zoolab",
    "Distemper": "Canimmune",
}
_PRICES = {
    "Rabies": 31.5,
    "DHPP": 42,
    "Leptospirosis": 28.75,
    "Kennel cough": 24.9,
    "FVRCP": 39,
    "FeLV": 45.5,
    "Myxo-RHD": 33.25,
    "Distemper": 36,
}
_NURSES: dict[str, dict[str, float]] = {
    "Harbour": {"Iris": 4, "Jonas": 2.8, "Kavita": 2, "Lars": 1},
    "Oak Street": {"Jonas": 3, "Kavita": 5, "Mireille": 2},
    "Northgate": {"Jonas": 4, "Lars": 2},
    "Riverside": {"Mireille": 3, "Iris": 1},
    "Millfield": {"Lars": 3, "Kavita": 1},
}
_EFFECTS: dict[str, float] = {"swelling": 5, "fever": 3, "vomiting": 2, "anaphylaxis": 0.5}
_CAGES = {"Harbour": 7, "Oak Street": 5, "Northgate": 4, "Riverside": 3, "Millfield": 2}


def write(folder: Path, now: datetime) -> dict[str, str]:
    """Writes the streams up to `now` and gives the environment that the tables' paths need."""
    rng = random.Random(_SEED)
    pets = _pets(rng, now.date())
    known = pets[:690]
    visits = _visits(rng, known, now)
    patients = [pet for pet in pets[40:] if pet["species"] in _VACCINES]
    doses = [_dose(rng, n, at, rng.choice(patients)) for n, at in enumerate(moments(rng, now, 820))]
    save(folder, "pets", pets)
    save(folder, "visits", out_of_order(rng, at_least_once(rng, visits)))
    save(folder, "vaccinations", out_of_order(rng, at_least_once(rng, doses)))
    vitals = _vitals(rng, known, now)
    save(folder, "ward_vitals", out_of_order(rng, at_least_once(rng, vitals)))
    return {"PETCARE_STREAMS": str(folder)}


def _pets(rng: random.Random, today: date) -> list[Row]:
    owners = {f"OW{310 + 7 * n}": pick(rng, _CITIES) for n in range(420)}
    likes = [rng.lognormvariate(0, 0.7) for _ in owners]
    rows = []
    for number in range(760):
        species = pick(rng, _SPECIES)
        owner = rng.choices(list(owners), likes)[0]
        has_chip = rng.random() < {"dog": 0.9, "cat": 0.68}.get(species, 0.15)
        age = rng.randrange(60, 365 * (40 if species == "tortoise" else 14))
        rows.append(
            {
                "pet_id": f"P{20_000 + 3 * number}",
                "pet_name": rng.choice(_NAMES),
                "species": species,
                "breed": pick(rng, _BREEDS[species]),
                "sex": rng.choice("fm"),
                "dob": (today - timedelta(days=age)).isoformat(),
                "is_neutered": species in ("dog", "cat", "rabbit") and rng.random() < 0.6,
                "chip_no": f"5281{rng.randrange(10**10, 10**11)}" if has_chip else None,
                "owner_id": owner,
                "owner_city": owners[owner],
                "insurer": maybe(rng, 0.6 if species == "dog" else 0.8, pick(rng, _INSURERS)),
            }
        )
    return rows


def _visits(rng: random.Random, pets: list[Row], now: datetime) -> list[Row]:
    habit = [rng.lognormvariate(0, 0.7) for _ in pets]
    until: dict[str, str] = {}
    rows = []
    for number, at in enumerate(moments(rng, now, 1000)):
        pet = rng.choices(pets, habit)[0]
        # No animal comes in while it is still there.
        while until.get(pet["pet_id"], "") > str(instant(at)):
            pet = rng.choices(pets, habit)[0]
        row = _visit(rng, number, at, pet, now)
        until[pet["pet_id"]] = row["discharged_at"] or "9"
        rows.append(row)
    return rows


def _visit(rng: random.Random, number: int, at: datetime, pet: Row, now: datetime) -> Row:
    clinic = pick(rng, _CLINICS)
    reason = pick(rng, _REASONS)
    triage = pick(rng, _TRIAGE.get(reason, {3: 1, 4: 3, 5: 4}))
    # Whole minutes later, so that a duration is the same in whole minutes and in seconds.
    seen = at + timedelta(minutes=1 + int(triage * 7 * rng.lognormvariate(0, 0.6)))
    left = seen + timedelta(minutes=5 + int(_STAY[reason] * rng.lognormvariate(0, 0.5)))
    is_home = left < now
    bill = _BASE[reason] * rng.lognormvariate(0, 0.35) * (1.2 if clinic == "Harbour" else 1)
    ways: dict[str, float] = {"card": 6, "cash": 2, "transfer": 1.3}
    if pet["insurer"]:
        ways["insurer"] = 9
    paid_by = maybe(rng, 0.13, pick(rng, ways))
    kilos = _KILOS[str(pet["species"])] * (0.6 + (sum(map(ord, str(pet["pet_id"]))) % 13) / 13)
    found = maybe(rng, 0.55 if reason in ("checkup", "vaccination") else 0.08, reason)
    return {
        "visit_no": 640_100 + number,
        "pet_id": pet["pet_id"],
        "clinic": clinic,
        "vet": pick(rng, _VETS[clinic]),
        "reason": reason,
        "triage": triage,
        "is_walk_in": rng.random() < (0.9 if reason == "emergency" else 0.2),
        "weight_kg": maybe(rng, 0.22, round(kilos * rng.uniform(0.97, 1.03), 2)),
        "diagnosis": pick(rng, _DIAGNOSES[found]) if found and is_home else None,
        "bill_eur": round(bill, 2) if is_home else None,
        "paid_by": paid_by if is_home else None,
        "arrived_at": instant(at),
        "seen_at": instant(seen) if seen < now else None,
        "discharged_at": instant(left) if is_home else None,
    }


def _dose(rng: random.Random, number: int, at: datetime, pet: Row) -> Row:
    vaccine = pick(rng, _VACCINES[str(pet["species"])])
    clinic = pick(rng, _CLINICS)
    wait = rng.choice((2, 4, 7, 14, 21, 28, 182, 365, 365, 365, 1096))
    risk = 0.03 + 0.02 * (sum(map(ord, vaccine)) % 6)
    return {
        "dose_id": f"VX-{88_000 + number}",
        "pet_id": pet["pet_id"],
        "clinic": clinic,
        "vaccine": vaccine,
        "manufacturer": _MAKERS[vaccine],
        "lot_no": f"{vaccine[:2].upper()}26-{1 + int(9 * rng.random() ** 1.6):02d}",
        "nurse": pick(rng, _NURSES[clinic]),
        "dose_ml": rng.choice((0.5, 1.0, 1.0, 1.5)),
        "price_eur": round(_PRICES[vaccine] * rng.choice((0.9, 1, 1, 1.1)), 2),
        "side_effect": pick(rng, _EFFECTS) if rng.random() < risk else None,
        "next_due": (at.date() + timedelta(days=wait)).isoformat(),
        "given_at": instant(at),
    }


def _vitals(rng: random.Random, pets: list[Row], now: datetime) -> list[Row]:
    cages = [(c, f"{c[:2].upper()}-{n}") for c, most in _CAGES.items() for n in range(1, most + 1)]
    inside = {cage: rng.choice(pets) for _, cage in cages}
    fever = {cage: rng.gauss(0, 0.35) for _, cage in cages}
    rows = []
    for number, at in enumerate(moments(rng, now, 2600)):
        clinic, cage = rng.choice(cages)
        if rng.random() < 0.03:
            inside[cage] = rng.choice(pets)
            fever[cage] = rng.gauss(0, 0.35)
        pulse = _PULSE[str(inside[cage]["species"])]
        bpm = int(pulse * rng.lognormvariate(0, 0.12))
        celsius = round(38.6 + fever[cage] + rng.gauss(0, 0.3), 1)
        oxygen = maybe(rng, 0.08, min(100, int(rng.gauss(97, 2.1))))
        alarm = "fever" if celsius > 39.4 else "tachycardia" if bpm > 1.22 * pulse else None
        if oxygen is not None and oxygen < 93:
            alarm = "low_oxygen"
        rows.append(
            {
                "reading_id": 7_300_000 + number,
                "clinic": clinic,
                "cage": cage,
                "pet_id": inside[cage]["pet_id"],
                "heart_bpm": bpm,
                "temp_c": celsius,
                "spo2_pct": oxygen,
                "fluid_ml": rng.choice((0, 0, 10, 25, 40)),
                "alarm": alarm,
                "measured_at": instant(at),
            }
        )
    return rows
