"""The works whose cost is measured: commands from file to file, and what must come of them."""
import dataclasses

import numpy as np

from .. import check, competitors, measure
from ..measure import Failed


@dataclasses.dataclass(frozen=True)
class Work:
    """`words` with SOURCE and OUTPUT in their places; the source's form, and the output's suffix."""
    words: list[str]
    form: str
    suffix: str

    def command(self, source, output, options):
        places = {"SOURCE": source, "OUTPUT": output}
        return [competitors.tessera_binary(), *(places.get(word, word) for word in self.words), "--overwrite", *options]


STATISTICS = ["reduce", "mean,std,min,max", "SOURCE", "--axis", "0", "-o", "OUTPUT"]
WORKS = {
    "column statistics, .npy": Work(STATISTICS, "npy", ".npz"),
    "column statistics, lz4": Work(STATISTICS, "lz4", ".npz"),
    "z-score, .npy to .npy": Work(["normalize", "SOURCE", "OUTPUT"], "npy", ".npy"),
    ".npy to lz4": Work(["convert", "SOURCE", "OUTPUT", "--codec", "lz4"], "npy", ".zarr"),
    "lz4 to .npy": Work(["convert", "SOURCE", "OUTPUT"], "lz4", ".npy"),
}
BLOCK_ROWS = 16384


class Answers:
    """What the works must give on one matrix, whatever the options: compared with NumPy in float64, and in part of the runs."""

    def __init__(self, source):
        self.source = source
        x = np.load(source, mmap_mode="r")
        blocks = range(0, len(x), BLOCK_ROWS)
        self.mean = sum(x[first:first + BLOCK_ROWS].sum(axis=0, dtype="f8") for first in blocks) / len(x)
        squares = sum(((x[first:first + BLOCK_ROWS] - self.mean) ** 2).sum(axis=0) for first in blocks)
        self.std = np.sqrt(squares / len(x))
        self.least = np.min([x[first:first + BLOCK_ROWS].min(axis=0) for first in blocks], axis=0)
        self.greatest = np.max([x[first:first + BLOCK_ROWS].max(axis=0) for first in blocks], axis=0)

    def check(self, name, output, number):
        {".npz": self._statistics, ".npy": self._elements, ".zarr": self._store}[output.suffix](name, output, number)

    def _statistics(self, name, output, number):
        # float32 holds the mean to half an ULP; constant columns have no deviation.
        spread = self.std + np.abs(self.mean) * np.finfo("f4").eps
        with np.load(output) as got:
            for key, expected, scale in [("mean", self.mean, spread), ("std", self.std, self.std + spread),
                                         ("min", self.least, spread), ("max", self.greatest, spread)]:
                error = np.abs(got[key].astype("f8") - expected) / np.maximum(scale, np.finfo("f8").tiny)
                if not np.all(error <= 1e-5):
                    raise Failed(f"wrong answer: {key} is off by {np.nanmax(error):.1e}, at most 1e-05 is allowed")

    def _elements(self, name, output, number):
        if not name.startswith("z-score"):
            return check.same_npy(output, self.source, number)
        x, got = np.load(self.source, mmap_mode="r"), np.load(output, mmap_mode="r")
        if got.shape != x.shape:
            raise Failed(f"wrong answer: shape {got.shape}, expected {x.shape}")
        factor = 1 / np.where(self.std > 0, self.std, 1)
        for first in range(0, len(x), BLOCK_ROWS * (8 if number else 1)):
            expected = (x[first:first + BLOCK_ROWS] - self.mean) * factor
            if not np.all(np.abs(got[first:first + BLOCK_ROWS] - expected) <= 1e-5 * (np.abs(expected) + 1)):
                raise Failed(f"wrong answer: z-scores of the rows from {first} on")
        return None

    def _store(self, name, output, number):
        check.same_store("tensorstore", str(output), self.source, number)


def convert(source, store, codec, chunk_rows, shard_rows, columns):
    """The store of a matrix, for works that read one."""
    measure.run(competitors.write(
        competitors.TESSERA, source, store, codec, [chunk_rows, columns], [shard_rows, columns]), store)
