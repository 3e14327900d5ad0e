"""A report as a file, one module per format."""
