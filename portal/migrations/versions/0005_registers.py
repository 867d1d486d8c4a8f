"""Numbers of letters: rules of the books, supplements, numbers reserved for paper; and the office's own letter texts."""

import sqlalchemy as sa
from alembic import op

from portal.db import Id, Instant, Json

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BOOKS = (("SR", "R"), ("R", "R"), ("T", "B"), ("B", "B"))
"""Until now fixed: secret letters have a book of their own."""


def upgrade() -> None:
    """Change the schema."""
    rules = op.create_table(
        "number_rule",
        sa.Column("id", Id, nullable=False),
        sa.Column("office_id", Id, nullable=True),
        sa.Column("security", sa.Text(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["organisation.id"], name=op.f("fk_number_rule_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_rule")),
        sa.UniqueConstraint("office_id", "security", name=op.f("uq_number_rule_office_id_security")),
    )
    op.bulk_insert(rules, [{"office_id": None, "security": s, "book": b, "pattern": ""} for s, b in BOOKS])
    op.create_table(
        "reserved_number",
        sa.Column("id", Id, nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("sequence", Id, nullable=False),
        sa.Column("office_id", Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.Column("letter_id", Id, nullable=True),
        sa.Column("reserved_at", Instant(), nullable=False),
        sa.Column("reserved_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_reserved_number_letter_id")),
        sa.ForeignKeyConstraint(["office_id"], ["organisation.id"], name=op.f("fk_reserved_number_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reserved_number")),
        sa.UniqueConstraint("series", "sequence", name=op.f("uq_reserved_number_series_sequence")),
    )
    op.create_index("ix_reserved_number_letter_id", "reserved_number", ["letter_id"])
    op.create_index("ix_reserved_number_office_id_state", "reserved_number", ["office_id", "state"])
    op.create_table(
        "letter_text",
        sa.Column("id", Id, nullable=False),
        sa.Column("type_code", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", Id, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("writers", Json, nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_text")),
        sa.UniqueConstraint("type_code", "language", "number", name=op.f("uq_letter_text_type_code_language_number")),
    )
    with op.batch_alter_table("letter") as letter:
        letter.add_column(sa.Column("subject_pattern", sa.Text(), nullable=False, server_default=""))
        letter.add_column(sa.Column("text_version", Id, nullable=False, server_default="0"))
        letter.add_column(sa.Column("suffix", sa.Text(), nullable=False, server_default=""))
        letter.add_column(sa.Column("superseded_by_id", Id, nullable=True))
        letter.create_foreign_key(op.f("fk_letter_superseded_by_id"), "letter", ["superseded_by_id"], ["id"])
        letter.add_column(sa.Column("number_note", sa.Text(), nullable=False, server_default=""))
        letter.drop_constraint(op.f("uq_letter_series_sequence"), type_="unique")
        letter.create_unique_constraint(op.f("uq_letter_series_sequence_suffix"), ["series", "sequence", "suffix"])
    with op.batch_alter_table("letter") as letter:
        for name in ("subject_pattern", "text_version", "suffix", "number_note"):
            letter.alter_column(name, server_default=None)


def downgrade() -> None:
    """Change the schema back."""
    with op.batch_alter_table("letter") as letter:
        letter.drop_constraint(op.f("uq_letter_series_sequence_suffix"), type_="unique")
        letter.create_unique_constraint(op.f("uq_letter_series_sequence"), ["series", "sequence"])
        letter.drop_constraint(op.f("fk_letter_superseded_by_id"), type_="foreignkey")
        letter.drop_column("superseded_by_id")
        letter.drop_column("number_note")
        letter.drop_column("suffix")
        letter.drop_column("text_version")
        letter.drop_column("subject_pattern")
    op.drop_table("letter_text")
    op.drop_table("reserved_number")
    op.drop_table("number_rule")
