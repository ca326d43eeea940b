"""Looks at every answer of the engine's jobs: references in float64 by NumPy, and the errors against them.

An error is relative to the spread of the data: of a mean, minimum or maximum to the standard deviation of the column
(row, everything) plus the epsilon of float32 times its mean; of a standard deviation to itself; of a sum to the sum
of magnitudes; of elements of an array to their own magnitude plus one.
"""
import numpy as np

from ..measure import Failed
from .peers import formulas

BLOCK_ROWS = 16384


def _blocks(x):
    return ((first, np.asarray(x[first:first + BLOCK_ROWS], "float64")) for first in range(0, len(x), BLOCK_ROWS))


class References:
    """Exact answers of all jobs on one matrix, each computed when it is first asked for."""

    def __init__(self, source, expression_inputs):
        """`expression_inputs()` gives the paths of the expressions' arrays, once they are needed."""
        self.x = np.load(source, mmap_mode="r")
        self.expression_inputs = expression_inputs
        self.known = {}

    def of(self, job, formula=None):
        key = (job, formula)
        if key not in self.known:
            maker = {
                "columns": self._columns, "rows": self._rows, "overall": self._overall,
                "columns-sum": self._columns_sum, "columns-median": self._columns_median,
                "overall-median": self._overall_median,
                "columns-nan": self._columns_nan, "columns-argmax": self._columns_argmax, "histogram": self._histogram,
                "unique-counts": self._unique_counts, "unique-codes": self._unique_counts,
                "unique-gaussian": self._unique, "masked-rows": self._masked_rows,
            }.get(job)
            self.known[key] = maker() if maker else self._expression(formula)
        return self.known[key]

    # Each gives the values, and what errors are relative to.

    def _columns(self):
        mean = sum(block.sum(axis=0) for _, block in _blocks(self.x)) / len(self.x)
        variance = sum(((block - mean) ** 2).sum(axis=0) for _, block in _blocks(self.x)) / len(self.x)
        least = np.min([block.min(axis=0) for _, block in _blocks(self.x)], axis=0)
        greatest = np.max([block.max(axis=0) for _, block in _blocks(self.x)], axis=0)
        return _statistics(mean, np.sqrt(variance), least, greatest)

    def _rows(self):
        parts = [(block.mean(axis=1), block.std(axis=1), block.min(axis=1), block.max(axis=1)) for _, block in _blocks(self.x)]
        return _statistics(*(np.concatenate(each) for each in zip(*parts)))

    def _overall(self):
        mean = sum(block.sum() for _, block in _blocks(self.x)) / self.x.size
        variance = sum(((block - mean) ** 2).sum() for _, block in _blocks(self.x)) / self.x.size
        return _statistics(mean, np.sqrt(variance), self.x.min(), self.x.max())

    def _columns_sum(self):
        total = sum(block.sum(axis=0) for _, block in _blocks(self.x))
        return total[None], sum(np.abs(block).sum(axis=0) for _, block in _blocks(self.x))[None]

    def _columns_median(self):
        width = max(1, (128 << 20) // (8 * len(self.x)))
        parts = [np.median(np.ascontiguousarray(self.x[:, first:first + width].T, "float64"), axis=1)
                 for first in range(0, self.x.shape[1], width)]
        return np.concatenate(parts)[None], self.of("columns")[1][0][None]

    def _overall_median(self):
        # The two middle elements of float32 are exact, and their mean is in float64.
        values, half = np.array(self.x).reshape(-1), self.x.size // 2
        values.partition([half - 1, half])
        middle = values[half - 1:half + 1] if self.x.size % 2 == 0 else values[half:half + 1]
        return np.array([middle.mean(dtype="float64")]), self.of("overall")[1][:1]

    def _columns_nan(self):
        blocks = lambda: (block for _, block in _blocks(self.x))  # noqa: E731
        count = sum(np.count_nonzero(~np.isnan(block), axis=0) for block in blocks())
        mean = sum(np.nansum(block, axis=0) for block in blocks()) / count
        variance = sum(np.nansum((block - mean) ** 2, axis=0) for block in blocks()) / count
        least = np.fmin.reduce([np.fmin.reduce(block, axis=0) for block in blocks()])
        greatest = np.fmax.reduce([np.fmax.reduce(block, axis=0) for block in blocks()])
        return _statistics(mean, np.sqrt(variance), least, greatest)

    def _columns_argmax(self):
        best, place = np.full(self.x.shape[1], -np.inf), np.zeros(self.x.shape[1])
        for first, block in _blocks(self.x):
            here = block.argmax(axis=0)
            values = block[here, np.arange(len(best))]
            place = np.where(values > best, first + here, place)
            best = np.maximum(best, values)
        return _exactly(place)

    def _histogram(self):
        count, least, greatest = formulas.HISTOGRAM
        return _exactly(sum(np.histogram(block, count, (least, greatest))[0] for _, block in _blocks(self.x)))

    def _unique_counts(self):
        return _nothing_else(np.stack([part.astype("float64") for part in np.unique(self.x, return_counts=True)]))

    def _unique(self):
        return _nothing_else(np.stack(formulas.sample(np.unique(self.x))))

    def _masked_rows(self):
        mask = np.load(self.expression_inputs()[0])
        parts = [block[mask[first:first + len(block)]] for first, block in _blocks(self.x)]
        return sum(part.sum(axis=0) for part in parts)[None], sum(np.abs(part).sum(axis=0) for part in parts)[None]

    def _expression(self, formula):
        total = magnitude = 0.0
        for first, value in self.expected_blocks(formula):
            total += value.sum()
            magnitude += np.abs(value).sum()
        return np.array([total]), np.array([magnitude])

    def expected_blocks(self, formula):
        blocks = zip(*(_blocks(np.load(path, mmap_mode="r")) for path in self.expression_inputs()))
        return ((parts[0][0], formulas.compute(formula, *(block for _, block in parts))) for parts in blocks)

    def normalized_blocks(self):
        mean, std, _, _ = self.of("columns")[0]
        return ((first, (block - mean) / std) for first, block in _blocks(self.x))


def _exactly(counts):
    """Whole numbers: any difference is at least 1."""
    return np.asarray(counts, "float64")[None], np.ones((1, len(counts)))


def _nothing_else(values):
    """Where any difference is wrong, however small."""
    return values, np.zeros(values.shape)


def _statistics(mean, std, least, greatest):
    spread = std + np.abs(mean) * np.finfo("float32").eps
    scales = np.stack([spread, std, spread, spread])
    return np.stack([mean, std, np.asarray(least, "float64"), np.asarray(greatest, "float64")]), scales


def answer(path, reference, tolerance):
    """The largest error of an answer file."""
    expected, scale = reference
    got = np.load(path)
    if got.size != expected.size:
        raise Failed(f"wrong answer: {got.shape} values, expected {expected.shape}")
    return _within(_largest(got.reshape(expected.shape), expected, scale), tolerance)


def stored(read, expected_blocks, number, tolerance):
    """The largest error of an array that was written: all of it on the first run, every eighth block on later ones."""
    error = 0.0
    for block, (first, expected) in enumerate(expected_blocks):
        if number == 0 or (block + number) % 8 == 0:
            got = read(first, first + len(expected))
            if got.shape != expected.shape:
                raise Failed(f"wrong answer: rows of shape {got.shape}, expected {expected.shape}")
            error = max(error, _largest(got, expected, np.abs(expected) + 1))
    return _within(error, tolerance)


def _largest(got, expected, scale):
    wrong = np.abs(got.astype("float64") - expected) / np.maximum(scale, np.finfo("float64").tiny)
    # NaN is no answer here: the data has none.
    return float(np.max(np.where(np.isnan(wrong), np.inf, np.where(got == expected, 0, wrong)), initial=0))


def _within(error, tolerance):
    if not error <= tolerance:
        raise Failed(f"wrong answer: an error of {error:.1e}, at most {tolerance:.0e} is allowed")
    return error
