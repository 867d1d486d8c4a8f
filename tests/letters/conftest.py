"""Letters filled with one invented case, ready to be rendered."""

from datetime import UTC, date, datetime

import pytest

from portal import pdf
from portal.correspondence import lettertypes, wording
from portal.folders import folder

CREATED = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)

CASE = {
    "case_number": "C-2026-000123",
    "received_on": date(2026, 2, 23),
    "channel": "formulir pengaduan daring",
    "worker_status": "PMI",
    "worker_name": "Sari Contoh",
    "worker_aliases": "Sari binti Contoh",
    "worker_birth": "Indramayu, 12 Mei 1994",
    "worker_nik": "3212055205940001",
    "worker_passport": "X1234567",
    "worker_address": "Kabupaten Indramayu, Jawa Barat",
    "country": "Malaysia",
    "city": "Johor Bahru",
    "employer": "Restoran Contoh Jaya, Jalan Bunga Raya 7, Johor Bahru",
    "overseas_agency": "Agensi Pekerjaan Contoh Sdn. Bhd.",
    "p3mi": "PT Contoh Karya Mandiri",
    "departed_on": date(2025, 6, 14),
    "chronology": [
        "14 Juni 2025: diberangkatkan melalui Batam dengan janji bekerja sebagai juru masak",
        "Juli 2025 sampai Januari 2026: bekerja tanpa menerima upah dan paspor ditahan pemberi kerja",
        "20 Februari 2026: menghubungi keluarga dan meminta pertolongan",
    ],
    "steps": [
        "24 Februari 2026: memverifikasi identitas pada sistem penempatan",
        "26 Februari 2026: meminta klarifikasi P3MI dengan surat Nomor T.18/PMA/PP.01/II/2026",
    ],
    "summary": "Upah tujuh bulan tidak dibayar, paspor ditahan, dan PMI tidak diizinkan keluar dari tempat kerja.",
    "matter": "upah yang tidak dibayar selama tujuh bulan dan penahanan paspor",
    "reply_by": date(2026, 3, 16),
    "officer_name": "Petugas Contoh",
    "officer_phone": "021 2924 4800",
    "officer_email": "pengaduan@rujukan.example",
    "offence": "perdagangan orang dan penempatan orang perseorangan tanpa izin (Pasal 81 UU 18/2017)",
    "other_victims": "2 (dua) orang",
    "suspects": ["Perekrut berinisial A, telepon 0812 0000 0001", "Penanggung jawab PT Contoh Karya Mandiri"],
    "evidence": ["Tangkapan layar percakapan", "Bukti transfer biaya penempatan Rp12.000.000,00"],
    "protection_needs": "Pendampingan psikososial dan rumah aman",
    "requests": [
        "menelusuri keberadaan dan kondisi PMI",
        "memberikan pendampingan sesuai dengan kewenangan",
        "memfasilitasi pemulangan apabila diperlukan",
    ],
    "purpose": "penelusuran keberadaan PMI",
    "other_systems": "SIMPATI 2026/0042",
    "round": "Kesatu",
    "meeting": datetime(2026, 3, 10, 2, 30, tzinfo=UTC),
    "venue": "Ruang Mediasi, Kantor Pusat, Jakarta",
    "bring": ["Perjanjian Penempatan", "Perjanjian Kerja", "Bukti pembayaran upah"],
    "benefit": "Jaminan Kematian",
    "member_number": "26012345678",
    "risk": "meninggal dunia karena sakit",
    "event_on": date(2026, 1, 30),
    "claimant": "Budi Contoh",
    "applicant": "Budi Contoh",
    "complainant": "Budi Contoh",
    "relationship": "suami",
    "documents": ["Formulir pengajuan manfaat", "Surat keterangan kematian", "Surat keterangan ahli waris"],
    "consent_on": date(2026, 2, 25),
    "stage": "penyelidikan",
    "missing_documents": ["Perjanjian Kerja", "Kronologi permasalahan", "Kartu Keluarga"],
    "received_documents": ["KTP pengadu", "Paspor (nomor)"],
    "contact": "0800 1000",
    "tracking_url": "https://rujukan.example/lacak",
    "kind": "Perkembangan",
    "previous_number": "R.31/PMA/PP.01/II/2026",
    "previous_date": date(2026, 2, 9),
    "previous_subject": "Permohonan Pelindungan PMI a.n. Sari Contoh",
}

RECIPIENTS = {
    "POLICE": ("Kepala Badan Reserse Kriminal Kepolisian Negara Republik Indonesia", "Direktur Tindak Pidana Umum"),
    "IMMIGRATION": ("Direktur Jenderal Imigrasi", None),
    "MOFA": ("Direktur Pelindungan Warga Negara Indonesia", None),
    "MISSION": ("Kepala Perwakilan Republik Indonesia di Johor Bahru", "Fungsi Konsuler"),
    "P3MI": ("Pimpinan PT Contoh Karya Mandiri", None),
    "INSURER_BPJS": ("Kepala Kantor Cabang BPJS Ketenagakerjaan", None),
    "LEGAL_AID": ("Ketua Lembaga Bantuan Hukum Contoh", None),
    "LABOUR_OFFICE_DISTRICT": ("Kepala Dinas Tenaga Kerja Kabupaten Indramayu", None),
    "COMPLAINANT": ("Saudara Budi Contoh", None),
    "*": ("Direktur Jenderal Imigrasi", None),
}
ENCLOSURES = {
    "ref_police": ["Kronologi permasalahan", "KTP PMI", "Bukti percakapan"],
    "claim_support": CASE["documents"],
}
SIGNERS = {
    "SIGNER": {
        "prefix_lines": ["a.n. Deputi Bidang Pelindungan"],
        "office": "Direktur Layanan Pengaduan, Mediasi, dan Advokasi",
        "name": "Pejabat Contoh",
        "nip": "197001011995031001",
    },
    "CASE_OFFICER": {"prefix_lines": [], "office": "Petugas Penanganan Permasalahan", "name": "Petugas", "nip": None},
    "FRONT_OFFICER": {"prefix_lines": [], "office": "Petugas Layanan Pengaduan", "name": "Petugas", "nip": None},
}


@pytest.fixture(scope="session")
def letter_types():
    return lettertypes.load(folder("letters"))


@pytest.fixture(scope="session")
def house():
    return lettertypes.House.load(folder("letters") / "house")


@pytest.fixture
def a_letter(letter_types):
    """The frozen snapshot of a letter of some type, filled with the case."""

    def build(code, **changes):
        kind = letter_types[code]
        values = kind.values(CASE)
        office, attention = RECIPIENTS[kind.addressees[0]]
        letter = {
            "type": code,
            "layout": kind.layout,
            "lang": "id",
            "security": kind.security,
            "speed_title": kind.speed.replace("_", " ").capitalize(),
            "number": f"{kind.security}.123/PMA/{kind.records_class}/III/2026",
            "date": "2026-03-02",
            "place": "Jakarta",
            "subject": wording.fill_line(kind.subject, values),
            "letterhead": {"kind": "agency", "unit": "DEPUTI BIDANG PELINDUNGAN"},
            "recipients": [{"office": office, "attention": attention, "place": "di Jakarta"}],
            "body_html": wording.fill(kind.wording["id"], values, "refuse").html,
            "enclosures": [{"title": title, "pages": 2} for title in ENCLOSURES.get(code, [])],
            "cc": ["Kepala Badan (sebagai laporan)", "Direktur Layanan Pengaduan"]
            if kind.security in {"R", "T"}
            else [],
            "signer": SIGNERS[kind.signatory],
            "check": {"url": "https://rujukan.example/verify/7K2M9QXA", "code": "7K2M-9QXA"},
            "reply": {"url": "https://rujukan.example/answer/7KQM-2XWP-9RTA-HB4C", "code": "4QF8-TR2W"}
            if kind.questions
            else None,
            "draft": False,
        }
        return letter | changes

    return build


@pytest.fixture
def printed(house):
    """The PDF of a letter."""

    def make(letter, **more):
        html, assets = lettertypes.page(letter, house)
        given = {"title": letter["subject"], "lang": letter["lang"], "attachment": None, "created": CREATED} | more
        return pdf.render(html, assets, **given)

    return make
