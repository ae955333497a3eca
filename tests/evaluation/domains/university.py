"""A university: courses, enrolments, exam results, library loans and badge swipes."""

from __future__ import annotations

import random
from dataclasses import dataclass
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

_SEED = 7321
_SUBJECTS = {
    "CS": "Engineering",
    "CIV": "Engineering",
    "PHY": "Science",
    "MAT": "Science",
    "BIO": "Science",
    "HIS": "Humanities",
    "PHI": "Humanities",
    "LIN": "Humanities",
    "LAW": "Law",
    "MED": "Medicine",
    "BUS": "Business",
}
_COURSES = {
    "CS": (
        "Introduction to Programming",
        "Algorithms and Data Structures",
        "Operating Systems",
        "Databases",
        "Machine Learning",
        "Computer Networks",
    ),
    "CIV": ("Structural Analysis", "Introduction to Geotechnics", "Hydraulics"),
    "PHY": ("Classical Mechanics", "Quantum Physics", "Thermodynamics", "Astronomy"),
    "MAT": ("Linear Algebra", "Calculus I", "Calculus II", "Introduction to Statistics"),
    "BIO": ("Genetics", "Cell Biology"),
    "HIS": ("Modern Europe", "Economic History", "Introduction to Archaeology"),
    "PHI": ("Ethics", "Logic", "Philosophy of Mind"),
    "LIN": ("Phonetics", "Introduction to Linguistics"),
    "LAW": ("Constitutional Law", "Contract Law", "Criminal Law", "Human Rights", "Legal History"),
    "MED": ("Anatomy", "Physiology", "Pharmacology", "Public Health", "Medical Ethics"),
    "BUS": ("Accounting", "Marketing", "Corporate Finance", "Microeconomics", "Negotiation"),
}
_LECTURERS: dict[str, float] = {
    "Adeyemi": 3.5,
    "Bianchi": 3,
    "Chandra": 2.6,
    "Dvorak": 2.3,
    "Eriksen": 2,
    "Fontaine": 2,
    "Goldberg": 2,
    "Haddad": 1.5,
    "Ivanova": 1,
    "Jansen": 1,
}
_PROGRAMMES: dict[str, float] = {
    "BSc Computer Science": 6,
    "BSc Physics": 4,
    "BSc Economics": 5,
    "BA History": 2.6,
    "LLB Law": 3.4,
    "MSc Data Science": 2.2,
    "MSc Civil Engineering": 1.6,
    "MD Medicine": 3,
}
_EXAMINERS: dict[str, float] = {"Okonkwo": 6, "Petrov": 5, "Quist": 4, "Rossi": 3, "Schmid": 1.8}
_SCHOLARSHIPS: dict[str, float] = {"ERASMUS": 4, "MERIT-A": 3, "MERIT-B": 2, "SPORT": 1}
_BOOKS = (
    "Thinking, Fast and Slow",
    "A Short History of Nearly Everything",
    "Principles of Economics",
    "Gray's Anatomy",
    "Introduction to Algorithms",
    "The Rule of Law",
    "Organic Chemistry",
    "History of the Peloponnesian War",
    "Deep Learning",
    "The Selfish Gene",
    "Contract Law Casebook",
    "Structures",
    "A History of Western Philosophy",
    "Pattern Recognition",
    "Medical Physiology",
    "Sapiens",
)
_THINGS: dict[str, tuple[str, ...]] = {
    "book": _BOOKS,
    "laptop": ("ThinkPad T14", "MacBook Air 13", "Surface Go"),
    "journal": ("Nature 2026-10", "The Lancet 2026-11", "Harvard Law Review 139"),
    "dvd": ("Metropolis", "Twelve Angry Men"),
}
_BRANCHES = {"Central": 7, "Science": 4, "Law": 2.4, "Medical": 1.5}
_DOORS: dict[str, tuple[str, ...]] = {
    "Main Library": ("LIB-01", "LIB-02", "LIB-03", "LIB-04"),
    "Physics Hall": ("PHY-01", "PHY-02", "PHY-03"),
    "Law Building": ("LAW-01", "LAW-02"),
    "Medical Centre": ("MED-01", "MED-02", "MED-03"),
    "Sports Centre": ("SPO-01", "SPO-02"),
    "Student Union": ("SUN-01", "SUN-02", "SUN-03"),
}
_BUILDINGS = {
    "Main Library": 8,
    "Student Union": 5,
    "Physics Hall": 3.6,
    "Sports Centre": 2.6,
    "Medical Centre": 2,
    "Law Building": 1.3,
}
_DENIALS = {"no_permission": 5, "expired_badge": 3, "outside_hours": 2, "reported_lost": 0.7}


@dataclass(frozen=True, slots=True)
class _Campus:
    rng: random.Random
    now: datetime
    courses: list[Row]
    students: list[Row]


def write(folder: Path, now: datetime) -> dict[str, str]:
    """Writes the streams up to `now` and gives the environment that the tables' paths need."""
    rng = random.Random(_SEED)
    courses = _courses(rng, now.date())
    students = [_student(rng, number) for number in range(660)]
    campus = _Campus(rng, now, courses, students)
    enrolments = [_enrolment(campus, n, at) for n, at in enumerate(moments(rng, now, 1500))]
    results = [_result(campus, n, at) for n, at in enumerate(moments(rng, now, 820))]
    loans = [
        _loan(rng, number, at, students, now) for number, at in enumerate(moments(rng, now, 1100))
    ]
    save(folder, "courses", courses)
    save(folder, "enrolments", out_of_order(rng, at_least_once(rng, enrolments)))
    save(folder, "exam_results", out_of_order(rng, at_least_once(rng, results)))
    save(folder, "library_loans", out_of_order(rng, at_least_once(rng, loans)))
    swipes = _swipes(rng, students, now)
    save(folder, "badge_swipes", out_of_order(rng, at_least_once(rng, swipes)))
    return {"UNIVERSITY_STREAMS": str(folder)}


def _courses(rng: random.Random, today: date) -> list[Row]:
    named = [(subject, title) for subject, titles in _COURSES.items() for title in titles]
    places = rng.sample(range(20, 320, 4), len(named))
    rows = []
    for number, (subject, title) in enumerate(named):
        closes = rng.randrange(-12, -2) if rng.random() < 0.17 else rng.randrange(-1, 38)
        rows.append(
            {
                "course_code": f"{subject}-{100 * rng.randrange(1, 5) + number}",
                "title": title,
                "faculty": _SUBJECTS[subject],
                "lecturer": f"Dr {pick(rng, _LECTURERS)}",
                "ects": pick(rng, {3: 2, 5: 5, 6: 3, 10: 1}),
                "capacity": places[number],
                "delivery": pick(rng, {"on_campus": 6, "hybrid": 2.4, "online": 1.8}),
                "is_elective": rng.random() < 0.4,
                "enrol_deadline": (today + timedelta(days=closes)).isoformat(),
            }
        )
    return rows


def _student(rng: random.Random, number: int) -> Row:
    return {
        "student_id": f"S{26_000 + 3 * number}",
        "programme": pick(rng, _PROGRAMMES),
        "study_year": pick(rng, {1: 5, 2: 4, 3: 3.2, 4: 1.6}),
        "is_exchange": rng.random() < 0.11,
    }


def _enrolment(campus: _Campus, number: int, at: datetime) -> Row:
    rng = campus.rng
    still_open = [c for c in campus.courses if str(c["enrol_deadline"]) >= at.date().isoformat()]
    liking = [1 / (2 + int(str(c["course_code"]).partition("-")[2]) % 17) for c in still_open]
    course = rng.choices(still_open, liking)[0]
    student = rng.choice(campus.students[:600])
    left = at + timedelta(minutes=3 + int(150 * rng.lognormvariate(0, 1.1)))
    status = pick(rng, {"enrolled": 0.75, "waitlisted": 0.13, "dropped": 0.12})
    if status == "dropped" and left >= campus.now:
        status = "enrolled"
    return {
        "enrolment_id": f"EN-{540_000 + number}",
        "student_id": student["student_id"],
        "course_code": course["course_code"],
        "programme": student["programme"],
        "study_year": student["study_year"],
        "is_exchange": student["is_exchange"],
        "enrolled_via": pick(rng, {"portal": 6, "app": 4, "registry": 1.7, "adviser": 0.8}),
        "enrol_status": status,
        "fee_eur": round(int(course["ects"]) * rng.choice((18.5, 24, 31.75)), 2),
        "scholarship_code": maybe(rng, 0.76, pick(rng, _SCHOLARSHIPS)),
        "enrolled_at": instant(at),
        "dropped_at": instant(left) if status == "dropped" else None,
    }


def _result(campus: _Campus, number: int, at: datetime) -> Row:
    rng = campus.rng
    course = rng.choice(campus.courses)
    attempt = pick(rng, {1: 6, 2: 3, 3: 1})
    format_ = pick(rng, {"written": 6, "oral": 2.2, "take_home": 1.4})
    skill = {"oral": 63, "written": 54, "take_home": 66}[format_] - 3.5 * attempt
    skill += sum(map(ord, str(course["faculty"]))) % 11
    points = round(min(100.0, max(0.0, rng.gauss(skill, 14))), 1)
    examiner = pick(rng, _EXAMINERS)
    # Whole minutes later, so that a duration is the same in whole minutes and in seconds.
    marked = at + timedelta(minutes=15 + int(170 * rng.lognormvariate(0, 1)))
    outcome = "absent" if rng.random() < 0.07 else "passed" if points >= 50 else "failed"
    if marked >= campus.now:
        outcome = "pending"
    has_score = outcome in ("passed", "failed")
    return {
        "result_id": 81_000 + number,
        "student_id": rng.choice(campus.students[:380])["student_id"],
        "course_code": course["course_code"],
        "exam_format": format_,
        "attempt": attempt,
        "examiner": f"Prof. {examiner}",
        "score": points if has_score else None,
        "grade": _grade(points) if has_score else None,
        "outcome": outcome,
        "submitted_at": instant(at),
        "marked_at": None if outcome == "pending" else instant(marked),
    }


def _grade(points: float) -> str:
    steps = ((85, "A"), (70, "B"), (60, "C"), (50, "D"))
    return next((grade for least, grade in steps if points >= least), "F")


def _loan(rng: random.Random, number: int, at: datetime, students: list[Row], now: datetime) -> Row:
    kind = pick(rng, {"book": 7, "laptop": 3, "journal": 1.2, "dvd": 0.6})
    titles = _THINGS[kind]
    place = int(len(titles) * rng.random() ** 1.5)
    days = rng.choice((0, 1)) if kind == "laptop" else rng.choice((0, 1, 2, 7, 14, 21))
    back = at + timedelta(minutes=4 + int((140 if kind == "laptop" else 420) * rng.expovariate(1)))
    returned = back < now and rng.random() < 0.8
    fine = round(rng.uniform(0.5, 24), 2) if returned and rng.random() < 0.12 else None
    return {
        "loan_id": f"LN{77_000 + number}",
        "student_id": rng.choice(students[90:])["student_id"],
        "barcode": f"3100{place:02d}{rng.randrange(1, 40):03d}{len(kind)}",
        "item_title": titles[place],
        "item_type": kind,
        "branch": pick(rng, _BRANCHES),
        "desk": pick(rng, {"self_service": 5, "counter": 3}),
        "renewals": pick(rng, {0: 7, 1: 2, 2: 1, 3: 0.4}),
        "fine_eur": fine,
        "due_on": (at.date() + timedelta(days=days)).isoformat(),
        "loaned_at": instant(at),
        "returned_at": instant(back) if returned else None,
    }


def _swipes(rng: random.Random, students: list[Row], now: datetime) -> list[Row]:
    holders = [("student", str(student["student_id"])) for student in students[::2]]
    holders += [("staff", "")] * 90 + [("contractor", "")] * 24 + [("visitor", "")] * 30
    habit = [rng.lognormvariate(0, 0.7) for _ in holders]
    charge = {d: rng.uniform(35, 100) for doors in _DOORS.values() for d in doors}
    inside: dict[int, str] = {}
    rows = []
    for number, at in enumerate(moments(rng, now, 4400)):
        badge = rng.choices(range(len(holders)), habit)[0]
        holder, student = holders[badge]
        where = inside.get(badge) or pick(rng, _BUILDINGS)
        leaving = badge in inside
        denied = not leaving and rng.random() < (0.16 if holder == "visitor" else 0.06)
        if leaving:
            del inside[badge]
        elif not denied:
            inside[badge] = where
        door = _DOORS[where][int(len(_DOORS[where]) * rng.random() ** 1.3)]
        charge[door] -= rng.uniform(0, 0.04)
        rows.append(
            {
                "swipe_id": 5_200_000 + number,
                "badge_no": f"B{40_100 + badge}",
                "holder_type": holder,
                "student_id": student or None,
                "building": where,
                "door": door,
                "direction": "out" if leaving else "in",
                "is_granted": not denied,
                "deny_reason": pick(rng, _DENIALS) if denied else None,
                "reader_battery_pct": int(charge[door]),
                "swiped_at": instant(at),
            }
        )
    return rows
