"""What participants are promised: a level of anonymity for each survey, personal links, keys that are destroyed"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

RANK = "case {}.level when 'anonymous' then 0 when 'card' then 1 when 'own_code' then 2 else 3 end"
IS_BROKEN = f"old.is_answered and (not new.is_answered or {RANK.format('new')} > {RANK.format('old')})"
ANSWERED = (
    "select round.survey_id, max(case when response.code_hash is null then 0 else 1 end) as is_coded "
    "from response join round on round.id = response.round_id group by round.survey_id"
)
FIRST_ANSWER = (
    "update survey_promise set is_answered = true "
    "where not is_answered and survey_id = (select survey_id from round where id = new.round_id);"
)

ON_SQLITE = (
    f"create trigger survey_promise_is_one_way before update on survey_promise when {IS_BROKEN} "
    "begin select raise(abort, 'an answered survey may only become more anonymous'); end",
    f"create trigger response_binds_the_promise after insert on response begin {FIRST_ANSWER} end",
)
ON_POSTGRESQL = (
    "create function survey_promise_is_one_way() returns trigger language plpgsql as $$ begin "
    "raise exception 'an answered survey may only become more anonymous' using errcode = 'check_violation'; end $$",
    f"create trigger survey_promise_is_one_way before update on survey_promise for each row when ({IS_BROKEN}) "
    "execute function survey_promise_is_one_way()",
    f"create function response_binds_the_promise() returns trigger language plpgsql as $$ begin {FIRST_ANSWER} return null; end $$",
    "create trigger response_binds_the_promise after insert on response for each row execute function response_binds_the_promise()",
)


def upgrade() -> None:
    promise = op.create_table(
        "survey_promise",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=True),
        sa.Column("wording", sa.Integer(), nullable=False),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.CheckConstraint("level in ('anonymous', 'card', 'own_code', 'confidential')", name=op.f("ck_survey_promise_level")),
        sa.CheckConstraint("wording >= 1", name=op.f("ck_survey_promise_wording_from_1")),
        sa.CheckConstraint("cards >= 0", name=op.f("ck_survey_promise_cards_from_0")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_promise_survey_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_survey_promise")),
    )
    op.create_table(
        "personal_link",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("person_hash", sa.String(), nullable=False),
        sa.CheckConstraint("length(token_hash) = 64", name=op.f("ck_personal_link_token_is_hashed")),
        sa.CheckConstraint("length(person_hash) = 64", name=op.f("ck_personal_link_person_is_hashed")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_personal_link_round_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_personal_link")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_personal_link_round_id_person_hash", "personal_link", ["round_id", "person_hash"])
    op.create_table(
        "personal_answer",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("person_hash", sa.String(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(person_hash) = 64", name=op.f("ck_personal_answer_person_is_hashed")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_personal_answer_round_id")),
        sa.PrimaryKeyConstraint("round_id", "person_hash", name=op.f("pk_personal_answer")),
        sa.UniqueConstraint("response_id", name=op.f("uq_personal_answer_response_id")),
        sqlite_with_rowid=False,
    )
    op.add_column("programme", sa.Column("key_destroyed_on", sa.Date(), nullable=True))
    if rows := _promises_of_what_is_there():
        op.bulk_insert(promise, rows)
    for statement in ON_SQLITE if op.get_bind().dialect.name == "sqlite" else ON_POSTGRESQL:
        op.execute(statement)


def _promises_of_what_is_there() -> list[dict[str, object]]:
    """A survey whose form asks for an own code, or whose answers carry codes, is one with an own code; any other is anonymous."""
    connection = op.get_bind()
    forms = sa.table("form_version", sa.column("form_id", sa.Uuid()), sa.column("definition", sa.JSON()))
    surveys = sa.table("survey", sa.column("id", sa.Uuid()), sa.column("form_id", sa.Uuid()))
    columns = (sa.column("survey_id", sa.Uuid()), sa.column("is_coded", sa.Integer()))
    answered = sa.text(ANSWERED).columns(*columns)
    coded = {row.survey_id: row.is_coded for row in connection.execute(answered)}
    asking = {form for form, definition in connection.execute(sa.select(forms)) if _asks_a_code(definition)}
    return [
        {
            "survey_id": survey,
            "level": "own_code" if form in asking or coded.get(survey) else "anonymous",
            "stated_on": None,
            "wording": 1,
            "is_answered": survey in coded,
            "cards": 0,
        }
        for survey, form in connection.execute(sa.select(surveys))
    ]


def _asks_a_code(definition: object) -> bool:
    document = json.loads(definition) if isinstance(definition, str) else definition
    sections = document.get("sections", []) if isinstance(document, dict) else []
    return any(question.get("kind") == "own_code" for section in sections for question in section.get("questions", []))
