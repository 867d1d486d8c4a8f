"""The desk's words: what each answer is called to those who give it, and what happens after it."""

from __future__ import annotations

from typing import Any

from portal.i18n import _

BUTTONS: dict[str, tuple[Any, Any]] = {
    "acknowledge": (_("Surat sudah kami terima"), _("Jawaban boleh menyusul.")),
    "accept": (_("Kami tangani"), _("Sebutkan petugas, nomor berkas, dan kapan kabar berikutnya.")),
    "need_info": (_("Kami perlu keterangan"), _("Batas waktu Anda berhenti sampai kami menjawab.")),
    "progress": (_("Laporkan kemajuan"), _("Perkembangan, berkas, atau tanggal baru.")),
    "provide": (_("Laporkan hasil"), _("Layanan sudah diberikan, seluruhnya atau sebagian; lampirkan buktinya.")),
    "redirect": (_("Bukan kami, tetapi instansi lain"), _("Sebutkan instansi yang berwenang.")),
    "decline": (_("Tidak dapat kami tangani"), _("Sebutkan alasannya.")),
    "send_late": (_("Kirim jawaban susulan"), _("Rujukan sudah berakhir; jawaban Anda tetap disimpan dan dibaca.")),
}
"""Transition → the button and its explanation, in the order in which they are shown."""

AFTERWARDS: dict[str, Any] = {
    "acknowledge": _("Kami menunggu jawaban Anda."),
    "accept": _("Kami menunggu kabar Anda pada tanggal yang Anda sebut. Kemajuan dapat dilaporkan kapan saja."),
    "need_info": _("Kami akan menjawab di halaman ini. Batas waktu Anda berhenti sampai saat itu."),
    "progress": _("Kami menunggu kabar Anda berikutnya, atau hasilnya."),
    "provide": _("Kami memastikan kepada pekerja atau keluarganya bahwa layanan sudah sampai."),
    "redirect": _("Kami akan menghubungi instansi yang Anda sebut. Anda tidak perlu meneruskan surat ini."),
    "decline": _("Kami akan mencari jalan lain. Tidak ada lagi yang perlu Anda lakukan."),
    "send_late": _("Jawaban Anda tersimpan pada rujukan ini dan petugas kami diberi tahu."),
}
"""Transition → what happens next."""
