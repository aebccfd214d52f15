"""Sweeps: the points of a design times replicates, on any executor, and never lost.

The modules build on one another in this order: point_scenarios, plan, reading (what is asked),
point_counts, blocks (what a worker does), tasks, executors, running (how it is carried out),
estimate, status.
"""
