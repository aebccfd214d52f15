"""A finished run as something to hand over: one HTML file, the same as Markdown, and a replay.

``facts`` reads the run folder and asks analysis; ``words`` and ``answer`` turn intervals into
sentences by fixed rules; ``pictures``, ``assumed`` and ``studied`` add figures, assumptions and
studies; ``page`` fills the templates and writes. ``replay`` does the same for one replicate.
"""
