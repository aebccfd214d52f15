"""The command line: arguments in, text out; each command is the call of its name in ``api``."""
