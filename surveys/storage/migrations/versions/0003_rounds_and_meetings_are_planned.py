"""Rounds and meetings are planned"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_calendar_feed_number_from_1")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_calendar_feed_programme_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_calendar_feed")),
    )
    op.create_table(
        "attendance_count",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("people", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_attendance_count_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attendance_count_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_count")),
        sa.UniqueConstraint("event_id", "person_id", name=op.f("uq_attendance_count_event_id_person_id")),
    )
    op.create_table(
        "schedule",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("circle", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("ahead_days", sa.Integer(), nullable=False),
        sa.Column("open_days", sa.Integer(), nullable=False),
        sa.Column("waits", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("skipped", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("circle in ('core', 'extended', 'open')", name=op.f("ck_schedule_circle")),
        sa.CheckConstraint("mode in ('in_person', 'online', 'hybrid')", name=op.f("ck_schedule_mode")),
        sa.CheckConstraint("unit in ('weeks', 'months')", name=op.f("ck_schedule_unit")),
        sa.CheckConstraint("ahead_days between 1 and 60", name=op.f("ck_schedule_ahead_days")),
        sa.CheckConstraint("every between 1 and 12", name=op.f("ck_schedule_every")),
        sa.CheckConstraint("open_days between 0 and 60", name=op.f("ck_schedule_open_days")),
        sa.CheckConstraint("until is null or first_on <= until", name=op.f("ck_schedule_begins_before_it_ends")),
        sa.CheckConstraint("week in (-1, 1, 2, 3, 4)", name=op.f("ck_schedule_week")),
        sa.CheckConstraint("weekday between 0 and 6", name=op.f("ck_schedule_weekday")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_schedule_programme_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_schedule_survey_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
        sa.UniqueConstraint("programme_id", "key", name=op.f("uq_schedule_programme_id_key")),
    )
    op.create_table(
        "prepared",
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_prepared_event_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_prepared_round_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedule.id"], name=op.f("fk_prepared_schedule_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("schedule_id", "on", name=op.f("pk_prepared")),
    )
    op.create_table(
        "round_change",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("was", sa.String(), nullable=False),
        sa.Column("became", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("what in ('opens_at', 'closes_at', 'closes_at_count', 'version')", name=op.f("ck_round_change_what_is_known")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_round_change_person_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_change_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_change")),
    )
    op.create_index(op.f("ix_round_change_round_id"), "round_change", ["round_id"])

    op.add_column("event", sa.Column("starts", sa.Time(), nullable=True))
    op.add_column("event", sa.Column("is_by_hand", sa.Boolean(), server_default=sa.text("false"), nullable=False))

    op.add_column("round", sa.Column("waits", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("round", sa.Column("closes_at_count", sa.Integer(), nullable=True))
    op.add_column("round", sa.Column("full_on", sa.Date(), nullable=True))
    op.add_column("round", sa.Column("extended_from", sa.DateTime(timezone=True), nullable=True))
