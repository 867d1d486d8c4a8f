"""What giving more time asks for."""

from __future__ import annotations

from portal.forms import Day, Schema, Text
from portal.i18n import _


class Extend(Schema):
    """Until when, and why."""

    until = Day(
        _("Batas waktu yang baru"),
        required=False,
        help=_("Bila kosong: diberi sekali lagi jangka waktu menurut aturannya. Contoh: 13-10-2025"),
    )
    reason = Text(_("Alasan perpanjangan"), max=1000, rows=2)
