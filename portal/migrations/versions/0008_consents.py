"""Consents and other grounds as objects, profiles of recipients, and the register of disclosures."""

import sqlalchemy as sa
from alembic import op

from portal.db import Id, Instant, Json

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FORMER = {
    "written": "consent",
    "recorded": "consent",
    "mandate": "consent",
    "vital_interest": "vital_interest",
    "legal_duty": "legal_duty",
}
"""What a referral said of its ground until now → the ground."""


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "disclosure_profile",
        sa.Column("id", Id, nullable=False),
        sa.Column("stakeholder_type", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("documents", Json, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_profile")),
        sa.UniqueConstraint("stakeholder_type", name=op.f("uq_disclosure_profile_stakeholder_type")),
    )
    _consent()
    _disclosure()
    _keep_what_was_told()
    with op.batch_alter_table("referral") as referral:
        referral.drop_column("consent")
    with op.batch_alter_table("letter") as letter:
        letter.add_column(sa.Column("beyond_reason", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("letter") as letter:
        letter.alter_column("beyond_reason", server_default=None)


def _consent() -> None:
    texts = "given_by giver manner language call_note reason decided_by decision_note withdrawn_by withdrawn_how"
    op.create_table(
        "consent",
        sa.Column("id", Id, nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("recipient_types", Json, nullable=False),
        sa.Column("organisation_id", Id, nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("documents", Json, nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("document_id", Id, nullable=True),
        sa.Column("call_at", Instant(), nullable=True),
        sa.Column("decided_by_id", Id, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in (*texts.split(), "withdrawal_note")),
        sa.ForeignKeyConstraint(["id"], ["item.id"], name=op.f("fk_consent_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_consent_organisation_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_consent_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )


def _disclosure() -> None:
    op.create_table(
        "disclosure",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("letter_id", Id, nullable=False),
        sa.Column("organisation_id", Id, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("consent_id", Id, nullable=True),
        sa.Column("data", Json, nullable=False),
        sa.Column("documents", Json, nullable=False),
        sa.Column("beyond_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_disclosure_case_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_disclosure_letter_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_disclosure_organisation_id")),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_disclosure_consent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    with op.batch_alter_table("disclosure") as disclosure:
        disclosure.create_index("ix_disclosure_letter_id", ["letter_id", "organisation_id"])
        disclosure.create_index("ix_disclosure_case_id", ["case_id"])
        disclosure.create_index("ix_disclosure_organisation_id", ["organisation_id", "at"])
        disclosure.create_index("ix_disclosure_consent_id", ["consent_id"])


def _keep_what_was_told() -> None:
    """Referrals that were sent stand in the register, on the ground they named; until now that was all that was kept."""
    connection = op.get_bind()
    referral = sa.table(
        "referral",
        *(sa.column(name) for name in ("id", "letter_id", "organisation_id", "consent")),
        sa.column("sent_at", Instant()),
    )
    item = sa.table("item", sa.column("id"), sa.column("dossier_id"))
    disclosure = sa.table(
        "disclosure",
        *(sa.column(name) for name in ("case_id", "letter_id", "organisation_id", "ground", "beyond_reason")),
        sa.column("at", Instant()),
        sa.column("data", Json),
        sa.column("documents", Json),
    )
    sent = sa.select(item.c.dossier_id, referral).join(item, item.c.id == referral.c.id)
    lines = [
        {
            "case_id": row.dossier_id,
            "letter_id": row.letter_id,
            "organisation_id": row.organisation_id,
            "at": row.sent_at,
            "ground": FORMER.get(row.consent, "public_task"),
            "beyond_reason": "",
            "data": [],
            "documents": [],
        }
        for row in connection.execute(sent.where(referral.c.sent_at.is_not(None)).order_by(referral.c.id))
    ]
    if lines:
        connection.execute(disclosure.insert(), lines)


def downgrade() -> None:
    """Change the schema back."""
    with op.batch_alter_table("letter") as letter:
        letter.drop_column("beyond_reason")
    with op.batch_alter_table("referral") as referral:
        referral.add_column(sa.Column("consent", sa.Text(), nullable=False, server_default=""))
    for name in ("disclosure", "consent", "disclosure_profile"):
        op.drop_table(name)
