"""Read the definitions of sources from the database."""

from contextlib import closing

from pydantic import ValidationError

from db.queries.statements import Statements
from db.settings import DatabaseSettings
from db.workflows.sources import Sources
from jobs.source import Source
from runtime.text import quote_name
from runtime.validation_messages import to_invalid_input
from worker.sources.model import SourceRefused


def load_source(settings: DatabaseSettings, name: str, application: str) -> Source:
    """Return the definition of a source; `application` names the connection.

    Raises:
        StoreUnavailable: When the database does not answer in time.
        SourceRefused: When there is no such source, or its definition is invalid.
    """
    with closing(Statements(settings, application)) as statements:
        row = Sources(statements).read(name)
    if row is None:
        raise SourceRefused(f"there is no source {quote_name(name)}: `sensorctl source list` shows all")
    try:
        return Source.model_validate({field: row[field] for field in Source.model_fields})
    except ValidationError as error:
        raise SourceRefused(f"the source {name} is invalid: {to_invalid_input(error)}") from None
