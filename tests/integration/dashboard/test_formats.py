"""Numbers and durations as the page shows them."""

from datetime import timedelta

from playwright.sync_api import Page

from runtime.text import format_duration, format_exact_duration, quantity
from tests.integration.dashboard.system import System, open_page
from tests.processes import Process

IN_THE_PAGE = """async ([name, ...lists]) => {
  const format = (await import("/static/format.js"))[name];
  return lists[0].map((_, i) => format(...lists.map((list) => list[i])));
}"""
SECONDS = [-1, 0, 8.6, 59, 60, 99, 119, 120, 150, 179, 3599, 6000, 7199, 7200, 10799, 172799, 172800, 3e6]
# The labels of the axis of a chart when it has these values. No update can come between.
LABELS = """async ([index, values]) => {
  const { chart } = document.querySelectorAll("#throughput .plot")[index];
  const to = 1_800_000_000, times = values.map((_, i) => to - i).reverse();
  chart.setData([times, values, values], to - 3600, to);
  await null, await null;
  return chart.plot.axes[1]._values;
}"""


def test_durations_and_numbers_are_as_those_of_the_commands(
    system: System, dashboard: Process, page: Page
) -> None:
    page.goto(system.url)

    durations = page.evaluate(IN_THE_PAGE, ["duration", SECONDS])
    exact = page.evaluate(IN_THE_PAGE, ["exactDuration", [0.4, *SECONDS]])
    numbers = page.evaluate(IN_THE_PAGE, ["quantity", [0, 1, 2, 1500], ["gap"] * 4])

    assert durations == [format_duration(timedelta(seconds=seconds)) for seconds in SECONDS]
    assert exact == [format_exact_duration(timedelta(seconds=seconds)) for seconds in (0.4, *SECONDS)]
    assert numbers == [quantity(number, "gap") for number in (0, 1, 2, 1500)]


def test_the_axes_of_rates_and_of_the_latency_have_round_labels(
    system: System, dashboard: Process, page: Page
) -> None:
    system.publish("1", 20.0)
    open_page(page, system)

    rates = [page.evaluate(LABELS, [1, [0.0, most]]) for most in (0.01, 0.4)]
    labels = [page.evaluate(LABELS, [2, [0.0, most]]) for most in (0.04, 4, 75, 3900, 40_000, 4e5)]

    assert rates == [["0.0", "0.1"], ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]]

    assert labels == [
        ["0 ms", "10 ms", "20 ms", "30 ms", "40 ms"],
        ["0 ms", "1.0 s", "2.0 s", "3.0 s", "4.0 s"],
        ["0 ms", "20 s", "40 s", "60 s", "80 s"],
        ["0 ms", "20 min", "40 min", "60 min"],
        ["0 ms", "4 h", "8 h", "12 h"],
        ["0 ms", "2 d", "4 d"],
    ]
