"""A real WebDAV server for the parts of file jobs."""

from tests.unit.webdav.conftest import clock, running, server, webdav

__all__ = ["clock", "running", "server", "webdav"]
