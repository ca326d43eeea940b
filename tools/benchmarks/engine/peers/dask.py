"""dask.array with threads, over a memmap or a Zarr store."""
import os

import dask
import dask.array as da
import numpy as np
import zarr

from . import formulas

CHUNK_BYTES = 32 << 20
ZARR_CHUNK_ROWS, ZARR_SHARD_ROWS = 256, 16384

dask.config.set(scheduler="threads", num_workers=os.cpu_count() or 1)


class _Lent:
    """A memmap that dask does not recognise as an array in memory: it would copy all of it."""

    def __init__(self, values):
        self.values, self.shape, self.dtype, self.ndim = values, values.shape, values.dtype, values.ndim

    def __getitem__(self, where):
        return np.asarray(self.values[where])


def open(path, form):
    if form != "npy":
        stored = zarr.open_array(path, mode="r")
        return da.from_array(stored, chunks=_chunks(stored.shape, stored.dtype))
    values = np.load(path, mmap_mode="r")
    return da.from_array(_Lent(values), chunks=_chunks(values.shape, values.dtype), name=False)


def _chunks(shape, dtype):
    height = CHUNK_BYTES // (dtype.itemsize * int(np.prod(shape[1:])))
    return (max(ZARR_CHUNK_ROWS, height // ZARR_CHUNK_ROWS * ZARR_CHUNK_ROWS), *shape[1:])


def _statistics(x, axis):
    return dask.compute(x.mean(axis=axis), x.std(axis=axis), x.min(axis=axis), x.max(axis=axis))


def columns(x):
    return _statistics(x, 0)


def rows(x):
    return _statistics(x, 1)


def overall(x):
    return _statistics(x, None)


def columns_sum(x):
    return [x.sum(axis=0).compute()]


def columns_nan(x):
    return dask.compute(da.nanmean(x, axis=0), da.nanstd(x, axis=0), da.nanmin(x, axis=0), da.nanmax(x, axis=0))


def columns_argmax(x):
    return [x.argmax(axis=0).compute()]


def histogram(x):
    count, least, greatest = formulas.HISTOGRAM
    return [da.histogram(x, bins=count, range=(least, greatest))[0].compute()]


def masked_rows(x, mask):
    return x[mask].compute()


def columns_median(x):
    return [da.median(x.rechunk((-1, max(1, x.shape[1] // 16))), axis=0).compute()]


def overall_median(x):
    return [da.median(x.reshape(-1).rechunk(-1), axis=0).compute()]


def expression(arrays, formula):
    return [formulas.compute(formula, *arrays).sum(dtype="float64").compute()]


def _save(value, path):
    out = np.lib.format.open_memmap(path, "w+", value.dtype, value.shape)
    da.store(value, out, lock=False)


def expression_stored(arrays, formula, path):
    _save(formulas.compute(formula, *arrays), path)


def normalize(x, path, form):
    mean, std = dask.compute(x.mean(axis=0, dtype="float64"), x.std(axis=0, dtype="float64"))
    z = (x - mean.astype("float32")) / std.astype("float32")
    if form == "npy":
        return _save(z, path)
    # A chunk of dask's writes whole shards.
    store = zarr.create_array(
        path, shape=x.shape, dtype=x.dtype, chunks=(ZARR_CHUNK_ROWS, x.shape[1]), shards=z.chunksize,
        compressors=None, fill_value=0)
    da.store(z, store, lock=False)
