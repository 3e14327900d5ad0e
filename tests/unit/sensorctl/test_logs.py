"""`sensorctl logs`: from lines of any source to what was asked for."""

import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sensorctl.logs.reader import MOST_BYTES, Unread, lines_of, read_events
from sensorctl.logs.summary import MOST_KINDS, MOST_SLOW, OTHERS, LogSummary
from tests.unit.fakes import Call

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
    """A native stack's logs: a consumer on the console, a sensor in JSON, and a server of others."""
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


def printed(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def script(folder: Path, body: str) -> None:
    (folder / "docker").write_text(f"#!/bin/sh\n{body}\n")
    (folder / "docker").chmod(0o755)


def test_all_services_are_told_by_time(sensorctl: Call, native: Path) -> None:
    code, out, err = sensorctl("logs", "--json")

    assert (code, err) == (0, "")
    lines = printed(out)
    assert [line["event"] for line in lines] == [
        "started", "published", "published", "stored", "measuring", "database unavailable", "crashed",
        "started", "batch stored",
    ]  # fmt: skip
    assert [line["service"] for line in lines[:3]] == ["pipeline-1", "sensor-2", "sensor-2"]
    assert lines[6]["exception"].endswith("\n\nRuntimeError: odd")


@pytest.mark.parametrize("options", [["--json"], []], ids=["json", "console"])
def test_its_own_output_is_read_again_as_the_same(
    sensorctl: Call, native: Path, tmp_path: Path, options: list[str]
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
def test_filters(sensorctl: Call, native: Path, options: list[str], events: list[str]) -> None:
    code, out, _ = sensorctl("logs", "--json", *options)

    assert code == 0
    assert [line["event"] for line in printed(out)] == events


def test_the_part_of_a_log_that_was_moved_aside_comes_first(sensorctl: Call, native: Path) -> None:
    (native / "sensor-2.log.1").write_text(JSON.replace("2026-11-22", "2026-11-21"))

    _, out, _ = sensorctl("logs", "--json", "--service", "sensor")

    assert [line["timestamp"][:10] for line in printed(out)] == ["2026-11-21"] * 3 + ["2026-11-22"] * 3


def test_lines_that_are_no_events_are_counted_and_told(sensorctl: Call, native: Path) -> None:
    with (native / "sensor-2.log").open("a") as log:
        log.write("SENSOR_ID: must not be \x1b]0;empty\n\nsecond\n")

    code, out, err = sensorctl("logs", "--json", "--service", "sensor-2")

    assert code == 0
    assert len(printed(out)) == 3
    assert err == "Lines that are no events: 2 of sensor-2. The first: SENSOR_ID: must not be \\x1b]0;empty\n"


def test_what_other_services_say_is_not_counted(sensorctl: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    said = b"rabbitmq-1  | hello\nsensor-1  | hi\nsensor-1  | 2026-11-22T10:00:00Z [info     ] measuring\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(said)))

    _, out, err = sensorctl("logs", "-", "--json", "--service", "sensor")

    assert len(printed(out)) == 1
    assert err == "Lines that are no events: 1 of sensor-1. The first: hi\n"


def test_what_strangers_wrote_does_not_reach_the_terminal(sensorctl: Call, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(
        '{"timestamp":"2026-11-22T10:00:00Z","level":"info","event":"x","sensor":"\\u001b]0;y\\ud800"}\n'
    )

    _, out, err = sensorctl("logs", str(tmp_path / "a.log"))

    assert err == ""
    assert out.startswith("a              | 2026-11-22T10:00:00Z [info     ] x    ")
    assert out.endswith(" sensor=\\x1b]0;y\\ud800\n")


def test_the_summary_tells_events_errors_starts_and_the_slowest_stores(sensorctl: Call, native: Path) -> None:
    (native / "sensor-2.log").write_text(JSON + "what\n")

    _, out, err = sensorctl("logs", "--summary", "--json")

    told = json.loads(out)
    assert told["services"] == [
        {"service": "pipeline-1", "first": "2026-11-22T10:00:00+00:00", "last": "2026-11-22T10:00:10+00:00",
         "events": 6, "starts": 2, "warnings": 1, "errors": 1},
        {"service": "sensor-2", "first": "2026-11-22T10:00:00.500000+00:00",
         "last": "2026-11-22T10:00:02.500000+00:00", "events": 3, "starts": 1, "warnings": 0, "errors": 0},
    ]  # fmt: skip
    assert {"service": "sensor-2", "event": "published", "times": 2} in told["events"]
    assert told["troubles"][1] == {
        "service": "pipeline-1", "event": "database unavailable", "level": "warning", "times": 1,
        "last": "2026-11-22T10:00:04+00:00", "reason": "Connection refused",
    }  # fmt: skip
    assert [(slow["store_ms"], slow["event"]) for slow in told["slowest_stores"]] == [
        (9.0, "batch stored"),
        (1.5, "stored"),
    ]
    assert told["not_understood"] == {"sensor-2": 1}
    assert "1 of sensor-2" in err


def test_the_supervisors_word_on_another_program_is_no_start_of_its_own(
    sensorctl: Call, native: Path
) -> None:
    (native / "supervisor.log").write_text(
        "2026-11-22T10:00:00Z [info     ] started                  program=sensor-1 pid=5\n"
        "2026-11-22T10:00:01Z [warning  ] alert firing             message='It is offline.'\n"
    )

    _, out, _ = sensorctl("logs", "--summary", "--json", "--service", "supervisor")

    told = json.loads(out)
    assert told["services"][0]["starts"] == 0
    assert told["troubles"][0]["reason"] == "It is offline."


def test_the_summary_in_tables(sensorctl: Call, native: Path) -> None:
    _, out, _ = sensorctl("logs", "--summary")

    assert [
        title in out for title in ("Services", "Warnings and errors", "The slowest stores", "Events")
    ] == [True] * 4
    assert "Connection refused" in out


def test_a_summary_of_nothing_is_no_error(sensorctl: Call, native: Path) -> None:
    code, out, _ = sensorctl("logs", "--summary", "--service", "nobody")

    assert code == 0
    assert "Warnings" not in out


def test_standard_input_may_be_what_compose_or_tail_prints(
    sensorctl: Call, monkeypatch: pytest.MonkeyPatch
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
    assert [(line["service"], line["event"]) for line in printed(out)] == [
        ("sensor-python-1", "lost"),
        ("pipeline-processor-12", "lost"),
        ("sensor-1", "stored"),
        ("sensor-3", "lost"),
    ]


def test_without_a_native_stack_docker_is_asked_for_the_containers_logs(
    sensorctl: Call, native: Path
) -> None:
    # given what a native stack left, and containers: consumers, a sensor, a server, one that was run once
    (native.parent / "stack.env").unlink()
    script(
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
    assert [(line["service"], line["event"]) for line in printed(out)] == [
        ("sensor-1", "measuring"),
        ("pipeline-processor-1", "crashed"),
        ("pipeline-processor-2", "crashed"),
    ]


def test_logs_that_a_stopped_native_stack_left_are_read(sensorctl: Call, native: Path) -> None:
    (native.parent / "stack.env").unlink()

    assert len(printed(sensorctl("logs", "--json")[1])) == 9


def test_no_logs_at_all_is_a_sentence_and_78(sensorctl: Call, native: Path) -> None:
    for file in native.iterdir():
        file.unlink()
    script(native.parent / "bin", "exit 1")

    code, _, err = sensorctl("logs")

    assert code == 78
    assert "docker compose logs --no-color | sensorctl logs -" in err


def test_a_file_that_cannot_be_read_is_told(sensorctl: Call, tmp_path: Path) -> None:
    code, _, err = sensorctl("logs", str(tmp_path / "none.log"))

    assert code == 2
    assert "No such file" in err


# the reader


def test_a_dump_of_threads_belongs_to_the_error_before_it() -> None:
    lines = b"""\
2026-11-22T10:00:00Z [error    ] hangs                    seconds=180.0
Thread 0x00007f [consumer] (most recent call first):
  File "x.py", line 1 in main
""".splitlines()

    unread = Unread()
    [event] = read_events(lines, "s", unread)

    assert event.details["exception"].splitlines()[-1] == '  File "x.py", line 1 in main'
    assert not unread.lines


def test_a_traceback_that_follows_no_error_is_no_event() -> None:
    lines = b"2026-11-22T10:00:00Z [info     ] fine\nTraceback (most recent call last):\n  x\n".splitlines()

    unread = Unread()

    assert [event.event for event in read_events(lines, "s", unread)] == ["fine"]
    assert (unread.lines, unread.example) == ({"s": 2}, "Traceback (most recent call last):")


def test_memory_does_not_grow_with_the_log() -> None:
    def lines(number: int) -> Iterator[bytes]:
        for n in range(number):
            level = ("info", "error")[n % 2]
            yield b'{"timestamp":"2026-11-22T10:00:00Z","level":"%s","event":"e%d","store_ms":%d}\n' % (
                level.encode(), n, n,
            )  # fmt: skip

    def peak(number: int) -> int:
        tracemalloc.start()
        summary = LogSummary()
        for event in read_events(lines(number), "s", Unread()):
            summary.add(event)
        assert summary.services["s"].events == number
        assert len(summary.events) == MOST_KINDS + 1
        assert summary.events["s", OTHERS] == number - MOST_KINDS
        assert [slow.details["store_ms"] for slow in summary.slowest] == [
            number - 1 - n for n in range(MOST_SLOW)
        ]
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(3_000)  # what is made once
    # Other threads count too, so there is room for them, and lines enough that five bytes of each show.
    assert peak(50_000) < 2 * peak(3_000)


def test_a_line_without_end_is_read_in_parts() -> None:
    parts = list(lines_of(io.BytesIO(b"x" * (2 * MOST_BYTES + 5))))

    assert list(map(len, parts)) == [MOST_BYTES, MOST_BYTES, 5]
