"""Run by Alembic: migrations inside the transaction of the connection that was handed in."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON

from surveys.storage import Record
from surveys.storage.base import Moment


def rendered(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Our own types as the plain ones they are kept in, so that a migration never imports a model."""
    if kind == "type" and isinstance(thing, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, JSON):
        return 'sa.JSON().with_variant(JSONB(), "postgresql")'
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Record.metadata,
    render_as_batch=True,
    render_item=rendered,
    compare_type=True,
    compare_server_default=True,
)
context.run_migrations()
