"""The consumer service: takes messages from the queue and stores their readings."""
