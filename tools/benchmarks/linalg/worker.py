"""The process a Python peer runs in: `python -m benchmarks.linalg.worker MODULE[:VARIANT] JOB ARGUMENTS-AS-JSON`.

Prints {"seconds"}: those of the work alone, opening and writing included, imports not; of limits what is in memory
alone. A peer is a module of peers/ with `open(path)` and a function for each job that it does: `matmul_square(a, b, path,
memory)`, `matmul_tall`, which write; `gram(x, memory)`, `cov`, `corr`, which give a matrix; `pca(x, components, memory)`,
which gives components and explained variances. `prepare(array)`, where there is one, is not timed.
"""
import importlib
import json
import sys
import time
import warnings

import numpy as np


def main():
    warnings.simplefilter("ignore")
    name, job, given = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    module, _, variant = name.partition(":")
    peer = importlib.import_module(f"benchmarks.linalg.peers.{module}")
    if variant:
        peer.use(variant)
    function = getattr(peer, job.replace("-", "_"))
    arrays = None
    if hasattr(peer, "prepare"):
        arrays = [peer.prepare(path) for path in given["inputs"]]
    started = time.perf_counter()
    if arrays is None:
        arrays = [peer.open(path) for path in given["inputs"]]
    result = _run(function, job, arrays, given)
    seconds = time.perf_counter() - started
    if hasattr(peer, "finish"):
        peer.finish(result, given["output"])
    print(json.dumps({"seconds": seconds}))


def _run(function, job, arrays, given):
    if job.startswith("matmul"):
        return function(*arrays, given["output"], given["memory"])
    if job == "pca":
        components, variances = function(*arrays, given["components"], given["memory"])
        np.savez(given["output"], components=components, explained_variance=variances)
        return None
    result = function(*arrays, given["memory"])
    np.save(given["output"], result)
    return result


if __name__ == "__main__":
    main()
