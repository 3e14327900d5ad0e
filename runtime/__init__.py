"""What every process uses: settings, logs, health, metrics, shutdown signals and retries."""
