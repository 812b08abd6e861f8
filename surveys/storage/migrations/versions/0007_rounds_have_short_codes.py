"""Rounds have short codes"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "short_code",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.CheckConstraint("code = lower(code) and length(code) = 6", name=op.f("ck_short_code_code_can_be_typed")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_short_code_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_short_code")),
        sa.UniqueConstraint("code", name=op.f("uq_short_code_code")),
    )
