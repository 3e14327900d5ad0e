"""Models that learn one sensor's temperature and forecast it."""
