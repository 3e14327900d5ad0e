"""The errors that decide how a process ends or waits."""


class ConfigurationError(Exception):
    """The environment holds a wrong setting; the message names the variable and what is allowed."""


class ServiceUnavailable(Exception):
    """Something this process needs does not answer now, and may again later."""


class Stopped(Exception):
    """The process was asked to stop while it waited."""
