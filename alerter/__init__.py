"""The alerter: evaluates the system's status and notifies receivers of firing and resolved alerts."""
