"""From when on something is a problem: the numbers that rules, Prometheus and views share.

`deploy/prometheus/alerts.yml` repeats some of them; tests/unit/deploy holds it against this module.
"""

from datetime import timedelta

# A sensor is offline if it sends nothing for this many of its usual intervals, and for at least this long.
# The view `sensor_status` decides by the same numbers.
OFFLINE_INTERVALS = 5
OFFLINE_MIN_SILENCE = timedelta(seconds=30)
# A backlog is a problem if more than this many messages wait, the oldest of them for longer than this.
BACKLOG_MESSAGES = 100
BACKLOG_AGE = timedelta(seconds=30)
# The analysis is behind if readings that it has not analysed have been stored for longer.
MAX_ANALYSIS_LAG = timedelta(seconds=60)
# No worker is a problem if a job has been ready, and no worker for its kind was seen, for this long. A
# workflow that failed is reported for a day, unless it is retried or requested again before.
NO_WORKER_AGE = timedelta(seconds=60)
FAILED_WORKFLOW_AGE = timedelta(days=1)
# A standby is behind if it has yet to apply more of the write-ahead log: some minutes of a heavy load.
MAX_STANDBY_LAG_BYTES = 64 * 1024 * 1024
# A backup that starts again, or whose database does, receives after a few seconds.
MAX_BACKUP_SILENCE = timedelta(seconds=30)
# A consumer that started this recently may not consume yet.
STARTUP_GRACE = timedelta(seconds=15)
# The variables that make consumers store in batches. alerts.yml and the documentation repeat them.
BATCH_MODE = "BATCH_SIZE=auto"
