"""Command line of the benchmarks; see `tools/bench --help`."""
import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import re
import shutil
import sys
import tempfile

from . import data, layout, measure, table
from .engine import jobs as engine
from .linalg import jobs as linalg
from .storage import Storage

JOBS = ["write", "back", "read", "info", "adopt", "memory"]
PACKAGES = ["numpy", "zarr", "zarrs", "tensorstore", "numcodecs", "h5py", "hdf5plugin", "blosc2"]
LINALG_PACKAGES = ["numpy", "scipy", "dask", "blosc2", "scikit-learn"]
ENGINE_PACKAGES = ["numpy", "bottleneck", "numexpr", "dask", "zarr", "zarrs", "numcodecs", "blosc2", "scikit-learn"]
UNITS = {"": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "kb": 10**3, "mb": 10**6, "gb": 10**9}


def size(text):
    found = re.fullmatch(r"([0-9.]+) *([a-z]*)", text.lower())
    if not found or found[2] not in UNITS:
        raise argparse.ArgumentTypeError(f"expected a size such as 2GiB or 512MiB, got '{text}'")
    return int(float(found[1]) * UNITS[found[2]])


def lengths(text):
    return [int(n) for n in text.split("x")]


def arguments():
    parser = argparse.ArgumentParser(
        prog="tools/bench", description="Measures Tessera beside other software; every answer is checked.",
        epilog="example: tools/bench storage --size 1GiB --runs 3 --jobs write,back --json figures.json")
    commands = parser.add_subparsers(dest="command", required=True, metavar="storage|layout|engine|linalg")
    storage = commands.add_parser(
        "storage", help="convert, read, adopt, info and memory, beside cp, zarr-python, zarrs, TensorStore, "
        "h5py+LZ4 and Blosc2", epilog=table.NOTES, formatter_class=argparse.RawDescriptionHelpFormatter)
    shapes = commands.add_parser("layout", help="chunk sizes: stored bytes, convert, scan, random rows and tiles")
    computing = commands.add_parser(
        "engine", help="statistics, normalization, expressions and medians, beside NumPy, bottleneck, numexpr, Dask, "
        "zarr-python, zarrs, Blosc2 and scikit-learn, and the limits of the machine",
        epilog=table.NOTES + table.ENGINE_NOTES, formatter_class=argparse.RawDescriptionHelpFormatter)
    algebra = commands.add_parser(
        "linalg", help="products, Gram matrices, covariances and PCA, beside NumPy, Dask, Blosc2, scikit-learn and OpenBLAS "
        "in memory", epilog=table.NOTES + table.LINALG_NOTES, formatter_class=argparse.RawDescriptionHelpFormatter)
    for command in (storage, shapes, computing):
        matrix_arguments(command)
    matrix_arguments(algebra, columns=1024, data=False)
    algebra.add_argument("--memory", type=size, default=None, help="what Tessera may use (a quarter of the size, 64MiB at least)")
    algebra.add_argument("--components", type=int, default=16, help="principal components (16)")
    algebra.add_argument("--jobs", default=",".join(linalg.JOBS), help=f"some of {','.join(linalg.JOBS)}")
    storage.add_argument("--chunks", type=lengths, default=None, help="chunk shape for everybody (256 rows)")
    storage.add_argument("--shards", type=lengths, default=None, help="shard shape (16384 rows)")
    storage.add_argument("--jobs", default=",".join(JOBS), help=f"some of {','.join(JOBS)}")
    storage.add_argument("--peer-cache", type=size, default=0,
                         help="decoded chunks that h5py and TensorStore may keep (their own defaults)")
    computing.add_argument("--jobs", default=",".join(engine.JOBS), help=f"some of {','.join(engine.JOBS)}")
    given = parser.parse_args()
    computes = given.command in ("engine", "linalg")
    quick = 256 << 20 if given.command == "linalg" else 128 << 20
    given.size = given.size or (quick if given.quick else (1 if computes else 2) << 30)
    given.runs = max(1, given.runs or (3 if given.quick or computes else 5))
    if given.command == "layout":
        return given
    given.jobs = given.jobs.split(",")
    known = {"engine": engine.JOBS, "linalg": linalg.JOBS}.get(given.command, JOBS)
    if unknown := set(given.jobs) - set(known):
        parser.error(f"unknown jobs {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    if given.command == "linalg":
        given.memory = given.memory or max(64 << 20, given.size // 4)
    if computes:
        return given
    given.chunks = given.chunks or [256, given.columns]
    given.shards = given.shards or [16384, given.columns]
    os.environ["TESSERA_BENCH_PEER_CACHE"] = str(given.peer_cache)
    return given


def matrix_arguments(command, columns=768, data=True):
    command.add_argument("--size", type=size, default=None, help="bytes of the matrix (2GiB; engine, linalg: 1GiB)")
    command.add_argument("--columns", type=int, default=columns)
    if data:
        command.add_argument("--data", choices=["features", "gaussian"], default="features",
                             help="gaussian: full entropy, hardly compressible")
    command.add_argument("--runs", type=int, default=None, help="runs of each competitor; 3 or more for figures to keep (5; engine, linalg: 3)")
    command.add_argument("--quick", action="store_true", help="128MiB (linalg: 256MiB) and 3 runs, unless said otherwise")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--folder", help="where the scratch folder goes (TMPDIR)")
    command.add_argument("--json", help="writes all figures to this file")


def main():
    given = arguments()
    log = lambda text: print(text, file=sys.stderr, flush=True)  # noqa: E731
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tessera-bench-", dir=given.folder))
    try:
        if given.command == "linalg":
            return finish(given, linalg.Linalg(folder, given, log), table.LINALG_NOTES, LINALG_PACKAGES)
        rows = max(256, given.size // (4 * given.columns))
        log(f"a matrix of {rows} x {given.columns} float32 ({given.data}, seed {given.seed}); warming memory")
        measure.touch_memory(min(8 * given.size, 10 << 30))
        data.make(folder / "source.npy", rows, given.columns, given.seed, given.data)
        data.positions(folder, rows, given.columns, given.seed)
        measure.sync(folder)
        if given.command == "layout":
            figures = layout.run(folder, folder / "source.npy", given, log)
            if given.json:
                pathlib.Path(given.json).write_text(json.dumps(figures, indent=1) + "\n")
            return
        if given.command == "engine":
            return finish(given, engine.Engine(folder, folder / "source.npy", given, log), table.ENGINE_NOTES, ENGINE_PACKAGES)
        return finish(given, Storage(folder, folder / "source.npy", given, log), "", PACKAGES)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def finish(given, benchmark, notes, packages):
    """Runs it, says what the columns mean, and writes the figures; the status of the process."""
    benchmark.run()
    print(table.NOTES + notes)
    if given.json:
        pathlib.Path(given.json).write_text(json.dumps(report(given, benchmark, packages), indent=1) + "\n")
    # A tool that is not built is no failure of the peers; a wrong answer or a failed run is.
    return any(row.problem and "there is no" not in row.problem for row in benchmark.rows)


def report(given, benchmark, packages):
    return {
        "settings": {name: value for name, value in vars(given).items() if name not in ("json", "folder")},
        "shape": list(benchmark.shape), "cores": os.cpu_count(), "machine": platform.machine(),
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "rows": [row.as_json() for row in benchmark.rows],
    } | (benchmark.as_json() if hasattr(benchmark, "as_json") else {})


if __name__ == "__main__":
    sys.exit(main())
