"""The generated reference is complete, and `.env.example` agrees with the code."""

import ast

import pytest

from messaging.settings import BrokerSettings
from readings.errors import DeadLetterReason
from runtime.services import SERVICES
from runtime.settings import Settings
from scripts.docs import (
    command_line,
    compose,
    http_api,
    log_events,
    metrics,
    modules,
    outcomes,
    pages,
    variables,
)
from scripts.docs.markdown import table
from tests.unit.docs.markdown import ROOT

# Variables of the stack whose default fits its network, its servers, the file that is mounted without it, or
# another variable.
OF_THE_STACK = {
    "SERVICES", "ALERT_URLS_FILE", "WEBDAV_URL", "WEBDAV_USER", "WEBDAV_PASSWORD_FILE", "WEBDAV_CA_FILE",
    "REPORT_TIME_ZONE",
}  # fmt: skip


@pytest.mark.parametrize("name", pages.PAGES)
def test_a_page_has_a_title_and_no_empty_description(name: str) -> None:
    page = pages.PAGES[name]()

    assert page.startswith("# ")
    assert "None" not in page.partition("## ")[0]


@pytest.mark.parametrize("reader", variables.READERS)
def test_every_setting_has_a_description(reader: str) -> None:
    fields = variables.READERS[reader].model_fields

    assert [name for name, field in fields.items() if not field.description] == []


def test_every_service_of_the_registry_is_part_of_the_reference() -> None:
    assert {service.module for service in SERVICES} <= variables.READERS.keys()


def test_every_settings_class_is_part_of_the_reference() -> None:
    page = variables.page()
    read = {name for names in map(_fields, variables.READERS.values()) for name in names}

    assert {name for name in read if f"`{name.upper()}`" not in page} == set()


def _fields(settings: type[Settings]) -> list[str]:
    return list(settings.model_fields)


def test_a_variable_shows_its_names_default_range_and_readers() -> None:
    rows = {row.names[0]: row for row in variables.variables(BrokerSettings)}

    assert rows["RABBITMQ_URL"].names == ("RABBITMQ_URL", "AMQP_URL")
    assert rows["RABBITMQ_PORT"].default == "`5672`"
    assert rows["RABBITMQ_PORT"].allowed == "whole number, ≥ 1, ≤ 65535"
    assert {"sensor", "pipeline", "setup"} <= rows["RABBITMQ_PORT"].defaults.keys()


def test_the_example_lists_the_variables_of_the_compose_file_and_of_the_native_stack() -> None:
    stack = {row.names[0] for row in variables.variables(variables.READERS["native"])}
    shared = compose.compose_defaults().keys()
    listed = compose.examples().keys()

    assert shared - listed == set()
    assert listed - shared - stack == set()


def test_the_example_shows_the_defaults_of_the_compose_file() -> None:
    defaults = compose.compose_defaults()
    differing = {
        name: (example.value, defaults[name])
        for name, example in compose.examples().items()
        # An empty default means that the program's own applies, which the example may show.
        if name in defaults.keys() - OF_THE_STACK
        and example.value not in defaults[name]
        and defaults[name] != {""}
    }

    assert differing == {}


def test_the_example_shows_the_defaults_of_the_settings() -> None:
    rows = [row for settings in variables.READERS.values() for row in variables.variables(settings)]
    defaults = {row.names[0]: {text or "" for text in row.defaults.values()} for row in rows}
    secrets = {row.names[0] for row in rows if row.allowed == "secret"}
    differing = {
        name: (example.value, defaults[name])
        for name, example in compose.examples().items()
        if name in defaults.keys() - secrets - OF_THE_STACK
        and not any(_equal(example.value, default) for default in defaults[name])
    }

    assert differing == {}


def _equal(shown: str, default: str) -> bool:
    try:
        return float(shown or 0) == float(default or 0)
    except ValueError:
        return shown == default


def test_every_variable_of_the_example_is_explained() -> None:
    assert [name for name, example in compose.examples().items() if not example.comment] == []


def test_the_page_of_commands_has_every_command() -> None:
    page = command_line.page()

    assert "## `sensorctl dead replay`" in page
    assert "`--dry-run`" in page
    assert "## `sensorctl summary`" in page


def test_the_page_of_metrics_has_every_metric_with_its_type_and_labels() -> None:
    page = metrics.metrics_page()

    assert "| `pipeline_readings_stored_total` | counter |  |" in page
    assert "| `pipeline_messages_dead_lettered_total` | counter | `reason` |" in page
    assert "| `sensor_build_info` | info | `version`, `python` |" in page
    assert "| `pipeline_store_duration_seconds` | histogram |" in page


def test_the_page_of_alerts_has_every_alert() -> None:
    rules = (ROOT / "deploy" / "prometheus" / "alerts.yml").read_text(encoding="utf-8")
    page = metrics.alerts_page()

    assert rules.count("- alert: ") == page.count("```promql")


def test_the_page_of_the_api_has_every_operation() -> None:
    page = http_api.page()

    for path, methods in http_api.document()["paths"].items():
        for method in methods:
            assert f"## `{method.upper()} {path}`" in page


def test_the_page_of_modules_has_every_module_with_its_content() -> None:
    page = modules.page()
    files = [file for folder in modules.packages() for file in folder.glob("*.py")]

    assert len(files) > 500
    assert [str(file.relative_to(ROOT)) for file in files if not modules.summary(file)] == []
    assert "## `readings/files/loggers`" in page
    assert "| `tinytag.py` | Tinytag Explorer, the program for Gemini's Tinytag loggers. |" in page


def test_exit_codes_and_reasons_are_complete() -> None:
    assert "| 78 |" in outcomes.exit_codes_page()
    for reason in (*DeadLetterReason, "expired"):
        assert f"| `{reason}` |" in outcomes.reasons_page()


def test_a_call_that_logs_is_found_with_its_level_and_fields() -> None:
    events = {event.name: event for event in log_events.events_in(ROOT / "pipeline")}

    assert events["dead-lettered"].level == "warning"
    assert events["dead-lettered"].fields == ("reason", "detail")


def test_a_call_of_another_object_is_no_event() -> None:
    [call] = [node for node in ast.walk(ast.parse("click.info('hello')")) if isinstance(node, ast.Call)]

    assert log_events.event_of(call) is None


def test_a_table_cell_is_one_line_with_escaped_bars() -> None:
    assert table(("a",), [("x\n| y",)]) == "| a |\n| --- |\n| x \\| y |\n"
