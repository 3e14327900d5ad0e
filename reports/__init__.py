"""Reports of sensors over a period: figures, and files made of them. No database, broker or network."""
