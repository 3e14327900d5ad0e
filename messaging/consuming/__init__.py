"""The consumer loop, its session and its deliveries."""
