"""Benchmarks beside other software: `tools/bench run`, and its suites by name.

groups.py says which jobs `run` has; session.py makes the suites that have them; run.py gathers the figures, of which
report/ makes a page and docs/performance.md. A suite (suite.py) is a class with jobs; each measures comparisons
(comparison.py) or curves. measure.py runs competitors in separate processes and takes medians, limits.py says what the
machine can do, data.py makes the matrix, table.py prints, machine.py describes.

Suites: startup.py; storage.py, with competitors.py (who takes part, and how), worker.py (the process a Python peer runs
in) and check.py, which looks at every answer; the folders engine and linalg, built alike; scaling. layout.py stands alone.
"""
