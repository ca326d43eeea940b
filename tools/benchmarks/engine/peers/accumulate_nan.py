"""The same statistics of what is not NaN, in one pass over blocks, accumulated in float64."""
import numpy as np

from .accumulate import Columns


class ColumnsWithoutNaN(Columns):
    """Each column has its own count; deviations are from the first number of the column."""

    def add(self, block):
        if self.pivot is None:
            self._start(block)
            self.count = np.zeros(block.shape[1])
            self.least, self.greatest = np.full((2, block.shape[1]), np.nan, block.dtype)
            first = np.argmax(~np.isnan(block), axis=0)
            self.pivot = np.nan_to_num(block[first, np.arange(block.shape[1])].astype("float64"))
        wide = block - self.pivot
        gaps = np.isnan(wide)
        wide[gaps] = 0
        self.sum += wide.sum(axis=0)
        self.squares += np.einsum("ij,ij->j", wide, wide)
        self.least = np.fmin(self.least, np.fmin.reduce(block, axis=0))
        self.greatest = np.fmax(self.greatest, np.fmax.reduce(block, axis=0))
        self.count += len(block) - np.count_nonzero(gaps, axis=0)

    @staticmethod
    def merged(parts):
        """Moments of several, by the counts of each column."""
        parts = [part for part in parts if part.pivot is not None]
        found = [part.finish() for part in parts]
        counts = np.stack([part.count for part in parts])
        means, stds = (np.stack([each[n] for each in found]) for n in (0, 1))
        mean = (counts * means).sum(axis=0) / counts.sum(axis=0)
        variance = (counts * (stds**2 + (means - mean) ** 2)).sum(axis=0) / counts.sum(axis=0)
        return [mean, np.sqrt(variance), np.fmin.reduce([each[2] for each in found]),
                np.fmax.reduce([each[3] for each in found])]
