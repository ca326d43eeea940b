"""zarr-python, with its own codecs or zarrs, read in blocks by hand; NumPy computes as an expert would."""
import numpy as np

import benchmarks.peer_zarr as stores

from .accumulate import Columns, Overall, column_sum, row_statistics
from .blocked import open as open_npy
from .masked import masked

BLOCK_ROWS, CHUNK_ROWS, SHARD_ROWS = 4096, 256, 16384
use = stores.use


def open(path, form):
    return open_npy(path, form) if form == "npy" else stores.open(path)


def _blocks(x):
    for first in range(0, x.shape[0], BLOCK_ROWS):
        block = x[first:first + BLOCK_ROWS]
        # Pieces that stay in the cache while they are computed with.
        for piece in range(0, len(block), CHUNK_ROWS):
            yield first + piece, block[piece:piece + CHUNK_ROWS]


def _accumulated(x, total):
    for _, block in _blocks(x):
        total.add(block)
    return total.finish()


def columns(x):
    return _accumulated(x, Columns())


def overall(x):
    return _accumulated(x, Overall())


def rows(x):
    out = np.empty((4, x.shape[0]))
    for first, block in _blocks(x):
        out[:, first:first + len(block)] = row_statistics(block)
    return out


def columns_sum(x):
    return [sum(column_sum(block) for _, block in _blocks(x))]


def masked_rows(x, mask):
    return masked(x, lambda first, last: x[first:last], mask)


def normalize(x, path, form):
    mean, std, _, _ = columns(x)
    mean, factor = mean.astype("float32"), (1 / std).astype("float32")
    store = stores.zarr.create_array(
        path, shape=x.shape, dtype=x.dtype, chunks=(CHUNK_ROWS, x.shape[1]), shards=(SHARD_ROWS, x.shape[1]),
        compressors=None, fill_value=0)
    for first in range(0, x.shape[0], SHARD_ROWS):
        store[first:first + SHARD_ROWS] = (x[first:first + SHARD_ROWS] - mean) * factor
