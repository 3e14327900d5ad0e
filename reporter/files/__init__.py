"""File jobs: from a file in the folder for work to a report, or to a text that says why there is none."""
