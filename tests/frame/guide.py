"""A style guide: a small application that shows every part of the frame with sample data."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from html import escape
from pathlib import Path
from types import SimpleNamespace as Thing
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.session import SignedCookieSessionFactory

from portal.acts import Identity, Reason
from portal.clock import FixedClock
from portal.content.workflow import Offer, State, Transition
from portal.forms import (
    Button,
    Choice,
    Choices,
    Day,
    Files,
    Kept,
    Line,
    Mail,
    Moment,
    Money,
    Number,
    Rows,
    Schema,
    Secret,
    Text,
    Tick,
    ValidationFailure,
    form,
)
from portal.i18n import _
from portal.pages import Batch, Chip, Column, Empty, Fact
from portal.settings import Settings

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
NEW, RUNNING = State("new", "Terdaftar", "new"), State("running", "Proses di unit kerja")
WAITING, DONE = State("waiting", "Menunggu jawaban", "waiting"), State("done", "Selesai", "done")
STOPPED = State("stopped", "Dibatalkan", "stopped")
STATES = [NEW, RUNNING, WAITING, DONE, STOPPED]
NAMES = ["Siti Rahayu binti Abdul Karim", "Ni Made Ayu Lestari", "Muhammad Fajar Nur Hidayatullah", "Yohana", "Tuti"]
COUNTRIES = [(f"C{n}", name) for n, name in enumerate(["Arab Saudi", "Malaysia", "Hong Kong", "Taiwan"] * 10)]
COUNTRIES = [(code, f"{name} {code}" if n > 3 else name) for n, (code, name) in enumerate(COUNTRIES)]


class Party(Schema):
    called = Line(_("Nama"), own={"autocomplete": "off"})
    role = Choice([("employer", "Majikan"), ("agency", "P3MI")], _("Peran"), look="select")


class Complaint(Schema):
    name = Line(_("Nama lengkap pekerja"), help="Seperti tertulis di paspor.", max=60)
    mail = Mail(_("Surel pengadu"), required=False)
    born = Day(_("Tanggal lahir"), required=False)
    called = Moment(_("Waktu telepon masuk"))
    country = Choice(COUNTRIES, _("Negara penempatan"))
    urgency = Choice([("1", "Darurat"), ("2", "Mendesak"), ("3", "Biasa")], _("Urgensi"))
    kinds = Choices([("wage", "Gaji tidak dibayar"), ("lost", "Hilang kontak"), ("sick", "Sakit")], _("Jenis masalah"))
    wages = Money(_("Gaji yang belum dibayar"), required=False)
    months = Number(_("Selama berapa bulan"), most=240, required=False)
    story = Text(_("Uraian kejadian"), max=2000)
    parties = Rows(Party(title=_("Pihak")), _("Pihak yang diadukan"), add=_("Tambah pihak"), most=5)
    papers = Files(_("Dokumen"), accept=(".pdf", ".jpg"), required=False, help="PDF atau foto, paling besar 25 MB.")
    secret = Secret(_("Kata sandi"), required=False)
    agree = Tick(_("Pengadu menyetujui datanya diteruskan kepada instansi terkait"), required=True)


FILLED = {
    "name": "Siti Rahayu",
    "born": date(1991, 5, 17),
    "called": datetime(2026, 3, 1, 22, 15, tzinfo=UTC),
    "country": "C0",
    "urgency": "1",
    "kinds": ("wage",),
    "wages": Decimal(12500000),
    "months": 7,
    "story": "Pekerja menelepon dari Riyadh.\nGaji tujuh bulan tidak dibayar.",
    "parties": [{"called": "PT Sumber Kerja Mandiri Sejahtera", "role": "agency"}],
}


def offers() -> list[Offer]:
    def step(name: str, title: str, **more: Any) -> Transition:
        return Transition(name, title, ("running",), "waiting", frozenset({"CASE_OFFICER"}), **more)

    missing = Reason("Dokumen “Salinan paspor” belum diterima.", mend="/item#papers")
    address = Reason("Polres Metro Jakarta Selatan belum punya alamat surel.", mend="/item#channel")
    return [
        Offer(step("submit", "Ajukan surat untuk disetujui", prominent=True), ()),
        Offer(step("approve", "Setujui", assured=True, hint="Nomor surat diberikan dan tidak dapat ditarik."), ()),
        Offer(step("dispatch", "Kirim rujukan"), (missing, address)),
        Offer(step("close", "Tutup kasus"), (missing,)),
    ]


def item(request: Any) -> dict[str, Any]:
    line, comment = lines(), comments()
    request.session.flash(_("Tersimpan."))
    return {
        "title": "Siti Rahayu: gaji tujuh bulan tidak dibayar dan paspor ditahan majikan di Riyadh",
        "state": WAITING,
        "due": date(2026, 2, 28),
        "offers": offers(),
        "facts": [
            Fact(_("Pekerja"), "Siti Rahayu binti Abdul Karim", url="/item", change="/form"),
            Fact(_("Nomor paspor"), "C 1234567", change="/form"),
            Fact(_("Keluarga yang dapat dihubungi"), None, change="/form"),
            Fact(_("Perusahaan penempatan"), "PT Sumber Kerja Mandiri Sejahtera (izin dicabut 12 Januari 2026)"),
        ],
        "tabs": [
            Thing(title=t, url="/item", active=n == 0, count=c)
            for n, (t, c) in enumerate(
                [
                    ("Ringkasan", None),
                    ("Dokumen", 4),
                    ("Surat", 2),
                    ("Rujukan", 3),
                    ("Riwayat", None),
                    ("Komentar", 2),
                    ("Berbagi", None),
                ]
            )
        ],
        "lines": line,
        "comments": comment,
        "files": [
            Thing(
                name="paspor-siti.pdf", title="Salinan paspor", url="/item", size=482_133, at=NOW, state=DONE, note=None
            ),
            Thing(
                name="IMG_20260301_kontrak_kerja_halaman_1.jpg",
                title="Kontrak kerja",
                url="/item",
                size=3_482_133,
                at=NOW,
                state=WAITING,
                note="Halaman 2 belum ada.",
            ),
        ],
        "changes": [
            Thing(title="Urgensi", before="Biasa", after="Darurat"),
            Thing(title="Telepon", before=None, after="+966 50 123 4567"),
        ],
        "form": form(Remark(), request, buttons=(Button("comment", _("Kirim komentar")),), action="/item"),
    }


class Remark(Schema):
    text = Text(_("Tulis komentar"), rows=3, max=2000)


def lines() -> list[Any]:
    return [
        Thing(at=NOW, by="Rina Wulandari", text="Menyetujui surat B.14/CC/III/2026", url="/item", detail=None),
        Thing(at=NOW, by="Budi Santoso", text="Mengubah urgensi menjadi Darurat", url=None, detail="Biasa → Darurat"),
        Thing(
            at=NOW, by="Sistem", text="Mengirim pengingat kepada Polres Metro Jakarta Selatan", url=None, detail=None
        ),
    ]


def comments() -> list[Any]:
    reply = Thing(id=2, by="Rina Wulandari", at=NOW, text="Setuju.", shared=False, replies=())
    return [
        Thing(
            id=1,
            by="Budi Santoso",
            at=datetime(2026, 3, 1, 2, 0, tzinfo=UTC),
            text="Keluarga sudah dihubungi.\nMereka mengirim salinan kontrak.",
            shared=False,
            replies=(reply,),
        ),
        Thing(
            id=3,
            by="Ipda Wahyu",
            at=datetime(2026, 3, 2, 2, 15, tzinfo=UTC),
            text="Mohon salinan paspor.",
            shared=True,
            replies=(),
        ),
    ]


def worklist(request: Any) -> dict[str, Any]:
    count = int(request.GET.get("rows", 12))
    rows = [
        {
            "id": n,
            "url": f"/item?n={n}",
            "number": f"C-2026-{n:06}",
            "title": f"{NAMES[n % 5]}: {['gaji tidak dibayar', 'hilang kontak sejak Desember', 'minta dipulangkan'][n % 3]}",
            "state": STATES[n % 5],
            "due": date(2026, 2, 27 + n % 2) if n % 4 == 0 else date(2026, 3, 2 + n % 20),
            "officer": ["Budi Santoso", None][n % 5 == 3],
            "letters": n % 7,
        }
        for n in range(1, count + 1)
    ]
    columns = [
        Column("title", _("Perkara"), "link"),
        Column("number", _("Nomor"), "code"),
        Column("state", _("Status"), "state"),
        Column("due", _("Tenggat"), "due", url="/list?sort=due", order="ascending"),
        Column("officer", _("Petugas"), url="/list?sort=officer"),
        Column("letters", _("Surat"), "number"),
    ]
    return {
        "title": _("Kasus saya"),
        "rows": rows,
        "columns": columns,
        "caption": _("Kasus saya"),
        "filters": [
            Chip(_("Semua"), "/list", active=True, count=124),
            Chip(_("Terlambat"), "/list?late=1", count=3),
            Chip(_("Darurat"), "/list?urgent=1", count=0),
        ],
        "batch": Batch(1, count, 124, None, "/list?start=13"),
        "acts": [("assign", _("Tugaskan")), ("export", _("Ekspor"))],
        "action": "/list",
        "empty": Empty(_("Tidak ada kasus yang menunggu Anda. Bagus."), _("Terima pengaduan baru"), "/form"),
    }


def complaint(request: Any) -> Any:
    values = FILLED if "filled" in request.GET else None
    asked = form(
        Complaint(),
        request,
        buttons=(Button("save", _("Simpan")), Button("draft", _("Simpan konsep"))),
        version=3,
        values=values,
    )
    if request.method == "POST":
        try:
            request.registry.received.append(asked.validate(request.POST.items()))
        except ValidationFailure as failure:
            stored = [f for f in failure.cstruct.get("papers") or [] if isinstance(f, Kept)] if failure.cstruct else []
            if "keep" in request.GET and stored == []:
                asked.keep("papers", [Kept("a" * 64, "paspor.pdf", 4242)])
            request.response.status = 422
        else:
            request.session.flash(_("Tersimpan."))
            return HTTPSeeOther(location="/form")
    return {"title": _("Pengaduan baru"), "form": asked}


def matrix(_request: Any) -> dict[str, Any]:
    cell = Thing(state=WAITING, url="/item", note="5 Maret 2026")
    done = Thing(state=DONE, url="/item", note=None)
    heads = ["Polres Metro Jakarta Selatan", "KBRI Riyadh", "PT Asuransi Sejahtera", "Dinas Tenaga Kerja Cirebon"]
    return {
        "title": "Permintaan dan pihak",
        "caption": _("Permintaan menurut pihak"),
        "heads": heads,
        "lines": [
            Thing(title="Laporan orang hilang", cells=[done, cell, None, None]),
            Thing(title="Pembayaran klaim", cells=[None, None, cell, done]),
        ],
    }


def conflict(_request: Any) -> dict[str, Any]:
    changes = [Thing(title="Uraian", before="Gaji tidak dibayar.", after="Gaji tujuh bulan tidak dibayar.")]
    return {
        "by": "Rina Wulandari",
        "at": NOW,
        "changes": changes,
        "mine": [("Uraian kejadian", "Tulisan saya\nyang panjang.")],
        "reasons": [Reason("Versi 3 sudah diganti versi 4.")],
        "back": "/item",
        "id": "7f3a-19c2",
    }


def plainly(title: str) -> Any:
    return lambda _request: {"title": title, "id": "7f3a-19c2"}


def doubles(request: Any) -> Response:
    return Response(f"<p>Mirip dengan {escape(request.GET['name'])}</p>")


def preview(request: Any) -> Response:
    return Response(f"<p>{escape(request.POST['text'])}</p>")


VIEWS = {
    "live": (lambda _request: {"title": "Langsung"}, "guide/live.pt"),
    "item": (item, "guide/item.pt"),
    "list": (worklist, "guide/list.pt"),
    "form": (complaint, "guide/form.pt"),
    "matrix": (matrix, "guide/matrix.pt"),
    "public": (plainly("Pengaduan Anda sudah kami terima"), "guide/public.pt"),
    "error409": (conflict, "errors/409.pt"),
} | {f"error{code}": (plainly(str(code)), f"errors/{code}.pt") for code in (400, 403, 404, 413, 500, 503)}
VIEWS["error429"] = (
    lambda _request: {"title": "Terlalu sering", "text": "Tunggu satu menit.", "reasons": ()},
    "errors/any.pt",
)


def safely(handler: Any, _registry: Any) -> Any:
    def tween(request: Any) -> Any:
        response = handler(request)
        response.headers["Content-Security-Policy"] = CSP
        return response

    return tween


class SomebodyIsSignedIn:
    """The security policy of the style guide: Budi, unless the page is asked for as a stranger."""

    def identity(self, request: Any) -> Identity | None:
        if "stranger" in request.GET or request.path.startswith("/public"):
            return None
        return Identity(1, "Budi Santoso", language=request.cookies.get("lang", "id"))

    def permits(self, _request: Any, _context: Any, _permission: str) -> bool:
        return True


def worklists(request: Any) -> list[Any]:
    known = [
        ("Kasus saya", "/list", 12),
        ("Terlambat", "/list?late=1", 3),
        ("Surat menunggu paraf", "/list?rows=2", 5),
        ("Jawaban belum dibaca", "/list?rows=0", 0),
    ]
    return [Thing(title=title, url=url, count=count) for title, url, count in known] if request.identity else []


def make_app(data: Path) -> Any:
    config = Configurator()
    theme = str(Path(__file__).with_name("templates"))
    config.registry["site"] = Thing(clock=FixedClock(NOW), settings=Settings(data=data, templates=theme))
    config.set_session_factory(SignedCookieSessionFactory("style guide"))
    config.set_default_csrf_options(require_csrf=True)
    config.include("portal.i18n")
    config.include("portal.pages")
    config.registry.received = []
    config.set_security_policy(SomebodyIsSignedIn())
    config.add_request_method(worklists, reify=True)
    config.add_request_method(lambda _request: 4, "notice_count", property=True)
    config.add_tween("tests.frame.guide.safely")
    for view in (doubles, preview):
        config.add_route(view.__name__, f"/{view.__name__}")
        config.add_view(view, route_name=view.__name__, require_csrf=True)
    for name, (view, template) in VIEWS.items():
        config.add_route(name, f"/{name}")
        config.add_view(view, route_name=name, renderer=template, request_method=("GET", "POST"))
    return config.make_wsgi_app()
