"""Strings that stand in case B and case C only: whoever reads one of them outside has come through a second door."""

from __future__ import annotations

from types import SimpleNamespace

FIELDS = (
    "worker alias birth_place passport phone email address complainant complainant_phone narrative demand city "
    "whereabouts employer employer_contact overseas_agency emergency contact_note filename holder number "
    "remark subject body sender sender_number summary scan ask"
).split()


def canaries(letter: str) -> SimpleNamespace:
    """A value for each field of one case, each unlike every other; numbers look like numbers."""
    values = {name: f"{letter}kenari {name.replace('_', ' ')} rahasia" for name in FIELDS}
    digits = {"B": "71", "C": "83"}[letter]
    values["passport"] = f"{letter}90{digits}446"
    values["phone"], values["complainant_phone"] = f"08{digits}5550101", f"08{digits}5550102"
    values["email"] = f"{letter.lower()}kenari@rahasia.example"
    values["filename"], values["scan"] = f"{letter.lower()}kenari kartu.pdf", f"{letter.lower()}kenari pindaian.pdf"
    return SimpleNamespace(**values)


B, C = canaries("B"), canaries("C")


def forms(value: str) -> set[str]:
    """How a value may look on a page, in a file name or in JSON."""
    found = {value.lower(), value.lower().replace(" ", "-"), value.lower().replace(" ", "%20")}
    if value.startswith("08"):
        found |= {value[1:], f"{value[1:4]}-{value[4:8]}-{value[8:]}", f"{value[1:4]} {value[4:8]} {value[8:]}"}
    return found


def strings(*cases: SimpleNamespace) -> frozenset[str]:
    """Everything to look for."""
    return frozenset(form for case in cases for value in vars(case).values() for form in forms(value))
