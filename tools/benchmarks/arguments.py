"""The command line of the benchmarks: see `tools/bench --help`."""
import argparse
import re

from . import table
from .groups import GROUPS
from .session import SUITES

UNITS = {"": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "kb": 10**3, "mb": 10**6, "gb": 10**9}
# What `--docs` writes.
DOCS = "docs/performance.md"
# Those with a command of their own.
SINGLE = ["storage", "engine", "linalg"]


def size(text):
    found = re.fullmatch(r"([0-9.]+) *([a-z]*)", text.lower())
    if not found or found[2] not in UNITS:
        raise argparse.ArgumentTypeError(f"expected a size such as 2GiB or 512MiB, got '{text}'")
    return int(float(found[1]) * UNITS[found[2]])


def lengths(text):
    return [int(n) for n in text.split("x")]


def parse():
    parser = argparse.ArgumentParser(
        prog="tools/bench", description="Measures Tessera beside other software; every answer is checked.",
        epilog="example: tools/bench run --size 1GiB convert reductions")
    commands = parser.add_subparsers(dest="command", required=True, metavar="run|page|storage|layout|engine|linalg")
    _add_run(commands)
    _add_page(commands)
    _add_storage(commands)
    _add_layout(commands)
    _add_engine(commands)
    _add_linalg(commands)
    given = parser.parse_args()
    if given.command == "page":
        return given
    _fill_in(given)
    if given.command in SINGLE:
        given.jobs = given.jobs.split(",")
        _refuse_unknown(parser, "jobs", given.jobs, SUITES[given.command].jobs)
    if given.command == "run":
        given.groups = given.groups or list(GROUPS)
        _refuse_unknown(parser, "groups", given.groups, GROUPS)
    return given


def _fill_in(given):
    """What was not said; the sizes and runs of a command are its own."""
    quick = 256 << 20 if given.command == "linalg" else 128 << 20
    computes = given.command in ("engine", "linalg")
    given.size = given.size or (quick if given.quick else (1 if computes else 2) << 30)
    given.runs = max(1, given.runs or (3 if given.quick or computes or given.command == "run" else 5))
    if given.command in ("linalg", "run"):
        given.memory = given.memory or max(64 << 20, given.size // 4)
    if given.command in ("storage", "run"):
        given.chunks = given.chunks or [256, given.columns]
        given.shards = given.shards or [16384, given.columns]


def _refuse_unknown(parser, what, words, known):
    if unknown := sorted(set(words) - set(known)):
        parser.error(f"unknown {what} {', '.join(unknown)}; there are {', '.join(known)}")


def _add_run(commands):
    run = commands.add_parser(
        "run", help="groups of jobs by name, all of them unless some are named: figures, a page with charts, and "
        "docs/performance.md", formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="groups:\n" + "".join(f"  {name.ljust(16)}{group.title}\n" for name, group in GROUPS.items()))
    run.add_argument("groups", nargs="*", metavar="group", help="some of the groups below")
    run.add_argument("--output", help="the folder for figures.json and index.html (.build/bench)")
    run.add_argument("--keep", action="store_true",
                     help="keeps the groups of figures.json that are not run again, if settings and machine are the same")
    run.add_argument("--docs", action="store_true", help="writes docs/performance.md anew with these figures")
    _matrix_options(run, columns=1024)
    _storage_options(run)
    _linalg_options(run)


def _add_page(commands):
    page = commands.add_parser("page", help="the page, and with --docs docs/performance.md, from figures of an earlier run")
    page.add_argument("figures", help="the figures.json of a run")
    page.add_argument("--docs", nargs="?", const=DOCS, metavar="FILE",
                      help="writes that file anew with these figures: docs/performance.md, or one for another machine")


def _add_storage(commands):
    storage = commands.add_parser(
        "storage", help="convert, read, adopt, info and memory, beside cp, zarr-python, zarrs, TensorStore, "
        "h5py+LZ4 and Blosc2", epilog=table.NOTES, formatter_class=argparse.RawDescriptionHelpFormatter)
    _matrix_options(storage)
    _storage_options(storage)
    _suite_options(storage, SUITES["storage"])


def _add_layout(commands):
    layout = commands.add_parser("layout", help="chunk sizes: stored bytes, convert, scan, random rows and tiles")
    _matrix_options(layout)
    layout.add_argument("--json", help="writes all figures to this file")


def _add_engine(commands):
    engine = commands.add_parser(
        "engine", help="statistics, normalization, expressions and medians, beside NumPy, bottleneck, numexpr, Dask, "
        "zarr-python, zarrs, Blosc2 and scikit-learn, and the limits of the machine",
        epilog=table.NOTES + table.ENGINE_NOTES, formatter_class=argparse.RawDescriptionHelpFormatter)
    _matrix_options(engine)
    _suite_options(engine, SUITES["engine"])


def _add_linalg(commands):
    linalg = commands.add_parser(
        "linalg", help="products, Gram matrices, covariances and PCA, beside NumPy, Dask, Blosc2, scikit-learn and OpenBLAS "
        "in memory", epilog=table.NOTES + table.LINALG_NOTES, formatter_class=argparse.RawDescriptionHelpFormatter)
    _matrix_options(linalg, columns=1024)
    _linalg_options(linalg)
    _suite_options(linalg, SUITES["linalg"])


def _matrix_options(command, columns=768):
    command.add_argument("--size", type=size, default=None, help="bytes of the matrix (2GiB; engine, linalg: 1GiB)")
    command.add_argument("--columns", type=int, default=columns)
    command.add_argument("--data", choices=["features", "gaussian"], default="features",
                         help="gaussian: full entropy, hardly compressible; linear algebra has data of its own")
    command.add_argument("--runs", type=int, default=None,
                         help="runs of each competitor; 3 or more for figures to keep (5; run, engine, linalg: 3)")
    command.add_argument("--quick", action="store_true", help="128MiB (linalg: 256MiB) and 3 runs, unless said otherwise")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--folder", help="where the scratch folder goes (TMPDIR)")


def _suite_options(command, suite):
    command.add_argument("--jobs", default=",".join(suite.jobs), help=f"some of {','.join(suite.jobs)}")
    command.add_argument("--json", help="writes all figures to this file")


def _storage_options(command):
    command.add_argument("--chunks", type=lengths, default=None, help="chunk shape for everybody (256 rows)")
    command.add_argument("--shards", type=lengths, default=None, help="shard shape (16384 rows)")
    command.add_argument("--peer-cache", type=size, default=0,
                         help="decoded chunks that h5py and TensorStore may keep (their own defaults)")


def _linalg_options(command):
    command.add_argument("--memory", type=size, default=None,
                         help="what Tessera may use for linear algebra (a quarter of the size, 64MiB at least)")
    command.add_argument("--components", type=int, default=16, help="principal components (16)")
