"""Generates the files of deploy/kubernetes that are not written by hand."""
