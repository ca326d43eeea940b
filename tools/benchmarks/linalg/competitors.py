"""Who takes part in the jobs of linear algebra, and the command that makes each do one."""
import dataclasses
import json
import os
import sys

from ..competitors import TESSERA, tessera_binary

PRODUCTS = ["matmul-square", "matmul-tall"]
SYMMETRIC = ["gram", "cov", "corr"]
ALL = [*PRODUCTS, *SYMMETRIC, "pca"]


@dataclasses.dataclass
class Competitor:
    """A module of peers/, with the variant it is told to be, and the jobs it does."""
    module: str
    jobs: list[str]
    form: str = "npy"
    # Of OpenBLAS, for those who are to have fewer threads than there are cores.
    threads: int | None = None
    # What the machine can do, rather than software that does the job.
    is_limit: bool = False


COMPETITORS = {
    "NumPy": Competitor("memmap", [*PRODUCTS, *SYMMETRIC]),
    "NumPy blocked": Competitor("blocked", ALL),
    "Dask": Competitor("dask", ALL),
    "Blosc2": Competitor("blosc2", PRODUCTS, form="b2nd"),
    "IncrementalPCA": Competitor("sklearn:incremental", ["pca"]),
    "PCA randomized": Competitor("sklearn:randomized", ["pca"]),
    "PCA covariance": Competitor("sklearn:covariance_eigh", ["pca"]),
    "in RAM, NumPy": Competitor("ram:numpy", [*PRODUCTS, *SYMMETRIC], is_limit=True),
    "in RAM, NumPy, 1 thread": Competitor("ram:numpy", [*PRODUCTS, "gram"], threads=1, is_limit=True),
    "in RAM, system": Competitor("ram:system", [*PRODUCTS, *SYMMETRIC], is_limit=True),
    "in RAM, system, 1 thread": Competitor("ram:system", [*PRODUCTS, "gram"], threads=1, is_limit=True),
}


def who_does(job):
    """Tessera first."""
    return [TESSERA, *(name for name, one in COMPETITORS.items() if job in one.jobs)]


def is_limit(who):
    return who != TESSERA and COMPETITORS[who].is_limit


def form(who):
    return "npy" if who == TESSERA else COMPETITORS[who].form


def command(who, job, inputs, output, memory, components):
    """Writes `output`, a `.npy` (of PCA a `.npz`, of Blosc2's products a `.b2nd`); prints {"seconds"}."""
    if who == TESSERA:
        return _tessera(job, [str(path) for path in inputs], str(output), memory, components)
    given = {"inputs": [str(path) for path in inputs], "output": str(output), "memory": memory, "components": components}
    return _environment(COMPETITORS[who].threads) + [
        sys.executable, "-m", "benchmarks.linalg.worker", COMPETITORS[who].module, job, json.dumps(given)]


def _tessera(job, inputs, output, memory, components):
    name = "matmul" if job in PRODUCTS else job
    words = [tessera_binary(), name, *inputs, *(["-k", str(components), "-o"] if job == "pca" else []), output]
    return [*words, "--memory", str(memory), "--json"]


def _environment(threads):
    return [] if threads is None else ["env", f"OPENBLAS_NUM_THREADS={threads}", f"TESSERA_BENCH_THREADS={threads}"]


def thread_count():
    return int(os.environ.get("TESSERA_BENCH_THREADS") or os.cpu_count() or 1)
