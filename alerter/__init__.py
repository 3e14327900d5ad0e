"""The watch: looks at the whole system and tells when a problem begins and when it is over."""
