"""The sections: one module each, with a function that adds to the results."""
