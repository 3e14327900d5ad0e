"""The targets of the benchmark."""

from benchmarks.figures import (
    BATCHES_BOUND,
    OFFERED_BOUND,
    PREFETCH_ONE_BOUND,
    after_a_million,
    at_full_size,
    at_worst_low_rate,
    median_at,
    median_ratio,
    of_many_readings,
    of_many_sensors,
    relative_to,
    stored_at_most_offered,
)
from benchmarks.plan import (
    ANALYSIS,
    BATCHES,
    CONSUMERS,
    LIMITS,
    LOAD,
    OFFERED,
    PUBLISHING,
    REPORTS,
    SENSOR_STATES,
    SERIES,
    SINGLE,
    SUMMARY,
    TRACES,
)
from benchmarks.target import Target

TIMES = "\N{MULTIPLICATION SIGN}"


PROJECT = (SINGLE, "project")
TARGETS = (
    Target(
        "one consumer at prefetch 1, relative to the baseline",
        0.90,
        TIMES,
        median_ratio(PROJECT, (SINGLE, "baseline")),
    ),
    Target("… relative to FastStream", 2.0, TIMES, median_ratio(PROJECT, (SINGLE, "faststream"))),
    Target("… relative to the ORM consumer", 1.9, TIMES, median_ratio(PROJECT, (SINGLE, "orm"))),
    Target(
        "… relative to the serial bound of broker and commit",
        0.90,
        TIMES,
        relative_to(PREFETCH_ONE_BOUND, *PROJECT),
    ),
    Target(
        "batches of 500, relative to the serial bound",
        0.75,
        TIMES,
        relative_to(BATCHES_BOUND, BATCHES, "500"),
    ),
    Target("… relative to the bare drain", 0.75, TIMES, median_ratio((BATCHES, "500"), (BATCHES, "drain"))),
    Target(
        "… relative to FastStream at prefetch 1",
        30,
        TIMES,
        median_ratio((BATCHES, "500"), (SINGLE, "faststream")),
    ),
    Target(
        "three consumers relative to one, with 20 ms of work per message",
        2.9,
        TIMES,
        median_ratio((CONSUMERS, "3 at 20 ms"), (CONSUMERS, "1 at 20 ms")),
    ),
    Target(
        "a sensor with confirms, relative to the bare confirm loop",
        0.90,
        TIMES,
        median_ratio((PUBLISHING, "sensor"), (PUBLISHING, "confirm")),
    ),
    Target("latency at 100 readings per second, p99", 15, "ms", median_at(LOAD, "100/p99"), at_most=True),
    Target("… p50", 5, "ms", median_at(LOAD, "100/p50"), at_most=True),
    Target(
        "BATCH_SIZE=auto at 10, 50 and 100 offered per second relative to prefetch 1, p50",
        1.2,
        TIMES,
        at_worst_low_rate("p50"),
        at_most=True,
    ),
    Target("… p99", 1.2, TIMES, at_worst_low_rate("p99"), at_most=True),
    Target(
        "… at the highest offered rate, relative to the best fixed mode", 0.95, TIMES, stored_at_most_offered
    ),
    Target(
        "prefetch 1 at 2,000 offered per second, relative to the bare loop there",
        0.85,
        TIMES,
        median_ratio((OFFERED, "project/1/2000/stored"), (OFFERED, "consume/1/2000/stored")),
    ),
    Target(
        "… relative to the serial bound of broker and commit there",
        0.90,
        TIMES,
        relative_to(OFFERED_BOUND, OFFERED, "project/1/2000/stored"),
    ),
    Target(
        "three consumers with BATCH_SIZE=auto at 2,000 offered per second, largest share to smallest",
        1.2,
        TIMES,
        median_at(OFFERED, "auto/3/2000/share"),
        at_most=True,
    ),
    Target("a sensor after 1,000,000 messages", 55, "MB", after_a_million("sensor/megabytes"), at_most=True),
    Target(
        "… relative to its memory after a quarter of them",
        1.05,
        TIMES,
        after_a_million("sensor/growth"),
        at_most=True,
    ),
    Target(
        "a consumer after 1,000,000 messages", 85, "MB", after_a_million("consumer/megabytes"), at_most=True
    ),
    Target(
        "… relative to its memory after a quarter of them",
        1.05,
        TIMES,
        after_a_million("consumer/growth"),
        at_most=True,
    ),
    *(
        Target(
            f"{title}: processor time per message with traces at the default sampling, relative to without",
            1.03,
            TIMES,
            median_at(TRACES, f"{key}/ratio"),
            at_most=True,
        )
        for key, title in (
            ("1", "one consumer at prefetch 1"),
            ("500", "… batches of 500"),
            ("sensor", "… a sensor"),
        )
    ),
    Target(
        "the summary of 36,000,000 readings in the hour, p95",
        100,
        "ms",
        at_full_size(median_at(SUMMARY, "large/p95")),
        at_most=True,
    ),
    Target(
        "… of three sensors with one reading per second each, p95",
        3,
        "ms",
        median_at(SUMMARY, "three/p95"),
        at_most=True,
    ),
    Target(
        "… of 3,600,000, with 36,000,000 older readings relative to without, p50",
        1.2,
        TIMES,
        at_full_size(median_ratio((SUMMARY, "older/p50"), (SUMMARY, "tenth/p50"))),
        at_most=True,
    ),
    Target(
        "the states of 5,000 sensors with a year of minutes, p95",
        300,
        "ms",
        of_many_sensors(SENSOR_STATES, "states/p95", 5_000),
        at_most=True,
    ),
    *(
        Target(
            f"the history of ten of 1,000 sensors by the {step}, p95",
            200,
            "ms",
            of_many_sensors(SERIES, f"{step}/p95", 1_000),
            at_most=True,
        )
        for step in ("5 seconds", "minute", "hour", "day")
    ),
    Target(
        "a consumer's processor time per reading with limits, relative to without",
        1.05,
        TIMES,
        median_ratio((LIMITS, "with/cpu"), (LIMITS, "without/cpu")),
        at_most=True,
    ),
    Target(
        "the evaluation of two limits of 5,000 sensors each, at 10,000 readings per second",
        100,
        "% of a core",
        of_many_sensors(LIMITS, "evaluation", 5_000),
        at_most=True,
    ),
    Target(
        "… from the commit of a reading to that of the excursion, p99",
        2_000,
        "ms",
        of_many_sensors(LIMITS, "p99", 5_000),
        at_most=True,
    ),
    Target(
        "the analysis of 1,000 sensors, the models alone, per core",
        10_000,
        "readings per second",
        of_many_sensors(ANALYSIS, "models", 1_000),
    ),
    Target("… with the database", 5_000, "readings per second", of_many_sensors(ANALYSIS, "database", 1_000)),
    Target(
        "a consumer's processor time per reading with the analysis, relative to without",
        1.05,
        TIMES,
        median_ratio((ANALYSIS, "with/cpu"), (ANALYSIS, "without/cpu")),
        at_most=True,
    ),
    Target(
        "the figures of a report of 1,000,000 readings",
        5,
        "s of a core",
        of_many_readings(median_at(REPORTS, "figures"), REPORTS, "figures", 1_000_000),
        at_most=True,
    ),
    *(
        target
        for kind, seconds in (("pdf", 3), ("xlsx", 5))
        for target in (
            Target(
                f"a report of 60,000 readings as {kind.upper()}",
                seconds,
                "s of a core",
                of_many_readings(median_at(REPORTS, kind), REPORTS, kind, 60_000),
                at_most=True,
            ),
            Target(
                "… peak of memory",
                200,
                "MB",
                of_many_readings(median_at(REPORTS, f"{kind}/memory"), REPORTS, kind, 60_000),
                at_most=True,
            ),
        )
    ),
    Target(
        "… relative to the cells of the readings with XlsxWriter alone",
        2,
        TIMES,
        median_ratio((REPORTS, "xlsx"), (REPORTS, "bare-xlsx")),
        at_most=True,
    ),
)
