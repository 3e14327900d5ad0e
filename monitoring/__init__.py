"""The state of the whole system, and its problems: collected, evaluated by rules, and tracked."""
