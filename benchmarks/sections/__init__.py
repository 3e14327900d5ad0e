"""What is measured: one module a section, each with a function that fills in the results."""
