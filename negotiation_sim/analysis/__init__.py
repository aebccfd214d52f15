"""Tables in, tables out: what the replicate table says, with intervals.

Nothing here knows Mesa, YAML or files. SciPy is imported inside the functions that need it.
"""
