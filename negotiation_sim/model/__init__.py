"""The negotiation rules: pure functions of numbers and arrays, one module per step of a month."""
