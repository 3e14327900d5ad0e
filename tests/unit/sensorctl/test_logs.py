"""`sensorctl logs`: sources, filters, output and summary."""

import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sensorctl.logs.reader import MAX_LINE_BYTES, UnparsedLines, read_events, read_lines
from sensorctl.logs.summary import MAX_EVENT_KINDS, MAX_SLOW_STORES, OTHER_EVENTS, LogSummary
from tests.unit.fakes import RunCommand

CONSOLE = """\
2026-11-22T10:00:00.000000Z [info     ] started                  version=0.1.0 batch_size=1 prefetch=1
2026-11-22T10:00:02.000000Z [info     ] stored                   sensor=1 store_ms=1.5 latency_ms=3.2
2026-11-22T10:00:04.000000Z [warning  ] database unavailable     reason='Connection refused' retry_seconds=0.5
2026-11-22T10:00:06.000000Z [error    ] crashed
Traceback (most recent call last):
  File "x.py", line 1, in main

RuntimeError: odd
2026-11-22T10:00:08.000000Z [info     ] started                  version=0.1.0 batch_size=1 prefetch=1
2026-11-22T10:00:10.000000Z [info     ] batch stored             readings=5 store_ms=9.0 max_latency_ms=12.5
"""
JSON = "".join(
    json.dumps({"timestamp": f"2026-11-22T10:00:0{n}.500000Z", "level": "info", "event": "published", **more})
    + "\n"
    for n, more in enumerate([{"sensor": "2"}, {"sensor": "kitchen"}, {"event": "measuring"}])
)


@pytest.fixture
def native(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The logs of a native stack: a consumer in the console format, a sensor in JSON, and PostgreSQL."""
    monkeypatch.setenv("NATIVE_DIR", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    logs = tmp_path / "logs"
    logs.mkdir()
    (tmp_path / "stack.env").touch()
    (logs / "pipeline-1.log").write_text(CONSOLE)
    (logs / "sensor-2.log").write_text(JSON)
    (logs / "postgres.log").write_text("LOG:  ready\n")
    return logs


def parse_output(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def write_docker_script(folder: Path, body: str) -> None:
    (folder / "docker").write_text(f"#!/bin/sh\n{body}\n")
    (folder / "docker").chmod(0o755)


def test_the_events_of_all_services_are_merged_by_time(sensorctl: RunCommand, native: Path) -> None:
    code, out, err = sensorctl("logs", "--json")

    assert (code, err) == (0, "")
    lines = parse_output(out)
    assert [line["event"] for line in lines] == [
        "started", "published", "published", "stored", "measuring", "database unavailable", "crashed",
        "started", "batch stored",
    ]  # fmt: skip
    assert [line["service"] for line in lines[:3]] == ["pipeline-1", "sensor-2", "sensor-2"]
    assert lines[6]["exception"].endswith("\n\nRuntimeError: odd")


@pytest.mark.parametrize("options", [["--json"], []], ids=["json", "console"])
def test_its_own_output_can_be_read_again(
    sensorctl: RunCommand, native: Path, tmp_path: Path, options: list[str]
) -> None:
    _, first, _ = sensorctl("logs", *options)
    _, as_json, _ = sensorctl("logs", "--json")
    (tmp_path / "all.log").write_text(first)

    code, out, err = sensorctl("logs", str(tmp_path / "all.log"), "--json")

    assert (code, err) == (0, "")
    assert out == as_json


@pytest.mark.parametrize(
    ("options", "events"),
    [
        (["--service", "pipeline", "--level", "warning"], ["database unavailable", "crashed"]),
        (["--level", "error"], ["crashed"]),
        (["--service", "sensor-2"], ["published", "published", "measuring"]),
        (["--service", "sensor-*", "--event", "meas*"], ["measuring"]),
        (["--service", "sens"], []),
        (["--event", "stored", "--event", "crashed"], ["stored", "crashed"]),
        (["--sensor", "1", "--sensor", "kitchen"], ["published", "stored"]),
        (["--since", "2026-11-22T10:00:08"], ["started", "batch stored"]),
        (["--until", "2026-11-22T12:00:00.5+02:00"], ["started"]),
        (["--since", "1h", "--service", "sensor-2"], []),
    ],
)
def test_events_are_filtered(
    sensorctl: RunCommand, native: Path, options: list[str], events: list[str]
) -> None:
    code, out, _ = sensorctl("logs", "--json", *options)

    assert code == 0
    assert [line["event"] for line in parse_output(out)] == events


def test_the_rotated_part_of_a_log_comes_first(sensorctl: RunCommand, native: Path) -> None:
    (native / "sensor-2.log.1").write_text(JSON.replace("2026-11-22", "2026-11-21"))

    _, out, _ = sensorctl("logs", "--json", "--service", "sensor")

    assert [line["timestamp"][:10] for line in parse_output(out)] == ["2026-11-21"] * 3 + ["2026-11-22"] * 3


def test_a_folder_with_the_name_of_a_rotated_log_is_not_read(sensorctl: RunCommand, native: Path) -> None:
    (native / "sensor-2.log.1").mkdir()

    code, out, _ = sensorctl("logs", "--json", "--service", "sensor")

    assert (code, len(parse_output(out))) == (0, 3)


def test_lines_that_are_not_events_are_counted_and_reported(sensorctl: RunCommand, native: Path) -> None:
    with (native / "sensor-2.log").open("a") as log:
        log.write("SENSOR_ID: must not be \x1b]0;empty\n\nsecond\n")

    code, out, err = sensorctl("logs", "--json", "--service", "sensor-2")

    assert code == 0
    assert len(parse_output(out)) == 3
    assert (
        err == "Lines that are not events: 2 of sensor-2. The first: SENSOR_ID: must not be \\x1b]0;empty\n"
    )


def test_lines_of_services_that_are_not_selected_are_not_counted(
    sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = b"rabbitmq-1  | hello\nsensor-1  | hi\nsensor-1  | 2026-11-22T10:00:00Z [info     ] measuring\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(logs)))

    _, out, err = sensorctl("logs", "-", "--json", "--service", "sensor")

    assert len(parse_output(out)) == 1
    assert err == "Lines that are not events: 1 of sensor-1. The first: hi\n"


def test_control_characters_are_escaped(sensorctl: RunCommand, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(
        '{"timestamp":"2026-11-22T10:00:00Z","level":"info","event":"x","sensor":"\\u001b]0;y\\ud800"}\n'
    )

    _, out, err = sensorctl("logs", str(tmp_path / "a.log"))

    assert err == ""
    assert out.startswith("a              | 2026-11-22T10:00:00Z [info     ] x    ")
    assert out.endswith(" sensor=\\x1b]0;y\\ud800\n")


def test_the_summary_has_events_errors_starts_and_the_slowest_stores(
    sensorctl: RunCommand, native: Path
) -> None:
    (native / "sensor-2.log").write_text(JSON + "what\n")

    _, out, err = sensorctl("logs", "--summary", "--json")

    summary = json.loads(out)
    assert summary["services"] == [
        {"service": "pipeline-1", "first": "2026-11-22T10:00:00+00:00", "last": "2026-11-22T10:00:10+00:00",
         "events": 6, "starts": 2, "warnings": 1, "errors": 1},
        {"service": "sensor-2", "first": "2026-11-22T10:00:00.500000+00:00",
         "last": "2026-11-22T10:00:02.500000+00:00", "events": 3, "starts": 1, "warnings": 0, "errors": 0},
    ]  # fmt: skip
    assert {"service": "sensor-2", "event": "published", "count": 2} in summary["events"]
    assert summary["issues"][1] == {
        "service": "pipeline-1", "event": "database unavailable", "level": "warning", "count": 1,
        "last": "2026-11-22T10:00:04+00:00", "reason": "Connection refused",
    }  # fmt: skip
    assert [(slow["store_ms"], slow["event"]) for slow in summary["slowest_stores"]] == [
        (9.0, "batch stored"),
        (1.5, "stored"),
    ]
    assert summary["unparsed_lines"] == {"sensor-2": 1}
    assert "1 of sensor-2" in err


def test_the_start_of_another_program_is_not_a_start_of_the_supervisor(
    sensorctl: RunCommand, native: Path
) -> None:
    (native / "supervisor.log").write_text(
        "2026-11-22T10:00:00Z [info     ] started                  program=sensor-1 pid=5\n"
        "2026-11-22T10:00:01Z [warning  ] alert firing             message='It is offline.'\n"
    )

    _, out, _ = sensorctl("logs", "--summary", "--json", "--service", "supervisor")

    summary = json.loads(out)
    assert summary["services"][0]["starts"] == 0
    assert summary["issues"][0]["reason"] == "It is offline."


def test_the_summary_is_shown_in_tables(sensorctl: RunCommand, native: Path) -> None:
    _, out, _ = sensorctl("logs", "--summary")

    assert [title in out for title in ("Services", "Warnings and errors", "Slowest stores", "Events")] == [
        True
    ] * 4
    assert "Connection refused" in out


def test_a_summary_without_events_succeeds(sensorctl: RunCommand, native: Path) -> None:
    code, out, _ = sensorctl("logs", "--summary", "--service", "unknown")

    assert code == 0
    assert "Warnings" not in out


def test_standard_input_may_be_the_output_of_compose_or_tail(
    sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = "2026-11-22T10:00:0{}Z \x1b[0m[\x1b[32mwarning  \x1b[0m] \x1b[1mlost\x1b[0m".format
    lines = [
        f"\x1b[2Ksensor-python-1       | {event(0)}",
        f"pipeline-processor-12 | {event(1)}",
        'sensor-1  | {"timestamp":"2026-11-22T10:00:02Z","level":"info","event":"stored"}',
        "==> /somewhere/.native/logs/sensor-3.log <==",
        event(3),
    ]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("\r\n".join(lines).encode())))

    _, out, err = sensorctl("logs", "-", "--json")

    assert err == ""
    assert [(line["service"], line["event"]) for line in parse_output(out)] == [
        ("sensor-python-1", "lost"),
        ("pipeline-processor-12", "lost"),
        ("sensor-1", "stored"),
        ("sensor-3", "lost"),
    ]


def test_without_a_native_stack_the_logs_of_the_containers_are_read(
    sensorctl: RunCommand, native: Path
) -> None:
    # given a stopped native stack, and containers: consumers, a sensor, a server and a one-off command
    (native.parent / "stack.env").unlink()
    write_docker_script(
        native.parent / "bin",
        """case "$*" in
        "compose ps"*) echo a b c d e;;
        inspect*) echo "/s-pipeline-processor-2 pipeline-processor 2 False"
            echo "/s-pipeline-processor-1 pipeline-processor 1 False"
            echo "/sensor-python-1 sensor-1 1 False"
            echo "/s-postgres-1 postgres 1 False"
            echo "/s-sensorctl-run-1 sensorctl 1 True";;
        "logs sensor-python-1") echo '2026-11-22T10:00:00Z [info     ] measuring';;
        "logs s-pipeline-processor-"*) echo "2026-11-22T10:00:0${2#*r-}Z [error    ] crashed" >&2;;
        esac""",
    )

    code, out, err = sensorctl("logs", "--json")

    assert (code, err) == (0, "")
    assert [(line["service"], line["event"]) for line in parse_output(out)] == [
        ("sensor-1", "measuring"),
        ("pipeline-processor-1", "crashed"),
        ("pipeline-processor-2", "crashed"),
    ]


def test_the_logs_of_a_stopped_native_stack_are_read(sensorctl: RunCommand, native: Path) -> None:
    (native.parent / "stack.env").unlink()

    assert len(parse_output(sensorctl("logs", "--json")[1])) == 9


def test_without_any_logs_it_ends_with_a_message_and_78(sensorctl: RunCommand, native: Path) -> None:
    for file in native.iterdir():
        file.unlink()
    write_docker_script(native.parent / "bin", "exit 1")

    code, _, err = sensorctl("logs")

    assert code == 78
    assert "docker compose logs --no-color | sensorctl logs -" in err


def test_a_range_that_ends_before_it_starts_is_a_usage_error(sensorctl: RunCommand) -> None:
    code, _, err = sensorctl("logs", "--since", "2026-11-02", "--until", "2026-11-01", "-")

    assert code == 2
    assert err.startswith("since: is 2026-11-02T00:00:00.000000Z, which is not before `until`, 2026-11-01")


def test_a_file_that_cannot_be_read_is_a_usage_error(sensorctl: RunCommand, tmp_path: Path) -> None:
    code, _, err = sensorctl("logs", str(tmp_path / "none.log"))

    assert code == 2
    assert "No such file" in " ".join(err.replace("│", " ").split())


# the reader


def test_a_thread_dump_belongs_to_the_preceding_error() -> None:
    lines = b"""\
2026-11-22T10:00:00Z [error    ] event loop stalled       seconds=180.0
Thread 0x00007f [consumer] (most recent call first):
  File "x.py", line 1 in main
""".splitlines()

    unparsed = UnparsedLines()
    [event] = read_events(lines, "s", unparsed)

    assert event.details["exception"].splitlines()[-1] == '  File "x.py", line 1 in main'
    assert not unparsed.counts


def test_a_traceback_without_a_preceding_error_is_not_an_event() -> None:
    lines = b"2026-11-22T10:00:00Z [info     ] fine\nTraceback (most recent call last):\n  x\n".splitlines()

    unparsed = UnparsedLines()

    assert [event.event for event in read_events(lines, "s", unparsed)] == ["fine"]
    assert (unparsed.counts, unparsed.example) == ({"s": 2}, "Traceback (most recent call last):")


def test_memory_does_not_grow_with_the_log() -> None:
    def make_lines(number: int) -> Iterator[bytes]:
        for n in range(number):
            level = ("info", "error")[n % 2]
            yield b'{"timestamp":"2026-11-22T10:00:00Z","level":"%s","event":"e%d","store_ms":%d}\n' % (
                level.encode(), n, n,
            )  # fmt: skip

    def measure_peak(number: int) -> int:
        tracemalloc.start()
        summary = LogSummary()
        for event in read_events(make_lines(number), "s", UnparsedLines()):
            summary.add(event)
        assert summary.services["s"].events == number
        assert len(summary.events) == MAX_EVENT_KINDS + 1
        assert summary.events["s", OTHER_EVENTS] == number - MAX_EVENT_KINDS
        assert [slow.details["store_ms"] for slow in summary.slowest_stores] == [
            number - 1 - n for n in range(MAX_SLOW_STORES)
        ]
        peak_bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak_bytes

    measure_peak(3_000)  # allocations that happen only once
    # The tolerance covers other threads; with this many lines, a leak of five bytes per line would exceed it.
    assert measure_peak(50_000) < 2 * measure_peak(3_000)


def test_an_endless_line_is_read_in_parts() -> None:
    parts = list(read_lines(io.BytesIO(b"x" * (2 * MAX_LINE_BYTES + 5))))

    assert list(map(len, parts)) == [MAX_LINE_BYTES, MAX_LINE_BYTES, 5]
