"""Live values: what a connection receives, what history adds, and what is published and recorded."""
