"""Letters filled with one invented case, ready to be rendered."""

from datetime import UTC, date, datetime
from decimal import Decimal

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
    "cause": "persetujuan yang menjadi dasarnya telah dicabut",
    "consent": "Yang bersangkutan telah menyatakan persetujuannya atas penyampaian data ini pada tanggal 25 Februari 2026.",
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

MORE = {
    "competence": "pengawasan atas hubungan kerja di dalam negeri",
    "clarification": "Dalam berita acara klarifikasi kedua tanggal 24 Februari 2026, P3MI mengakui tunggakan upah.",
    "first_party": "Budi Contoh",
    "second_party": "Rina Contoh | Manajer Operasional | PT Contoh Karya Mandiri",
    "mediator": "Mediator Contoh",
    "admission": "berita acara klarifikasi kedua Nomor T.90/PMA/PP.01/II/2026 tanggal 24 Februari 2026",
    "violations": ["memungut biaya penempatan di luar ketentuan", "tidak menyelesaikan tunggakan upah PMI"],
    "commitments": [
        "Membayar tunggakan upah tujuh bulan | 3 Maret 2026 | belum dibayar",
        "Mengembalikan biaya penempatan | 3 Maret 2026 | dibayar sebagian",
    ],
    "sanction": ["peringatan tertulis", "penghentian sementara sebagian atau seluruh kegiatan usaha"],
    "proposer": "KBRI Kuala Lumpur, surat Nomor 118/TK/II/2026 tanggal 18 Februari 2026",
    "amount": Decimal(38_500_000),
    "breakdown": ["Upah tujuh bulan | Rp26.500.000,00 | slip upah", "Biaya penempatan | Rp12.000.000,00 | kuitansi"],
    "position": "korban",
    "threats": "Perekrut menghubungi keluarga pada 21 Februari 2026 dan meminta pengaduan dicabut.",
    "report_number": "LP/B/77/II/2026/SPKT",
    "loss": Decimal(38_500_000),
    "loss_basis": "upah tujuh bulan dan biaya penempatan",
    "location": "Rumah Ramah PMI, Batam",
    "physical": "sehat, berat badan turun",
    "mental": "cemas, memerlukan konseling",
    "needs": ["pendamping perempuan", "konseling"],
    "family": "suami bersedia menerima",
    "escort": "Petugas Contoh, BP3MI Kepulauan Riau, 021 2924 4800",
    "arrival": datetime(2026, 3, 12, 4, tzinfo=UTC),
    "departure": datetime(2026, 3, 12, 1, tzinfo=UTC),
    "return_plan": "Dipulangkan ke Kabupaten Indramayu setelah rehabilitasi, diantar petugas BP3MI.",
    "identification": "Diidentifikasi petugas pada 22 Februari 2026 sebagai korban perdagangan orang.",
    "group": "perempuan dewasa",
    "guardian": None,
    "condition": "Sehat, dapat berkomunikasi dengan baik, dan membawa seluruh barang pribadinya.",
    "services": ["rehabilitasi kesehatan", "rehabilitasi sosial", "bantuan hukum"],
    "complaint": "Demam dan nyeri perut sejak tiba pada 1 Maret 2026.",
    "payer": "BPJS Ketenagakerjaan",
    "people": [
        "Sari Contoh | Kabupaten Indramayu | dijemput suami",
        "Wati Contoh | Kabupaten Cirebon | dijemput keluarga",
    ],
    "transport": "bus antarkota",
    "office": "Kepolisian Resor Indramayu",
    "earlier": [
        "surat Nomor R.31/PMA/PP.01/II/2026 tanggal 9 Februari 2026: lewat portal, sampai 9 Februari 2026",
        "pesan pos-el 24 Februari 2026 ke polres@mitra.example, diterima peladen penerima",
    ],
    "witness": "perangkat Desa Contoh",
    "notes": ["memerlukan pengobatan lanjutan di puskesmas"],
    "vessel": "MV Contoh Bahari",
    "flag": "Panama",
    "vessel_number": "IMO 9000001",
    "manning_agency": "PT Contoh Awak Samudra",
    "owner": "Contoh Shipping Ltd.",
    "contract": "PKL Nomor 12/PKL/2025 tanggal 2 Juni 2025, berlaku 12 bulan",
    "their_number": "B/55/LM.11/II/2026",
    "their_date": date(2026, 2, 27),
    "their_subject": "Permintaan klarifikasi atas penanganan pengaduan",
    "answer": "Pengaduan telah ditindaklanjuti sejak hari pertama dan pengadu menerima kabar setiap minggu.",
    "next_steps": ["mediasi pada 16 Maret 2026"],
    "asked": ["kesesuaian nama, NIK, dan alamat", "status kependudukan saat ini"],
    "ground": "pelindungan PMI",
    "items": ["Berkas perkara | 1 (satu) bundel | asli", "Paspor | 1 (satu) buah | asli", "Kronologi | 2 (dua) lembar"],
    "reason": "domisili P3MI berada di wilayah kerja Saudara",
    "basis": ["nota dinas Nomor 21/PMA/PP.01/II/2026 tanggal 26 Februari 2026"],
    "officers": [
        "Petugas Contoh | 198001012005012001 | Penata/III c | Petugas Penanganan Permasalahan",
        "Pendamping Contoh | 199001012015011001 | Penata Muda/III a | Pendamping Hukum",
    ],
    "tasks": ["menjemput dan mendampingi PMI dari Batam ke Indramayu", "menyerahkan PMI kepada keluarga"],
    "duration": "10 sampai dengan 12 Maret 2026",
    "budget": "DIPA BP3MI tahun anggaran 2026",
    "held_on": date(2026, 3, 10),
    "respondent": "Rina Contoh | Manajer Operasional | PT Contoh Karya Mandiri",
    "others": [],
    "explanation": ["PT Contoh Karya Mandiri menempatkan PMI pada 14 Juni 2025", "upah ditahan oleh agensi"],
    "follow_up": ["menghubungi agensi di Johor Bahru"],
    "obstacles": ["agensi belum menjawab"],
    "witnesses": ["Saksi Contoh | Kepala Desa Contoh", "Saksi Lain | Dinas Tenaga Kerja"],
    "positions": ["Pihak Kesatu meminta upah dibayar penuh", "Pihak Kedua meminta waktu tujuh hari"],
    "outcome": "mencapai kesepakatan",
    "terms": ["Pihak Kedua membayar tunggakan upah paling lambat 17 Maret 2026", "Pihak Kedua memulangkan PMI"],
    "giver": "Budi Contoh",
    "receiver": "Budi Contoh | suami | Kabupaten Indramayu",
    "belongings": ["Paspor | 1 buah | asli", "Tas pakaian | 2 buah"],
    "giver_nik": "3212050101900001",
    "giver_address": "Desa Contoh, Kabupaten Indramayu",
    "receiver_id": "3171010101850001",
    "receiver_address": "Jalan Contoh 5, Jakarta",
    "receiver_office": "Advokat pada Lembaga Bantuan Hukum Contoh",
    "powers": ["mengajukan dan melengkapi pengaduan", "menghadiri klarifikasi dan mediasi", "menerima jawaban"],
    "valid_until": date(2026, 9, 30),
    "substitution": "tanpa hak substitusi",
    "agenda_number": "M-2026-000417",
    "arrived_on": date(2026, 3, 2),
    "sender": "Ombudsman Republik Indonesia",
    "speed": "Segera",
    "forwarded_to": [
        "Direktur Layanan Pengaduan | untuk disiapkan jawaban | 6 Maret 2026",
        "Kepala Bagian Hukum | untuk diketahui",
    ],
    "note": "Mohon jawaban disampaikan sebelum batas waktu.",
}
"""What the letters beyond referrals say."""

OWN = {
    "assignment": {"purpose": "Pendampingan Pemulangan PMI"},
    "minutes_clarification": {
        "commitments": ["Membayar tunggakan upah tujuh bulan | PT Contoh Karya Mandiri | 17 Maret 2026"],
        "others": ["Wakil Contoh | Dinas Tenaga Kerja Kabupaten Indramayu"],
    },
    "minutes_handover": {"giver": "Petugas Contoh | Petugas Penanganan Permasalahan"},
    "power_of_attorney_tpl": {"receiver": "Advokat Contoh"},
}
"""Fields that mean something else in that letter."""

RECIPIENTS = {
    "POLICE": ("Kepala Badan Reserse Kriminal Kepolisian Negara Republik Indonesia", "Direktur Tindak Pidana Umum"),
    "IMMIGRATION": ("Direktur Jenderal Imigrasi", None),
    "MOFA": ("Direktur Pelindungan Warga Negara Indonesia", None),
    "MISSION": ("Kepala Perwakilan Republik Indonesia di Johor Bahru", "Fungsi Konsuler"),
    "P3MI": ("Pimpinan PT Contoh Karya Mandiri", None),
    "INSURER_BPJS": ("Kepala Kantor Cabang BPJS Ketenagakerjaan", None),
    "LEGAL_AID": ("Ketua Lembaga Bantuan Hukum Contoh", None),
    "LABOUR_OFFICE_DISTRICT": ("Kepala Dinas Tenaga Kerja Kabupaten Indramayu", None),
    "LABOUR_MINISTRY": ("Direktur Jenderal Pembinaan Pengawasan Ketenagakerjaan", None),
    "SUPERVISION_UNIT": ("Direktur Pengawasan Pelindungan Pekerja Migran Indonesia", None),
    "LPSK": ("Ketua Lembaga Perlindungan Saksi dan Korban", None),
    "SOCIAL_SHELTER": ("Kepala Sentra Contoh", None),
    "WOMEN_CHILD": ("Kepala UPTD Pelindungan Perempuan dan Anak Provinsi Jawa Barat", None),
    "HOSPITAL": ("Direktur Rumah Sakit Contoh", None),
    "LOCAL_GOV": ("Bupati Indramayu", "Kepala Dinas Sosial"),
    "TRANSPORT_MINISTRY": ("Direktur Jenderal Perhubungan Laut", None),
    "OMBUDSMAN": ("Ketua Ombudsman Republik Indonesia", None),
    "CIVIL_REGISTRY": ("Kepala Dinas Kependudukan dan Pencatatan Sipil Kabupaten Indramayu", None),
    "BP3MI": ("Kepala BP3MI Jawa Barat", None),
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

    def build(code, lang="id", case=None, **changes):
        kind = letter_types[code]
        values = kind.values(CASE | MORE | OWN.get(code, {}) if case is None else case, lang)
        office, attention = RECIPIENTS[kind.addressees[0]]
        letter = {
            "type": code,
            "layout": kind.layout,
            "lang": lang,
            "security": kind.security,
            "speed_title": kind.speed.replace("_", " ").capitalize(),
            "number": f"{kind.security}.123/PMA/{kind.records_class}/III/2026",
            "date": "2026-03-02",
            "place": "Jakarta",
            "subject": wording.fill_line(kind.subjects[lang], values),
            "letterhead": {"kind": "agency", "unit": "DEPUTI BIDANG PELINDUNGAN"},
            "recipients": [
                {"office": office, "attention": attention, "place": "di Jakarta" if lang == "id" else "Jakarta"}
            ],
            "body_html": wording.fill(kind.wording[lang], values, "refuse").html,
            "enclosures": [{"title": title, "pages": 2} for title in ENCLOSURES.get(code, [])],
            "cc": ["Kepala Badan (sebagai laporan)", "Direktur Layanan Pengaduan"]
            if kind.security in {"R", "T"}
            else [],
            "signatures": kind.signed_by(values, lang),
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
