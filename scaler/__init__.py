"""The scaler: starts and stops consumers as the queue grows and shrinks."""
