"""What the officers of the demo fill into a letter: answers to the questions of each letter type, from the case's facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from portal.clock import WIB
from portal.correspondence import letters
from portal.correspondence.model import Letter
from portal.demo.chronicle import Event
from portal.demo.complaints import Facts
from portal.demo.names import chance
from portal.demo.proportions import office_time

OFFENCES = {
    "TRAFFICKING": "Tindak pidana perdagangan orang (UU 21/2007 Pasal 2 dan 4)",
    "ILLEGAL_RECRUITMENT": "Penempatan PMI oleh orang perseorangan (UU 18/2017 Pasal 69 jo. 81)",
    "JOB_FRAUD": "Penipuan (KUHP) dan penempatan tanpa izin (UU 18/2017 Pasal 81)",
    "DOCUMENT_FORGERY": "Pemalsuan surat (KUHP)",
    "DOCUMENT_WITHHOLDING": "Penahanan dokumen milik PMI",
    "CONFINEMENT": "Perampasan kemerdekaan (KUHP)",
    "SEXUAL_ABUSE": "Tindak pidana kekerasan seksual (UU 12/2022)",
}
BENEFITS = {
    "DEATH_ABROAD": "Jaminan Kematian",
    "MISSING_PERSON": "Jaminan Kematian",
    "UNFULFILLED_RIGHTS": "Jaminan Hari Tua",
}
ASKS = {
    "ref_police": "Menerima penerusan perkara, memproses sesuai ketentuan, dan memberi tahu perkembangannya.",
    "ref_immigration": "Memberikan data perlintasan dan dokumen perjalanan.",
    "ref_mission": "Menelusuri keberadaan dan kondisi PMI serta memberikan pendampingan kekonsuleran.",
    "ref_mofa": "Meneruskan kepada Perwakilan RI dan memberi tahu hasilnya.",
    "ref_labour_office": "Memfasilitasi penyelesaian dan memverifikasi alamat serta keluarga.",
    "ref_legal_aid": "Memberikan pendampingan hukum bagi PMI atau keluarganya.",
    "claim_support": "Memproses pengajuan manfaat sesuai ketentuan.",
    "summons_clarification": "Hadir dan memberikan klarifikasi beserta dokumen penempatan.",
}
REQUESTS = {
    "ref_immigration": ["memberikan data perlintasan dan paspor yang bersangkutan", "memberi tahu bila ia melintas"],
    "ref_mission": [
        "menelusuri keberadaan dan kondisi {pmi}",
        "memberikan pendampingan kekonsuleran",
        "mengupayakan pemenuhan hak dari {majikan}",
    ],
    "ref_mofa": ["meneruskan permohonan ini kepada Perwakilan RI di {negara}", "memberi tahu perkembangannya"],
    "ref_labour_office": ["memfasilitasi mediasi dengan {penyalur}", "memverifikasi alamat dan keluarga di {asal}"],
    "ref_legal_aid": ["memeriksa kelengkapan permohonan", "memberikan pendampingan hukum sampai perkara selesai"],
}


def ask(letter_type: str) -> str:
    """What we ask for, in one sentence."""
    return ASKS.get(letter_type, "Menindaklanjuti sesuai kewenangan dan memberi tahu hasilnya.")


def answers(letter_type: str, case: Facts, event: Event) -> dict[str, Any]:
    """Values of the fields that the case does not fill by itself."""
    requests = [line.format_map(case.slots) for line in REQUESTS.get(letter_type, ["menindaklanjuti permohonan ini"])]
    found = OWN[letter_type](case, event) if letter_type in OWN else {}
    known = {field.id for field in letters.letter_types()[letter_type].fields}
    return {name: value for name, value in ({"requests": requests} | found).items() if name in known}


def _police(case: Facts, _event: Event) -> dict[str, Any]:
    slots = case.slots
    return {
        "offence": OFFENCES.get(case.category, "Dugaan tindak pidana terhadap PMI (UU 18/2017)"),
        "suspects": [f"Perekrut: {slots['penyalur']}", f"Pemberi kerja: {slots['majikan']}, {slots['kota']}"],
        "evidence": ["Kronologi dari pengadu", f"Keterangan kerugian {slots['uang']}", "Salinan percakapan"],
        "protection_needs": "Pendampingan selama pemeriksaan",
    }


def _immigration(_case: Facts, _event: Event) -> dict[str, Any]:
    return {"purpose": "Penelusuran keberadaan dan pelindungan PMI"}


def _claim(case: Facts, event: Event) -> dict[str, Any]:
    benefit = BENEFITS.get(case.category, "Jaminan Kecelakaan Kerja")
    return {
        "benefit": benefit,
        "member_number": f"{chance('member', case.worker.number).randrange(10**10, 10**11)}",
        "risk": case.words.subject,
        "event_on": case.at.date() - timedelta(days=14),
        "consent_on": event.at.astimezone(WIB).date(),
    }


def _consent(_case: Facts, event: Event) -> dict[str, Any]:
    return {"consent_on": event.at.astimezone(WIB).date()}


def _summons(case: Facts, event: Event) -> dict[str, Any]:
    rng = chance("meeting", case.number)
    day = office_time(event.at + timedelta(days=12), rng).astimezone(WIB)
    return {
        "round": "Kesatu",
        "meeting": day.replace(hour=rng.choice([9, 10, 13]), minute=0, second=0),
        "venue": "Ruang Mediasi lantai 2",
        "bring": ["Perjanjian penempatan", "Bukti pembayaran biaya penempatan", "Surat kuasa bila diwakilkan"],
    }


OWN: dict[str, Callable[[Facts, Event], dict[str, Any]]] = {
    "ref_police": _police,
    "ref_immigration": _immigration,
    "claim_support": _claim,
    "ref_legal_aid": _consent,
    "summons_clarification": _summons,
}


def reminder(first: Letter, round_: int) -> dict[str, Any]:
    """A reminder of that letter."""
    return {
        "round": ("Kesatu", "Kedua", "Ketiga")[min(round_, 2)],
        "previous_number": first.number,
        "previous_date": first.dated,
        "previous_subject": first.title,
        "requests": ["menyampaikan jawaban atas surat tersebut"],
    }


def notice(text: str) -> dict[str, Any]:
    """News for the complainant."""
    return {"kind": "Perkembangan", "steps": [text]}


def leftovers(letter: Letter) -> dict[str, Any]:
    """Something for each field that nobody could fill: what is unknown is said to be so."""
    by_id = {field.id: field for field in letters.type_of(letter).fields}
    return {name: _unknown(by_id[name].type, by_id[name].choices) for name in letters.missing(letter)}


def _unknown(kind: str, choices: tuple[str, ...]) -> Any:
    if kind == "choice":
        return choices[0]
    return ["belum diketahui"] if kind == "list" else "belum diketahui"
