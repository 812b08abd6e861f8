"""Forms are edited, decided about and tried"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "instrument",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("definition", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("scoring", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("saved_on", sa.Date(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_instrument_programme_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["saved_by"], ["person.id"], name=op.f("fk_instrument_saved_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument")),
        sa.UniqueConstraint("programme_id", "slug", name=op.f("uq_instrument_programme_id_slug")),
    )
    op.create_table(
        "draft_revision",
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("is_refused", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_draft_revision_number_from_1")),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_draft_revision_form_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_revision_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_revision")),
    )
    op.create_index(op.f("ix_draft_revision_form_id"), "draft_revision", ["form_id"])

    op.create_table(
        "series_decision",
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("verdict in ('comparable', 'note', 'break')", name=op.f("ck_series_decision_verdict_is_known")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_series_decision_has_a_reason")),
        sa.CheckConstraint("number >= 2", name=op.f("ck_series_decision_first_version_changes_nothing")),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_series_decision_form_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_series_decision_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series_decision")),
        sa.UniqueConstraint("form_id", "number", "question", name=op.f("uq_series_decision_form_id_number_question")),
    )
    op.create_table(
        "trial",
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("definition", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("link = lower(link) and length(link) >= 8", name=op.f("ck_trial_link_can_be_typed")),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_trial_form_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
        sa.UniqueConstraint("link", name=op.f("uq_trial_link")),
    )
    op.create_index(op.f("ix_trial_form_id"), "trial", ["form_id"])

    op.create_table(
        "trial_response",
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["trial_id"], ["trial.id"], name=op.f("fk_trial_response_trial_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_response")),
    )
    op.create_index(op.f("ix_trial_response_trial_id"), "trial_response", ["trial_id"])

    op.add_column("form", sa.Column("memory", sa.JSON().with_variant(JSONB(), "postgresql"), server_default="{}", nullable=False))
