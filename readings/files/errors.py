"""Why a file cannot be read."""


class UnreadableFile(Exception):
    """The file cannot be read as it is; the message says why and what to do."""
