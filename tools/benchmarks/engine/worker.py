"""The process a Python peer runs in: `python -m benchmarks.engine.worker MODULE[:VARIANT] JOB ARGUMENTS-AS-JSON`.

Prints {"seconds"}: those of the work alone, opening included, imports not. A peer is a module of peers/ with a
function for each job that it does: `columns(array)`, `rows`, `overall` (mean, std, min, max), `columns_sum`,
`columns_median`, `overall_median`, `unique_counts`, `masked_rows(array, mask)`, `expression(arrays, formula)`, `expression_stored(arrays, formula, path)`,
`normalize(array, path, form)`; and `open(path, form)`, which gives such an array.
"""
import importlib
import json
import sys
import time
import warnings

import numpy as np


def main():
    warnings.simplefilter("ignore")
    name, job, arguments = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    module, _, variant = name.partition(":")
    peer = importlib.import_module(f"benchmarks.engine.peers.{module}")
    if variant:
        peer.use(variant)
    started = time.perf_counter()
    result = _run(peer, job, arguments)
    seconds = time.perf_counter() - started
    if job == "masked-rows":
        # What was chosen is in memory; the sums of its columns say whether it is right.
        result = [result.sum(axis=0, dtype="float64")]
    if "answer" in arguments:
        np.save(arguments["answer"], np.asarray(result, dtype="float64"))
    print(json.dumps({"seconds": seconds}))


def _run(peer, job, arguments):
    if job == "masked-rows":
        store, mask = arguments["inputs"]
        return peer.masked_rows(peer.open(store, arguments["form"]), np.load(mask))
    arrays = [peer.open(path, arguments["form"]) for path in arguments["inputs"]]
    if job == "expression":
        return peer.expression(arrays, arguments["formula"])
    if job == "expression-stored":
        return peer.expression_stored(arrays, arguments["formula"], arguments["output"])
    if job.startswith("normalize-"):
        return peer.normalize(arrays[0], arguments["output"], job.removeprefix("normalize-"))
    return getattr(peer, job.replace("-", "_"))(arrays[0])


if __name__ == "__main__":
    main()
