"""The groups of `tools/bench run`: which jobs of which suites each of them is."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Group:
    title: str
    # (suite, job)
    jobs: list[tuple[str, str]]


def _of(suite, *jobs):
    return [(suite, job) for job in jobs]


GROUPS = {
    "start-up": Group("Start-up and tiny jobs", _of("startup", "version", "tiny-info", "tiny-reduce") + _of("storage", "info")),
    "convert": Group("Converting from and to .npy", _of("storage", "write", "back")),
    "adopt": Group("Adopting a .npy without a copy", _of("storage", "adopt")),
    "random-access": Group("Reading: everything, random rows, random tiles", _of("storage", "read")),
    "small-memory": Group("Converting within 64 MiB", _of("storage", "memory")),
    "reductions": Group("Statistics of columns, rows and everything", _of("engine", "statistics", "sum")),
    "npz": Group("Statistics of .npz members", _of("further", "npz")),
    "positions": Group("NaN statistics, positions of maxima, histograms", _of("further", "nan", "argmax", "histogram")),
    "distinct": Group("Distinct values, and rows that a mask chooses", _of("further", "unique", "mask")),
    "median": Group("Exact medians", _of("engine", "median")),
    "normalize": Group("Normalizing the columns", _of("engine", "normalize")),
    "expression": Group("Fused expressions, summed and stored", _of("engine", "expression")),
    "cold": Group("From the disk, larger than memory", _of("cold", "columns", "normalize")),
    "accuracy": Group("Errors of results", _of("engine", "accuracy")),
    "matmul": Group("Matrix products", _of("linalg", "matmul-square", "matmul-tall")),
    "gram": Group("Gram matrices, covariances, correlations", _of("linalg", "gram", "cov", "corr")),
    "pca": Group("Principal components", _of("linalg", "pca")),
    "scaling": Group(
        "Scaling: size, threads, memory, chunks, shards",
        _of("scaling", "size", "threads", "memory", "chunks", "shards")),
}
