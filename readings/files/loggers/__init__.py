"""Files of loggers: a class per program that writes them, which recognises them by their first lines."""
