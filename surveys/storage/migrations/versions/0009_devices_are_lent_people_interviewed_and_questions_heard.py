"""Devices are lent, people interviewed and questions heard"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "kiosk",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("pin_hash", sa.String(), nullable=False),
        sa.Column("idle_seconds", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_ended", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(token_hash) = 64", name=op.f("ck_kiosk_token_is_a_hash")),
        sa.CheckConstraint("pin_hash like 'scrypt$%'", name=op.f("ck_kiosk_pin_is_a_slow_hash")),
        sa.CheckConstraint("idle_seconds between 30 and 600", name=op.f("ck_kiosk_idle_seconds_are_sensible")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_kiosk_tries_from_0")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_kiosk_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosk")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_kiosk_token_hash")),
    )
    op.create_index(op.f("ix_kiosk_round_id"), "kiosk", ["round_id"])

    op.create_table(
        "interview_plan",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("planned between 1 and 100000", name=op.f("ck_interview_plan_planned_is_a_number_of_people")),
        sa.CheckConstraint("(question = '') = (value = '')", name=op.f("ck_interview_plan_question_has_a_value")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_interview_plan_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_plan")),
        sa.UniqueConstraint("round_id", "question", "value", name=op.f("uq_interview_plan_round_id_question_value")),
    )
    op.create_table(
        "interview_draft",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_interview_draft_round_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_interview_draft_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_draft")),
    )
    op.create_index(op.f("ix_interview_draft_round_id"), "interview_draft", ["round_id"])
    op.create_index(op.f("ix_interview_draft_person_id"), "interview_draft", ["person_id"])

    op.create_table(
        "spoken_consent",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_spoken_consent_number_from_1")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_spoken_consent_survey_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spoken_consent")),
        sa.UniqueConstraint("survey_id", "number", name=op.f("uq_spoken_consent_survey_id_number")),
    )
    op.create_table(
        "consent_day",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count >= 1", name=op.f("ck_consent_day_count_from_1")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_consent_day_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("round_id", "told", "on", name=op.f("pk_consent_day")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "interview_day",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count >= 1", name=op.f("ck_interview_day_count_from_1")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_interview_day_round_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_interview_day_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("round_id", "person_id", "on", name=op.f("pk_interview_day")),
        sqlite_with_rowid=False,
    )

    op.create_table(
        "sound",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_sound_digest_is_a_hash")),
        sa.CheckConstraint("length(content) between 1 and 102400", name=op.f("ck_sound_content_is_at_most_100_kilobytes")),
        sa.CheckConstraint("mime like 'audio/%'", name=op.f("ck_sound_mime_is_a_sound")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sound")),
    )
    op.create_table(
        "recording",
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_recording_form_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["digest"], ["sound.digest"], name=op.f("fk_recording_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("form_id", "place", "language", name=op.f("uq_recording_form_id_place_language")),
    )
    op.create_table(
        "frozen_recording",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["form_version.id"], name=op.f("fk_frozen_recording_version_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["digest"], ["sound.digest"], name=op.f("fk_frozen_recording_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_recording")),
        sa.UniqueConstraint("version_id", "place", "language", name=op.f("uq_frozen_recording_version_id_place_language")),
    )
