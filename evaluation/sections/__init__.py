"""What is measured: a module per section of the report."""
