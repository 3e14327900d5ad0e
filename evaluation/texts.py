"""What the report says about each section."""

from evaluation.plan import DRIFT, FALSE_ALARMS, FORECASTS, MOTES, OFFICE, RECALL, SERVICE, SPREAD

PREFACE = """# How good the analysis is

Written by `make evaluate`, from real runs; `docs/evaluation/results.json` has the figures. The readings go
through the code of the service, in order, with the settings that it ships with. There is one set of
settings for all data. It was fixed on simulated signals before a label of the recorded data was read, and no
figure of this page that depends on a label was used to change it:
[the history of the settings](../evaluation/settings_history.md) has each change with its reason.
Below, *Runs* names the settings of each section by a checksum. A section whose checksum differs from the
others' was measured with earlier settings.
[The recorded data](../evaluation/data/README.md) is part of the repository.

Rates of alarms are **per sensor and day**. A rate per 1,000 readings is given only where the target is in
those terms: 1 per 1,000 is 0.024 alarms per sensor and day at one reading per hour, and 17 at one every 5
seconds.

Each figure has next to it what simple methods reach:

- *random*: alarms at random times, as many as the analysis raises;
- *constant band*: the distance from the mean of the first 15 % of the readings, in their standard
  deviations;
- *rolling z-score over a day*: the distance from the mean of the last 24 hours, in their standard
  deviations;
- *HalfSpaceTrees*: [river](https://riverml.xyz)'s, on the temperature and its change (25 trees of height 8,
  windows of 250 readings).

Their thresholds are set to 0.1 alarms per sensor and day on clean simulated signals, unless a table says
otherwise.
"""

TEXTS = {
    RECALL: (
        "Recall of injected anomalies",
        """Each trial injects one anomaly into a simulated signal after a history of days. There are six
kinds of signal, at one reading per hour, per 5 minutes and per minute. A spike and a level shift have 10
standard deviations of the signal's differences. Found means: as an anomaly of the same kind, within two
readings (spike, level shift), at the first one (dropout), or within a day and at least 20 readings
(stuck). Of the simple methods any alarm within this time counts. The intervals are 95 % (Wilson).""",
    ),
    DRIFT: (
        "Drift, alone and with neighbours",
        """The injected drift moves a sensor by four of its weekly standard deviations within five days.
*Alone*, the analysis of the sensor itself has to find it. *With neighbours*, the comparison with the other
sensors of its location has to: three to eight sensors in all, which follow one temperature, each with its
own gain (0.7 to 1.3), noise, and hours of its own (15 % of the standard deviation of what they share).
Neighbours cannot explain what they do not share: with 0.2 K of its own for each sensor, on ground that varies
by 0.15 K, 1 of 8 drifts was found.""",
    ),
    FALSE_ALARMS: (
        "False alarms on clean signals",
        """Simulated signals without an anomaly, at the default of 0.1 alarms per sensor and day. The
intervals are 95 % (Poisson). The first hours of a sensor, in which there is little to learn from, are
counted separately.""",
    ),
    FORECASTS: (
        "Forecasts: coverage and skill",
        """Prequential: every reading is forecast before it is learned. Coverage is the share of values
inside the interval that is to hold 95 % of them; width is the mean width of that interval in K, because a
wide one covers anything. Skill is 1 - MAE / MAE of the last value. The labelled windows are part of the
data.""",
    ),
    MOTES: (
        "Motes: two labelled events",
        """Four sensors over six to seven hours, a reading every 5 seconds. An event is found if an
anomaly is detected within its labelled rows; the delay is the number of readings from the first labelled
one to the detection. Every other detection is counted as false, also one directly after an event, when
the value returns.""",
    ),
    OFFICE: (
        "Office: the score of the Numenta Anomaly Benchmark",
        """One file of the [benchmark](https://arxiv.org/abs/1510.03336), standard profile: a detection in
a window scores up to 1 (the earlier, the more, and only the first one counts), a false one costs up to
0.11, a missed window 1; the first 15 % of the rows are not scored. 0 is a detector without alarms, 100 a
perfect one. The threshold is the service's own; the benchmark itself tunes each detector's threshold on
the labels. **Two windows are mostly luck**: one alarm more or less inside a window moves the score by up
to 50 points. The random alarms, as many as the analysis raised, show how much.""",
    ),
    SPREAD: (
        "Spread over other settings",
        """How much of the two scores above is luck? Other sets of parameters, each varied around the
shipped set, were first tried on the simulation only. Those that pass it are as justified as the shipped
set; all of them are listed, with the scores that they would have had. None was selected by these scores.""",
    ),
    SERVICE: (
        "The real service",
        """The same file through the running service: stored in PostgreSQL by the pipeline's own store,
read, analysed and written by the service's process. The anomalies in its table are compared with those of
the replay on this page.""",
    ),
}

LIMITS = """## What these figures do not say

- Two windows of one office and two events of motes are four labelled anomalies. They can show that
  something is broken, not that it is good.
- The simulated anomalies are those that somebody thought of. The simulation's signals are of the same
  family as those on which the parameters were fixed, with other seeds.
- A labelled file of your own says more: `make evaluate ARGS="--file readings.csv --windows windows.json"`
  reports it in the same way (`timestamp,value`, and a list of `[start, end]`), into `.evaluation/`.
"""
