"""Sweeps: the points of a design times replicates, on any executor, and never lost.

The modules build on one another in this order: patching, plan, reading (what is asked), counting,
points (what a worker does), tasks, executors, running (how it is carried out), estimate, status,
calls (what a caller needs).
"""
