"""Files that other programs wrote: text, rows and columns become records of readings."""
