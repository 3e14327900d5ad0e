"""What every process has: settings, logs, health, metrics, signals and retries."""
