"""Everything AMQP and the management API; the only package that imports pika."""
