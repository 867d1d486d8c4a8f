"""Country of cases: the list of cases offers the countries there are, and finds those of one."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    op.create_index("ix_cases_country_code", "cases", ["country_code"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_cases_country_code", table_name="cases")
