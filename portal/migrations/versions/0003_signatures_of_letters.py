"""How letters are signed: certificates of signers, and what became of a letter's file."""

import sqlalchemy as sa
from alembic import op

from portal.db import Id, Instant, Json

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "signing_certificate",
        sa.Column("account_id", Id, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("valid_from", Instant(), nullable=False),
        sa.Column("valid_until", Instant(), nullable=False),
        sa.Column("is_trusted", sa.Boolean(), nullable=False),
        sa.Column("enrolled_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_signing_certificate_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_signing_certificate")),
    )
    with op.batch_alter_table("letter") as letter:
        # Until now every letter was signed with a pen: what it said of an electronic signature was never true.
        letter.add_column(sa.Column("signature", sa.Text(), nullable=False, server_default=""))
        letter.add_column(sa.Column("signed_sha256", sa.Text(), nullable=False, server_default=""))
        letter.add_column(sa.Column("signed_size", Id, nullable=False, server_default="0"))
        letter.add_column(sa.Column("signed_at", Instant(), nullable=True))
        letter.add_column(sa.Column("signed_by_id", Id, nullable=True))
        letter.add_column(sa.Column("signatures", Json, nullable=False, server_default="[]"))
        letter.add_column(sa.Column("scan_sha256", sa.Text(), nullable=False, server_default=""))
        letter.create_foreign_key(op.f("fk_letter_signed_by_id"), "account", ["signed_by_id"], ["id"])
        letter.create_index("ix_letter_pdf_sha256", ["pdf_sha256"])
        letter.create_index("ix_letter_signed_sha256", ["signed_sha256"])
    with op.batch_alter_table("letter") as letter:
        for name in ("signature", "signed_sha256", "signed_size", "signatures", "scan_sha256"):
            letter.alter_column(name, server_default=None)


def downgrade() -> None:
    """Change the schema back."""
    with op.batch_alter_table("letter") as letter:
        letter.drop_index("ix_letter_signed_sha256")
        letter.drop_index("ix_letter_pdf_sha256")
        letter.drop_constraint(op.f("fk_letter_signed_by_id"), type_="foreignkey")
        for name in ("signature", "signed_sha256", "signed_size", "signed_at", "signed_by_id", "signatures", "scan_sha256"):
            letter.drop_column(name)
    op.drop_table("signing_certificate")
