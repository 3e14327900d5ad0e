"""The file of certificates that a process trusts besides those of the system."""

import os
import ssl

from runtime.errors import ConfigurationError

VARIABLE = "SSL_CERT_FILE"


def check_authority_file() -> None:
    """Check the file that SSL_CERT_FILE names: each connection by TLS would fail without saying which file.

    Raises:
        ConfigurationError: When it cannot be read, or has no certificate.
    """
    path = os.environ.get(VARIABLE)
    if not path:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        reason = "which contains no certificate: it must be a PEM file, with -----BEGIN CERTIFICATE-----"
    except OSError as error:
        reason = f"which cannot be read: {error.strerror}"
    else:
        return
    raise ConfigurationError(f"{VARIABLE} names the file {path}, {reason}")
