"""From a setting to a table: scenarios as arrays, the compiled ensemble, and the Mesa model."""
