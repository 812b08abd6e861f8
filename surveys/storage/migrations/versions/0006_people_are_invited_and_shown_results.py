"""People are invited, and shown results"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"

DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _add_invitations()
    _add_mailings()
    _add_results()


def _add_invitations() -> None:
    op.create_table(
        "invitation_list",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("keeps_people", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_invitation_list_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_invitation_list")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("invitee", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("group_key", sa.String(), nullable=True),
        sa.Column("has_opted_out", sa.Boolean(), nullable=False),
        sa.Column("has_text", sa.Boolean(), nullable=False),
        sa.CheckConstraint("email is not null or phone is not null", name=op.f("ck_invitation_can_be_reached")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_invitation_email_is_lower_case")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_invitation_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("round_id", "email", name=op.f("uq_invitation_round_id_email")),
        sa.UniqueConstraint("round_id", "phone", name=op.f("uq_invitation_round_id_phone")),
        sa.UniqueConstraint("round_id", "invitee", name=op.f("uq_invitation_round_id_invitee")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "opt_out",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("address_hash", sa.String(), nullable=False),
        sa.CheckConstraint("length(address_hash) = 64", name=op.f("ck_opt_out_address_is_a_hash")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_opt_out_programme_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("programme_id", "address_hash", name=op.f("pk_opt_out")),
        sqlite_with_rowid=False,
    )


def _add_mailings() -> None:
    op.create_table(
        "mailing",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('invitation', 'reminder')", name=op.f("ck_mailing_kind_is_known")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_mailing_round_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mailing_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_mailing_round_id_number")),
    )
    op.create_table(
        "delivery",
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome in ('going', 'sent', 'failed')", name=op.f("ck_delivery_outcome_is_known")),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_delivery_mailing_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_delivery_invitation_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("mailing_id", "invitation_id", name=op.f("pk_delivery")),
        sqlite_with_rowid=False,
    )


def _add_results() -> None:
    op.create_table(
        "results_plan",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("figures", DOCUMENT, nullable=False),
        sa.Column("pairs", DOCUMENT, nullable=False),
        sa.Column("reply", DOCUMENT, nullable=False),
        sa.CheckConstraint("link = lower(link) and length(link) >= 8", name=op.f("ck_results_plan_link_can_be_typed")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_results_plan_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_results_plan")),
        sa.UniqueConstraint("link", name=op.f("uq_results_plan_link")),
    )
    op.create_table(
        "published_results",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("figures", DOCUMENT, nullable=False),
        sa.Column("pairs", DOCUMENT, nullable=False),
        sa.Column("reply", DOCUMENT, nullable=False),
        sa.Column("drawn", DOCUMENT, nullable=False),
        sa.Column("snapshots", DOCUMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_published_results_number_from_1")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_published_results_round_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_published_results_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_results")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_published_results_round_id_number")),
    )
