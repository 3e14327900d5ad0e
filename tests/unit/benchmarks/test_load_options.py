"""The options of `make load`: what they mean, and what is refused."""

import pytest

from benchmarks.load.options import LoadOptions, Protocol, parse_options


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the last line of what these options print when they are refused."""
    with pytest.raises(SystemExit) as end:
        parse_options(arguments)
    assert end.value.code == 2
    return capsys.readouterr().err.splitlines()[-1]


def test_by_default_a_run_is_short_and_modest() -> None:
    assert parse_options([]) == LoadOptions(rates=(100,), seconds=60, sensors=100, mqtt_percent=20)


def test_every_option_is_read() -> None:
    options = parse_options(
        [
            "--rate",
            "10",
            "0.5",
            "1e3",
            "--time",
            "1.5m",
            "--sensors",
            "7",
            "--mqtt",
            "50%",
            "--connections",
            "3",
            "--drain",
            "5",
            "--headless",
            "--port",
            "9000",
        ]
    )

    assert options == LoadOptions(
        rates=(10, 0.5, 1000), seconds=90, sensors=7, mqtt_percent=50, connections=3, drain_seconds=5,
        headless=True, port=9000,
    )  # fmt: skip
    assert options.stage_seconds == 30


@pytest.mark.parametrize("rate", ["0", "-1", "nan", "inf", "100001", "100/s", "many", ""])
def test_a_rate_must_be_a_number_of_readings_per_second(
    rate: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "must be readings per second, a number from 0.1 to 100,000" in refusal(capsys, f"--rate={rate}")


@pytest.mark.parametrize(
    ("rate", "digits"), [("1,000", "1000"), ("10,100", "10100"), ("0,5", "05"), ("1.000", "1000")]
)
def test_a_rate_that_can_be_read_in_two_ways_is_refused(
    rate: str, digits: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"'{rate}' can be read in two ways: write {digits}, or" in refusal(capsys, "--rate", rate)


@pytest.mark.parametrize("percent", ["0.2", "101", "1000%", "-1", "a fifth", "20,5%"])
def test_an_unclear_share_of_mqtt_is_refused(percent: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "a fifth is 20%, not 0.2" in refusal(capsys, f"--mqtt={percent}")


@pytest.mark.parametrize("time", ["0", "0.5s", "2d", "25h", "1:30", "ten", "-5"])
def test_a_time_is_bounded_and_has_a_unit(time: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "must be a time from 1s to 24h" in refusal(capsys, f"--time={time}")


def test_each_rate_needs_a_second(capsys: pytest.CaptureFixture[str]) -> None:
    assert "3 rates need at least 3 seconds" in refusal(capsys, *["--rate", "1", "2", "3", "--time", "2"])


def test_one_sensor_cannot_publish_by_both_protocols(capsys: pytest.CaptureFixture[str]) -> None:
    assert "one sensor cannot publish 20% by MQTT" in refusal(capsys, "--sensors", "1")
    assert parse_options(["--sensors", "1", "--mqtt", "0"]).protocols == (Protocol.AMQP,)
    assert parse_options(["--sensors", "1", "--mqtt", "100%"]).protocols == (Protocol.MQTT,)


@pytest.mark.parametrize(
    ("sensors", "percent", "amqp", "mqtt"),
    [(100, 20, 80, 20), (2, 1, 1, 1), (2, 99, 1, 1), (3, 50, 1, 2), (5, 0, 5, 0), (5, 100, 0, 5)],
)
def test_each_sensor_publishes_by_one_protocol(sensors: int, percent: int, amqp: int, mqtt: int) -> None:
    options = LoadOptions(sensors=sensors, mqtt_percent=percent)

    numbers = {protocol: list(options.sensor_numbers(protocol)) for protocol in Protocol}

    assert (len(numbers[Protocol.AMQP]), len(numbers[Protocol.MQTT])) == (amqp, mqtt)
    assert numbers[Protocol.AMQP] + numbers[Protocol.MQTT] == list(range(1, sensors + 1))


def test_a_run_is_described_before_it_starts() -> None:
    options = LoadOptions(rates=(10, 1000), seconds=60, mqtt_percent=25)

    assert options.describe() == (
        "Publishing 10, 1,000 readings per second for 60 s, 30 s each, 75% by AMQP and 25% by MQTT"
    )
