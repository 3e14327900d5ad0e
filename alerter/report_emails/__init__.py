"""Sends the e-mails of reports."""
