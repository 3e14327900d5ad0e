"""A client for WebDAV: lists, reads, writes and moves files, each only as long as no other client has changed it."""
