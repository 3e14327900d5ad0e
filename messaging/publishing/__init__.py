"""Publishers with confirms: readings, bulk imports and events."""
