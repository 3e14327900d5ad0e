"""A client for WebDAV: lists, reads, writes and moves files, each only if it is what the caller knows."""
