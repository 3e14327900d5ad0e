"""Where a sensor's measurements come from."""
