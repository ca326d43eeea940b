"""The engine's benchmarks, `tools/bench engine`: statistics, normalization, expressions and medians of arrays on disk.

jobs.py says which jobs there are, competitors.py who does them (adding one is one entry and one file in peers/),
worker.py is the process a Python peer runs in, check.py looks at every answer, limits.py and limits.c measure what
the machine can do, accuracy.py counts the ULPs of hard columns.
"""
