"""What the officers of the demo fill into a letter: answers to the questions of each letter type, from the case's facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.clock import WIB
from portal.correspondence import letters
from portal.correspondence.lettermodel import DAYS, Field
from portal.correspondence.model import Letter
from portal.demo.chronicle import Event
from portal.demo.facts import Facts
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
    "ref_labour_ministry": "Mengambil alih penanganan sesuai kewenangan dan memberi tahu hasilnya.",
    "ref_lpsk": "Memberikan perlindungan kepada korban.",
    "ref_shelter": "Menerima yang bersangkutan dan memberikan rehabilitasi sosial.",
    "ref_ppa": "Memberikan pelayanan terpadu kepada korban.",
    "ref_hospital": "Memeriksa dan merawat yang bersangkutan.",
    "ref_local_gov": "Menerima pemulangan dan mendampingi keluarga.",
    "ref_transport": "Menangani permasalahan awak kapal sesuai kewenangan.",
    "inq_generic": "Memberikan atau memverifikasi data yang diminta.",
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
    "ref_labour_ministry": ["memeriksa hubungan kerja dan penempatannya", "memberi tahu tindak lanjutnya"],
    "ref_lpsk": ["perlindungan fisik bagi {pmi} dan keluarganya", "fasilitasi restitusi"],
    "ref_hospital": ["memberikan pemeriksaan dan perawatan", "menerbitkan surat keterangan layak dipulangkan"],
    "ref_transport": ["memeriksa keabsahan perjanjian kerja laut", "memanggil {penyalur}"],
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


def _claim(case: Facts, _event: Event) -> dict[str, Any]:
    benefit = BENEFITS.get(case.category, "Jaminan Kecelakaan Kerja")
    return {
        "benefit": benefit,
        "member_number": f"{chance('member', case.worker.number).randrange(10**10, 10**11)}",
        "risk": case.words.subject,
        "event_on": case.at.date() - timedelta(days=14),
    }


def _summons(case: Facts, event: Event) -> dict[str, Any]:
    rng = chance("meeting", case.number)
    day = office_time(event.at + timedelta(days=12), rng).astimezone(WIB)
    return {
        "round": "Kesatu",
        "meeting": day.replace(hour=rng.choice([9, 10, 13]), minute=0, second=0),
        "venue": "Ruang Mediasi lantai 2",
        "bring": ["Perjanjian penempatan", "Bukti pembayaran biaya penempatan", "Surat kuasa bila diwakilkan"],
    }


def _shelter(case: Facts, _event: Event) -> dict[str, Any]:
    slots = case.slots
    return {
        "physical": "dapat berjalan sendiri, perlu pemeriksaan",
        "mental": "lelah dan cemas",
        "family": f"keluarga di {slots['asal']} telah dihubungi",
        "return_plan": f"Dipulangkan ke {slots['asal']} setelah keadaannya memungkinkan.",
    }


def _women_and_children(_case: Facts, _event: Event) -> dict[str, Any]:
    return {
        "identification": "Hasil wawancara petugas menunjukkan tanda-tanda kekerasan atau perdagangan orang.",
        "group": "perempuan dewasa",
        "condition": "aman, memerlukan pendampingan",
        "services": ["konseling", "bantuan hukum", "reintegrasi sosial"],
    }


def _protection(case: Facts, _event: Event) -> dict[str, Any]:
    return {
        "position": "korban",
        "offence": OFFENCES.get(case.category, "Dugaan tindak pidana terhadap PMI (UU 18/2017)"),
        "threats": f"Keluarga ditelepon orang yang mengaku dari {case.slots['penyalur']} dan diminta mencabut pengaduan.",
        "stage": "penyelidikan",
    }


def _hospital(case: Facts, _event: Event) -> dict[str, Any]:
    return {"complaint": case.words.subject, "payer": "BPJS Ketenagakerjaan"}


def _homecoming(case: Facts, event: Event) -> dict[str, Any]:
    leaves = office_time(event.at + timedelta(days=7), chance("home", case.number))
    return {
        "people": [f"{case.slots['pmi']} | {case.slots['asal']} | dijemput keluarga"],
        "transport": "bus antarkota",
        "departure": leaves,
        "arrival": leaves + timedelta(hours=9),
        "venue": "kantor desa",
        "escort": "petugas BP3MI",
        "witness": "perangkat desa",
    }


def _vessel(case: Facts, _event: Event) -> dict[str, Any]:
    return {"vessel": "disebut dalam kronologi", "contract": f"PKL melalui {case.slots['penyalur']}"}


def _verification(_case: Facts, _event: Event) -> dict[str, Any]:
    return {
        "asked": ["kesesuaian nama, NIK, dan alamat"],
        "ground": "penanganan pengaduan dan pelindungan PMI",
        "purpose": "memastikan identitas PMI dan keluarganya",
    }


OWN: dict[str, Callable[[Facts, Event], dict[str, Any]]] = {
    "ref_police": _police,
    "ref_immigration": _immigration,
    "claim_support": _claim,
    "ref_shelter": _shelter,
    "ref_ppa": _women_and_children,
    "ref_lpsk": _protection,
    "ref_hospital": _hospital,
    "ref_local_gov": _homecoming,
    "ref_transport": _vessel,
    "inq_generic": _verification,
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
    return {name: _unknown(by_id[name], letter.created_at) for name in letters.missing(letter)}


def _unknown(field: Field, now: datetime) -> Any:
    if field.type == "choice":
        return field.choices[0]
    if field.type in DAYS:
        return now.astimezone(WIB).date()
    known = {"list": ["belum diketahui"], "moment": now, "money": Decimal(10_000_000)}
    return known.get(field.type, "belum diketahui")
