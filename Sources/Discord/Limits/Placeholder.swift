// Limits as values.
