"""What web services share: authentication, security headers, errors, event streams, probes, the server."""
