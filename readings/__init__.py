"""What a reading is: its model, payload format, parsing and identity. No I/O, no pika, no SQL."""
