"""Benchmarks beside other software: `tools/bench storage`, `layout`, `engine` and `linalg`.

data.py makes the matrix, measure.py runs competitors in separate processes and takes medians, storage.py says
which jobs there are, competitors.py who does them and how, worker.py is the process a Python peer runs in,
check.py looks at every answer, table.py prints. The jobs of the engine are in the folder engine, those of
linear algebra in linalg.
"""
