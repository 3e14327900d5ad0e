"""The reading contract and everything AMQP; the only place that knows pika."""
