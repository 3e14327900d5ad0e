"""The evaluation of limits in the database: what was stored since, the history, and the excursions."""
