"""Forms are printed, and typed in from paper"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "paper_batch",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("languages", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("is_large", sa.Boolean(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_paper_batch_number_from_1")),
        sa.CheckConstraint("entries in (1, 2)", name=op.f("ck_paper_batch_typed_once_or_twice")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_paper_batch_round_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_paper_batch_made_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_batch")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_paper_batch_round_id_number")),
    )
    op.create_table(
        "paper_sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_paper_sheet_number_from_1")),
        sa.CheckConstraint("code = lower(code) and length(code) = 7", name=op.f("ck_paper_sheet_code_can_be_typed")),
        sa.CheckConstraint("state in ('out', 'once', 'differs', 'stored', 'spoiled')", name=op.f("ck_paper_sheet_state_is_known")),
        sa.CheckConstraint(
            "reason in ('empty', 'unreadable', 'no_consent', 'damaged', 'misprint')", name=op.f("ck_paper_sheet_reason_is_known")
        ),
        sa.CheckConstraint("(state = 'spoiled') = (reason is not null)", name=op.f("ck_paper_sheet_spoiled_for_a_reason")),
        sa.CheckConstraint("response_id is not null or state = 'stored'", name=op.f("ck_paper_sheet_response_is_fixed_until_it_is_stored")),
        sa.ForeignKeyConstraint(["batch_id"], ["paper_batch.id"], name=op.f("fk_paper_sheet_batch_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_sheet")),
        sa.UniqueConstraint("batch_id", "number", name=op.f("uq_paper_sheet_batch_id_number")),
        sa.UniqueConstraint("code", name=op.f("uq_paper_sheet_code")),
        sa.UniqueConstraint("response_id", name=op.f("uq_paper_sheet_response_id")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "paper_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("posted", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("code_alone", sa.String(), nullable=True),
        sa.Column("code_hashes", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
        sa.Column("typed_on", sa.Date(), nullable=False),
        sa.CheckConstraint("turn in (1, 2)", name=op.f("ck_paper_entry_first_or_second")),
        sa.CheckConstraint("length(code_alone) = 64", name=op.f("ck_paper_entry_code_is_a_hash")),
        sa.ForeignKeyConstraint(["sheet_id"], ["paper_sheet.id"], name=op.f("fk_paper_entry_sheet_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_paper_entry_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_entry")),
        sa.UniqueConstraint("sheet_id", "turn", name=op.f("uq_paper_entry_sheet_id_turn")),
        sqlite_with_rowid=False,
    )
    op.add_column("response", sa.Column("entered_by", sa.Uuid(), nullable=True))
