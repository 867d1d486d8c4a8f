"""Approval: rules of paraf, the chain of each letter, who stands in for whom; standard paragraphs for drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.db import Id, Instant, Json

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "approval_rule",
        sa.Column("id", Id, nullable=False),
        sa.Column("stage", Id, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("letter_types", Json, nullable=False),
        sa.Column("securities", Json, nullable=False),
        sa.Column("stakeholder_types", Json, nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("office_title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_rule")),
    )
    op.create_table(
        "paragraph",
        sa.Column("id", Id, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("letter_types", Json, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("position", Id, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paragraph")),
    )
    op.create_table(
        "delegation",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("giver_id", Id, nullable=False),
        sa.Column("deputy_id", Id, nullable=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("letter_types", Json, nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", Id, nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["giver_id"], ["account.id"], name=op.f("fk_delegation_giver_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["account.id"], name=op.f("fk_delegation_deputy_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["item.id"], name=op.f("fk_delegation_unit_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_delegation_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    with op.batch_alter_table("delegation") as delegation:
        delegation.create_index("ix_delegation_deputy_id", ["deputy_id", "until_day"])
        delegation.create_index("ix_delegation_giver_id", ["giver_id", "until_day"])
    with op.batch_alter_table("letter") as letter:
        # Letters that were submitted before there were rules go the way that was theirs: without a chain.
        letter.add_column(sa.Column("chain", Json, nullable=False, server_default="[]"))
        letter.add_column(sa.Column("acting", Json, nullable=False, server_default="{}"))
        letter.add_column(sa.Column("acting_id", Id, nullable=True))
        letter.create_foreign_key(op.f("fk_letter_acting_id"), "account", ["acting_id"], ["id"])
    with op.batch_alter_table("approval") as approval:
        approval.add_column(sa.Column("step", Id, nullable=True))
        approval.add_column(sa.Column("for_id", Id, nullable=True))
        approval.add_column(sa.Column("for_name", sa.Text(), nullable=False, server_default=""))
        approval.add_column(sa.Column("delegation_id", Id, nullable=True))
        approval.create_foreign_key(op.f("fk_approval_for_id"), "account", ["for_id"], ["id"])
        approval.create_foreign_key(op.f("fk_approval_delegation_id"), "delegation", ["delegation_id"], ["id"])
    with op.batch_alter_table("comment") as comment:
        comment.add_column(sa.Column("quote", sa.Text(), nullable=False, server_default=""))
    for table, names in (("letter", ("chain", "acting")), ("approval", ("for_name",)), ("comment", ("quote",))):
        with op.batch_alter_table(table) as changed:
            for name in names:
                changed.alter_column(name, server_default=None)


def downgrade() -> None:
    """Change the schema back."""
    with op.batch_alter_table("comment") as comment:
        comment.drop_column("quote")
    with op.batch_alter_table("approval") as approval:
        approval.drop_constraint(op.f("fk_approval_delegation_id"), type_="foreignkey")
        approval.drop_constraint(op.f("fk_approval_for_id"), type_="foreignkey")
        for name in ("step", "for_id", "for_name", "delegation_id"):
            approval.drop_column(name)
    with op.batch_alter_table("letter") as letter:
        letter.drop_constraint(op.f("fk_letter_acting_id"), type_="foreignkey")
        for name in ("chain", "acting", "acting_id"):
            letter.drop_column(name)
    op.drop_table("delegation")
    op.drop_table("paragraph")
    op.drop_table("approval_rule")
