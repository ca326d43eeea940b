"""What is to be reached, by job: times the best library, times NumPy by hand, and the share of the limit.

Of whole processes, on a matrix in the page cache.
"""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Goal:
    library: float | None = None
    expert: float | None = None
    share: float | None = None


def _each(names, goal):
    return dict.fromkeys(names, goal)


STATISTICS = ["columns", "rows", "overall", "columns-sum"]
GOALS = {
    **_each([f"{job}-{form}" for job in STATISTICS for form in ("npy", "raw")], Goal(8, 4, 0.8)),
    **_each([f"{job}-lz4" for job in STATISTICS], Goal(4, None, 0.8)),
    **_each(["normalize-npy-npy", "normalize-raw-npy"], Goal(4, 1.7, 0.8)),
    "npy-to-lz4": Goal(2, None, 1),
    **_each(["raw-to-npy", "lz4-to-npy"], Goal(2.5, None, 0.85)),
    "expression-npy": Goal(4, 2.5, 0.7),
    "expression-stored-npy": Goal(4, 2.5, 0.8),
    **_each(["columns-median-npy", "overall-median-npy"], Goal(5, 3)),
    **_each(["unique-counts-npy", "unique-codes-npy", "unique-gaussian-npy"], Goal(4, 2)),
    **_each(["masked-rows-npy", "masked-rows-raw"], Goal(3, 2)),
    "masked-rows-lz4": Goal(2, 2),
    **_each(["columns-nan-npy", "columns-argmax-npy", "histogram-npy"], Goal(4, 2, 0.7)),
    "matmul-square": Goal(1, 1, 0.9),
    "matmul-tall": Goal(1.25, 1.5, 0.85),
    "gram": Goal(1.05, 1.15, 0.85),
    **_each(["cov", "corr"], Goal(2.5, 1.4, 0.85)),
    "pca": Goal(10, 1.2),
    **_each(["raw-rows", "raw-tiles"], Goal(3)),
    **_each(["lz4-rows", "lz4-tiles"], Goal(2)),
    "columns-npz": Goal(5, None, 0.8),
    "columns-npz-deflated": Goal(1.3, None, 0.8),
    **_each(["columns-npy-cold", "columns-lz4-cold", "normalize-npy-npy-cold"], Goal(1.5, 1.2, 0.9)),
    **_each(["version", "tiny-info", "tiny-reduce"], Goal(10)),
}
