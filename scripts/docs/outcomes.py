"""The pages of exit codes and of dead-letter reasons, held against the code."""

from readings.errors import DeadLetterReason
from runtime import exit_codes
from scripts.docs.markdown import code, table

EXIT_CODES = {
    "EXIT_OK": "Success, or a stop by SIGTERM.",
    "EXIT_FAILURE": (
        "An unexpected error. `sensorctl status`, `doctor`, `reconcile`, `import` and `dead import` also "
        "use it to report that something needs attention."
    ),
    "EXIT_USAGE": (
        "The command line or a value in it is refused, such as an unknown option. Nothing was changed."
    ),
    "EXIT_UNAVAILABLE": (
        "The broker or the database was not reachable within `CONNECT_TIMEOUT_SECONDS`, or for `sensorctl` "
        "at all."
    ),
    "EXIT_CONFIGURATION": "A variable has a wrong value. The message names it and says what is allowed.",
    "EXIT_INTERRUPTED": "Stopped by SIGINT (Ctrl-C).",
}
EXIT_CODES_INTRODUCTION = """# Exit codes

All programs of the project use the same exit codes.

"""
REASONS = {
    DeadLetterReason.NOT_JSON: "The body is not JSON, is not UTF-8, or is nested too deeply.",
    DeadLetterReason.INVALID_FIELD: (
        "A field is missing, has the wrong type, is out of range, or contradicts another field or the topic."
    ),
    DeadLetterReason.TOO_LARGE: "The body is larger than 64 KiB.",
    DeadLetterReason.FUTURE_TIME: "`measured_at` is more than 5 minutes ahead of the consumer's clock.",
    DeadLetterReason.REJECTED_BY_DATABASE: "PostgreSQL rejected the data itself (SQLSTATE class 22 or 23).",
    DeadLetterReason.CRASH_LOOP: (
        "The message killed its consumer repeatedly, and finally a child process that handled nothing else."
    ),
    DeadLetterReason.PAST_RETENTION: (
        "`measured_at` is older than the readings that are kept (`RETENTION_DAYS`), so it would be dropped. "
        "A replay stores it once `RETENTION_DAYS` is larger, or with `PAST_RETENTION=store`."
    ),
    DeadLetterReason.IMPLAUSIBLE: (
        "The temperature, as the sensor sent it, is outside the plausible range of the installation "
        "(`PLAUSIBLE_MIN`, `PLAUSIBLE_MAX`) or of the sensor. A replay stores it once the range includes it."
    ),
    DeadLetterReason.REUSED_ID: (
        "`reading_id` is that of another reading that is stored: the sensor, the time or the temperature "
        "differs. The sender has to send a new UUID with each reading, or none."
    ),
    DeadLetterReason.UNROUTABLE: (
        "The message was published to `sensors` or by MQTT with a routing key or topic that no queue takes. "
        "A replay puts it into the queue."
    ),
}
# Reasons that the broker sets itself when it dead-letters by the policy, https://www.rabbitmq.com/docs/dlx.
BROKER_REASONS = {
    "delivery_limit": "A quorum queue delivered the message more often than the policy's limit of 1,000.",
    "expired": (
        "The message's own `expiration` ended while it waited in the queue. A replay stores it if it is a "
        "valid reading."
    ),
    "maxlen": "A length limit, which this project does not set, dropped the message.",
    "rejected": "A consumer other than this project's rejected the message without requeueing it.",
}
REASONS_INTRODUCTION = """# Dead-letter reasons

A message that cannot be stored as a reading moves to the queue `QUEUE_NAME.dead`. Body and properties stay as
they were; these headers explain what happened:

| Header | Content |
| --- | --- |
| `x-dead-reason` | One word from the table below. |
| `x-dead-detail` | A message with the field and its value, at most 500 characters. |
| `x-dead-at` | When the message was dead-lettered (ISO 8601, UTC). |
| `x-dead-by` | The consumer that did it. |
| `x-original-exchange`, `x-original-routing-key` | How the message was first published. |
| `x-replays` | How often the message was replayed. |

Properties on which the broker would act again (`expiration`, `CC`, `BCC`, `user_id`, a direct `reply_to`)
are kept in headers named `x-original-…`. See [Dead letters](../guides/dead-letters.md) for how to work with
them.

## Set by the consumer

"""
BROKER_INTRODUCTION = """
## Set by the broker

`sensorctl setup` attaches a policy to the queue that names the dead-letter queue. When the broker
dead-letters a message by that policy, there is no `x-dead-reason`; `sensorctl dead` and the dashboard show
the broker's own reason from `x-first-death-reason`:

"""


def exit_codes_page() -> str:
    """Return the page of exit codes.

    Raises:
        ValueError: When a constant has no description here, or a description no constant.
    """
    codes = {name: value for name, value in vars(exit_codes).items() if name.startswith("EXIT_")}
    if codes.keys() != EXIT_CODES.keys():
        raise ValueError(f"exit codes without a description: {codes.keys() ^ EXIT_CODES.keys()}")
    rows = [(str(value), EXIT_CODES[name]) for name, value in codes.items()]
    rows = sorted(rows, key=lambda row: int(row[0]))
    return EXIT_CODES_INTRODUCTION + table(("Code", "Meaning"), rows)


def reasons_page() -> str:
    """Return the page of dead-letter reasons; a reason without a description is a KeyError."""
    ours = table(("Reason", "Meaning"), ((code(reason), REASONS[reason]) for reason in DeadLetterReason))
    brokers = table(("Reason", "Meaning"), ((code(name), text) for name, text in BROKER_REASONS.items()))
    return REASONS_INTRODUCTION + ours + BROKER_INTRODUCTION + brokers
