"""NumPy by hand: row blocks of 1 MiB that stay in the cache, float64 accumulators, one pass; on one or all threads."""
import builtins
import concurrent.futures
import os

import numpy as np

from . import formulas
from .accumulate import Columns, Overall, column_sum, row_statistics
from .accumulate_nan import ColumnsWithoutNaN
from .archive import member

BLOCK_BYTES = 1 << 20
# Distinct values of several blocks that are held until they are joined.
MOST_HELD = 1 << 20
threads = 1


def use(variant):
    global threads
    threads = 1 if variant == "1" else os.cpu_count() or 1


def open(path, form):
    return _stored_member(path) if form == "npz" else np.load(path, mmap_mode="r")


def _stored_member(path):
    """A stored member lies in the archive as it is."""
    archive, _, start = member(path)
    with builtins.open(archive, "rb") as file:
        file.seek(start)
        np.lib.format.read_magic(file)
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
        return np.memmap(archive, dtype, "r", file.tell(), shape, "F" if fortran else "C")


def blocks(count, row_bytes, block_bytes=BLOCK_BYTES):
    """For each thread, the blocks of rows of its stretch of the array."""
    height = max(1, block_bytes // row_bytes)
    edges = [count * part // threads for part in range(threads + 1)]
    return [[(row, min(row + height, last)) for row in range(first, last, height)] for first, last in zip(edges, edges[1:])]


def over(x, body):
    """`body(ranges)` for each thread's ranges of rows."""
    parts = blocks(len(x), x.nbytes // len(x))
    if threads == 1:
        return [body(parts[0])]
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        return list(pool.map(body, parts))


def _accumulated(x, kind):
    def body(ranges):
        total = kind()
        for first, last in ranges:
            total.add(x[first:last])
        return total

    return kind.merged(over(x, body))


def columns(x):
    return _accumulated(x, Columns)


def overall(x):
    return _accumulated(x, Overall)


def rows(x):
    out = np.empty((4, len(x)))

    def body(ranges):
        for first, last in ranges:
            out[:, first:last] = row_statistics(x[first:last])

    over(x, body)
    return out


def columns_sum(x):
    return [sum(over(x, lambda ranges: sum(column_sum(x[a:b]) for a, b in ranges)))]


def columns_nan(x):
    return _accumulated(x, ColumnsWithoutNaN)


def columns_argmax(x):
    """The best of each block, then the best of all; the first wins."""
    def body(ranges):
        best, place = x[ranges[0][0]].copy(), np.full(x.shape[1], ranges[0][0])
        for first, last in ranges:
            block = x[first:last]
            values = block.max(axis=0)
            better = np.flatnonzero(values > best)
            if len(better):
                place[better] = first + block[:, better].argmax(axis=0)
                best[better] = values[better]
        return best, place

    values, places = (np.stack(each) for each in zip(*over(x, body)))
    return [np.take_along_axis(places, values.argmax(axis=0)[None], axis=0)[0]]


def histogram(x):
    """Bins of equal width by a multiplication, counted by bincount."""
    count, least, greatest = formulas.HISTOGRAM
    factor = np.float32(count / (greatest - least))

    def body(ranges):
        total = np.zeros(count, int)
        for first, last in ranges:
            block = x[first:last].reshape(-1)
            inside = block[(block >= least) & (block <= greatest)]
            bins = ((inside - np.float32(least)) * factor).astype("int32")
            total += np.bincount(np.minimum(bins, count - 1), minlength=count)
        return total

    return [sum(over(x, body))]


def unique_counts(x):
    """The distinct values of each block, which is sorted in the cache, joined whenever there are many."""
    def joined(parts):
        values, counts = (np.concatenate(each) for each in zip(*parts))
        values, places = np.unique(values, return_inverse=True)
        return values, np.bincount(places, counts, len(values)).astype("int64")

    def body(ranges):
        parts, held = [], 0
        for first, last in ranges:
            parts.append(np.unique(x[first:last], return_counts=True))
            held += len(parts[-1][0])
            if held > MOST_HELD:
                parts = [joined(parts)]
                held = len(parts[0][0])
        return joined(parts)

    return joined(over(x, body))


unique_codes = unique_counts


def unique_gaussian(x):
    """Each thread sorts its part; a stable sort then merges what is sorted."""
    def distinct(values):
        is_new = np.ones(len(values), bool)
        np.not_equal(values[1:], values[:-1], out=is_new[1:])
        return values[is_new]

    def body(ranges):
        values = np.array(x[ranges[0][0]:ranges[-1][1]]).reshape(-1)
        values.sort()
        return distinct(values)

    parts = over(x, body)
    values = parts[0] if len(parts) == 1 else distinct(np.sort(np.concatenate(parts), kind="stable"))
    return formulas.sample(values)


def masked_rows(x, mask):
    """Room for all, which threads fill block by block."""
    ends = np.concatenate([[0], np.cumsum(mask)])
    out = np.empty((ends[-1], *x.shape[1:]), x.dtype)

    def body(ranges):
        for first, last in ranges:
            rows = np.flatnonzero(mask[first:last])
            np.take(x[first:last], rows, axis=0, out=out[ends[first]:ends[last]], mode="clip")

    over(x, body)
    return out


def columns_median(x):
    """Sixteen columns at a time, turned over so that each is contiguous."""
    out = np.empty(x.shape[1])

    def body(starts):
        for first in starts:
            out[first:first + 16] = np.median(np.ascontiguousarray(x[:, first:first + 16].T), axis=1, overwrite_input=True)

    starts = range(0, x.shape[1], 16)
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        list(pool.map(body, [starts[part::threads] for part in range(threads)]))
    return [out]


def overall_median(x):
    return [np.median(np.array(x).reshape(-1), overwrite_input=True)]


def _evaluate(arrays, formula, take):
    a = arrays[0]

    def body(ranges):
        shape = (max(last - first for first, last in ranges), *a.shape[1:])
        out, other = np.empty(shape, a.dtype), np.empty(shape, a.dtype)
        return [
            take(first, last, formulas.compute_in_place(
                formula, *(x[first:last] for x in arrays), out[:last - first], other[:last - first]))
            for first, last in ranges]

    return over(a, body)


def expression(arrays, formula):
    return [sum(sum(part) for part in _evaluate(arrays, formula, lambda _, __, value: value.sum(dtype="float64")))]


def expression_stored(arrays, formula, path):
    out = np.lib.format.open_memmap(path, "w+", arrays[0].dtype, arrays[0].shape)

    def take(first, last, value):
        out[first:last] = value

    _evaluate(arrays, formula, take)


def normalize(x, path, form):
    mean, std, _, _ = columns(x)
    mean, factor = mean.astype("float32"), (1 / std).astype("float32")
    out = np.lib.format.open_memmap(path, "w+", x.dtype, x.shape)

    def body(ranges):
        for first, last in ranges:
            part = out[first:last]
            np.subtract(x[first:last], mean, out=part)
            part *= factor

    over(x, body)
