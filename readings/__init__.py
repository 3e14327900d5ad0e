"""What a reading is: model, payload formats, parsing and identity. No I/O, no pika, no SQL."""
