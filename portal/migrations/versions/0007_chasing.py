"""Due dates that know why, the versions of the calendar, and the ladder of reminders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.db import Id, Instant, Json

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ARTICLES = {
    "DOCS_COMPLETE": "Peraturan BP2MI 6/2024 Pasal 30 ayat (1) huruf a",
    "EXTRA_DATA": "Peraturan BP2MI 6/2024 Pasal 30 ayat (1) huruf b",
    "CONTACT_LOST": "Peraturan BP2MI 6/2024 Pasal 30 ayat (1) huruf c",
    "NO_RESPONSE": "Peraturan BP2MI 6/2024 Pasal 30 ayat (1) huruf e",
    "SP4N_FIRST": "Permenpan RB 62/2018 (SP4N-LAPOR!)",
}


def upgrade() -> None:
    """Change the schema."""
    _calendar()
    _deadlines()
    _ladder()
    _keep_dates()
    with op.batch_alter_table("referral") as referral:
        for name in ("receipt_due_at", "answer_due_at", "info_wanted_at"):
            referral.drop_column(name)


def _calendar() -> None:
    with op.batch_alter_table("holiday") as holiday:
        holiday.add_column(sa.Column("country_code", sa.Text(), nullable=False, server_default="ID"))
    with op.batch_alter_table("deadline_rule") as rule:
        rule.add_column(sa.Column("law", sa.Text(), nullable=False, server_default=""))
    for table, column in (("holiday", "country_code"), ("deadline_rule", "law")):
        with op.batch_alter_table(table) as changed:
            changed.alter_column(column, server_default=None)
    rules = sa.table("deadline_rule", sa.column("code"), sa.column("law"))
    for code, law in ARTICLES.items():
        op.execute(rules.update().where(rules.c.code == code).values(law=law))
    op.create_table(
        "calendar_change",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("country_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_added", sa.Boolean(), nullable=False),
        sa.Column("moved", Id, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_change")),
    )


def _deadlines() -> None:
    op.create_table(
        "deadline",
        sa.Column("id", Id, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("start", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("law", sa.Text(), nullable=False),
        sa.Column("value", Id, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("country_code", sa.Text(), nullable=False),
        sa.Column("course", Json, nullable=False),
        sa.Column("calendar_version", Id, nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_deadline_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
    )
    with op.batch_alter_table("deadline") as deadline:
        deadline.create_index("ix_deadline_item_id", ["item_id", "state"])
        deadline.create_index("ix_deadline_walk", ["state", "unit", "id"])


def _ladder() -> None:
    with op.batch_alter_table("organisation") as organisation:
        organisation.add_column(sa.Column("superior_id", Id, nullable=True))
        organisation.create_foreign_key(op.f("fk_organisation_superior_id"), "organisation", ["superior_id"], ["id"])
    op.create_table(
        "chase_step",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("days", Id, nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("letter_type", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_chase_step")),
    )
    op.create_table(
        "chase_silence",
        sa.Column("id", Id, nullable=False),
        sa.Column("organisation_id", Id, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_chase_silence_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chase_silence")),
    )
    op.create_table(
        "reminder",
        sa.Column("id", Id, nullable=False),
        sa.Column("referral_id", Id, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("letter_id", Id, nullable=True),
        sa.Column("outbox_id", Id, nullable=True),
        sa.Column("skipped", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_reminder_referral_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_reminder_letter_id")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_reminder_outbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("referral_id", "step", "due_on", name=op.f("uq_reminder_referral_id_step_due_on")),
    )
    with op.batch_alter_table("chase_silence") as silence:
        silence.create_index(op.f("ix_chase_silence_organisation_id"), ["organisation_id"])
    with op.batch_alter_table("reminder") as reminder:
        reminder.create_index("ix_reminder_letter_id", ["letter_id"])


def _keep_dates() -> None:
    """What open referrals wait for becomes deadlines that know why; other due dates stay as bare dates."""
    names = ("id", "sent_at", "receipt_due_at", "answer_due_at", "info_wanted_at", "promised_on", "letter_id")
    instants = {"sent_at", "receipt_due_at", "answer_due_at", "info_wanted_at"}
    columns = [sa.column(name, Instant()) if name in instants else sa.column(name) for name in names]
    referral = sa.table("referral", *columns)
    item = sa.table("item", sa.column("id"), sa.column("state"), sa.column("urgency"), sa.column("due_at", Instant()))
    letter = sa.table("letter", sa.column("id"), sa.column("reply_days"), sa.column("number"))
    bind = op.get_bind()
    open_ = sa.select(referral, item.c.state, item.c.urgency, item.c.due_at, letter.c.reply_days, letter.c.number).where(
        item.c.id == referral.c.id,
        letter.c.id == referral.c.letter_id,
        item.c.state.in_(("sent", "received", "info_wanted", "accepted", "in_progress")),
        referral.c.sent_at.is_not(None),
    )
    for row in bind.execute(open_.order_by(referral.c.id)).all():
        for deadline in _as_deadlines(row):
            bind.execute(sa.insert(_TABLE).values(**deadline))


_TABLE = sa.table(
    "deadline",
    *(sa.column(name) for name in ("item_id", "step", "state", "start", "reference", "rule", "text", "law")),
    *(sa.column(name) for name in ("value", "unit", "country_code", "calendar_version")),
    *(sa.column(name, Instant()) for name in ("started_at", "due_at")),
    sa.column("course", Json),
)


def _as_deadlines(row: sa.Row) -> list[dict[str, object]]:
    known = {
        "item_id": row.id,
        "start": "letter_sent",
        "reference": row.number or "",
        "law": "",
        "country_code": "",
        "calendar_version": 0,
        "started_at": row.sent_at,
    }
    found = []
    if row.state == "sent" and row.receipt_due_at:
        urgent = row.urgency == 1
        rule = {"rule": "REF_RECEIPT_URGENT" if urgent else "REF_RECEIPT", "text": ""}
        terms = {"value": 24 if urgent else 72, "unit": "hour", "course": [], "due_at": row.receipt_due_at}
        found.append(known | rule | terms | {"step": "receipt", "state": "running"})
    is_promised = bool(row.promised_on) and row.state in ("accepted", "in_progress")
    if row.answer_due_at or is_promised:
        course, due_at = [], row.answer_due_at
        if is_promised:
            promise = {"what": "promise", "until": str(row.promised_on), "by": "instansi", "at": row.sent_at.isoformat()}
            course, due_at = [promise], row.due_at
        if row.state == "info_wanted" and row.info_wanted_at:
            course.append({"what": "stop", "from": row.info_wanted_at.isoformat(), "to": None})
        terms = {"value": row.reply_days, "unit": "workday", "course": course, "due_at": due_at}
        state = "stopped" if row.state == "info_wanted" and course else "running"
        found.append(known | terms | {"step": "answer", "state": state, "rule": "", "text": ""})
    return found


def downgrade() -> None:
    """Change the schema back; why a date is what it is, and the reminders, are lost."""
    with op.batch_alter_table("referral") as referral:
        for name in ("receipt_due_at", "answer_due_at", "info_wanted_at"):
            referral.add_column(sa.Column(name, Instant(), nullable=True))
    for table in ("reminder", "chase_silence", "chase_step", "deadline", "calendar_change"):
        op.drop_table(table)
    with op.batch_alter_table("organisation") as organisation:
        organisation.drop_constraint(op.f("fk_organisation_superior_id"), type_="foreignkey")
        organisation.drop_column("superior_id")
    for table, column in (("deadline_rule", "law"), ("holiday", "country_code")):
        with op.batch_alter_table(table) as changed:
            changed.drop_column(column)
