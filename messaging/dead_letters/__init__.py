"""Dead letters: write, read, select, replay and discard."""
