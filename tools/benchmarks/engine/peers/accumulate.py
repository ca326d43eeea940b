"""Statistics in one pass over blocks, accumulated in float64: what an expert writes by hand with NumPy."""
import numpy as np


class Columns:
    """Sums by BLAS of a float64 copy that stays in the cache; deviations are from the first row, so that nothing cancels."""

    def __init__(self):
        self.count, self.pivot = 0, None

    def add(self, block):
        if self.pivot is None:
            self._start(block)
        rows = len(block)
        if len(self.wide) < rows:
            self.wide, self.ones = np.empty((rows, block.shape[1])), np.ones(rows)
        wide = np.subtract(block, self.pivot, out=self.wide[:rows])
        self.sum += self.ones[:rows] @ wide
        self.squares += np.einsum("ij,ij->j", wide, wide)
        np.minimum(self.least, block.min(axis=0), out=self.least)
        np.maximum(self.greatest, block.max(axis=0), out=self.greatest)
        self.count += rows

    def _start(self, block):
        columns = block.shape[1]
        self.pivot = block[0].astype("float64")
        self.sum, self.squares = np.zeros(columns), np.zeros(columns)
        self.least, self.greatest = block[0].copy(), block[0].copy()
        self.wide, self.ones = np.empty((0, columns)), np.empty(0)

    def finish(self):
        mean = self.sum / self.count
        return [self.pivot + mean, np.sqrt(self.squares / self.count - mean * mean), self.least, self.greatest]

    @staticmethod
    def merged(parts):
        """Moments of several by Chan's formula."""
        parts = [part for part in parts if part.count]
        if len(parts) == 1:
            return parts[0].finish()
        found = [part.finish() for part in parts]
        counts = np.array([part.count for part in parts], "float64").reshape(-1, *[1] * np.ndim(found[0][0]))
        means, stds = (np.stack([each[n] for each in found]) for n in (0, 1))
        mean = (counts * means).sum(axis=0) / counts.sum()
        variance = (counts * (stds**2 + (means - mean) ** 2)).sum(axis=0) / counts.sum()
        return [mean, np.sqrt(variance), np.minimum.reduce([each[2] for each in found]),
                np.maximum.reduce([each[3] for each in found])]


def row_statistics(block):
    wide = block.astype("float64")
    mean = wide.mean(axis=1)
    wide -= mean[:, None]
    return [mean, np.sqrt(np.einsum("ij,ij->i", wide, wide) / block.shape[1]), block.min(axis=1), block.max(axis=1)]


def column_sum(block):
    return np.ones(len(block)) @ block.astype("float64")


class Overall(Columns):
    """The same over everything: a block is one column."""

    def add(self, block):
        flat = block.reshape(-1)
        if self.pivot is None:
            self.pivot, self.sum, self.squares = float(flat[0]), 0.0, 0.0
            self.least = self.greatest = flat[0]
        wide = flat.astype("float64")
        wide -= self.pivot
        self.sum += wide.sum()
        self.squares += np.dot(wide, wide)
        self.least, self.greatest = min(self.least, flat.min()), max(self.greatest, flat.max())
        self.count += flat.size
