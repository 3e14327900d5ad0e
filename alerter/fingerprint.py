"""The fingerprint of an alert, as Prometheus computes it from the labels."""

from collections.abc import Mapping

FNV_OFFSET_BASIS = 14695981039346656037
FNV_PRIME = 1099511628211
SEPARATOR = b"\xff"


def fingerprint(labels: Mapping[str, str]) -> str:
    """Return the FNV-1a hash of the labels, 16 hexadecimal digits.

    It depends on the labels alone, so the same alert has it again after a restart of the alerter.
    """
    data = b"".join(
        name.encode() + SEPARATOR + value.encode() + SEPARATOR for name, value in sorted(labels.items())
    )
    digest = FNV_OFFSET_BASIS
    for byte in data:
        digest = (digest ^ byte) * FNV_PRIME % 2**64
    return f"{digest:016x}"
