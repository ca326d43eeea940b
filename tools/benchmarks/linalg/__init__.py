"""The benchmarks of linear algebra, `tools/bench linalg`: products, Gram matrices, covariances and PCA of files.

jobs.py says which jobs there are, competitors.py who does them (adding one is one entry and one file in peers/),
worker.py is the process a Python peer runs in, inputs.py makes the matrices, check.py looks at every answer. What the
machine can do stands among the competitors: peers/ram.py multiplies matrices that are in memory already.
"""
