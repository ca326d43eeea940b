"""dask.array with threads over memmaps; OpenBLAS on one thread each, as Dask advises."""
import os

import dask
import dask.array as da
import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.engine.peers.dask import _Lent

dask.config.set(scheduler="threads", num_workers=os.cpu_count() or 1)
threadpool_limits(1)
CHUNK_BYTES = 32 << 20


def open(path):
    return np.load(path, mmap_mode="r")


def _square(values):
    side = int(np.sqrt(CHUNK_BYTES // values.itemsize))
    return da.from_array(_Lent(values), chunks=(side, side), name=False)


def _tall(values):
    height = max(1, CHUNK_BYTES // (values.itemsize * values.shape[1]))
    return da.from_array(_Lent(values), chunks=(height, values.shape[1]), name=False)


def _save(value, path):
    da.store(value, np.lib.format.open_memmap(path, "w+", value.dtype, value.shape), lock=False)


def matmul_square(a, b, path, memory):
    _save(_square(a) @ _square(b), path)


def matmul_tall(x, w, path, memory):
    _save(_tall(x) @ np.array(w), path)


def gram(x, memory):
    x = _tall(x)
    return (x.T @ x).compute()


def cov(x, memory):
    return da.cov(_tall(x), rowvar=False).compute()


def corr(x, memory):
    return da.corrcoef(_tall(x), rowvar=False).compute()


def pca(x, components, memory):
    """Centred, and decomposed by the randomized way with two power iterations."""
    x = _tall(x)
    mean = x.mean(axis=0, dtype="f8").compute().astype("f4")
    _, singular, vectors = da.linalg.svd_compressed(x - mean, components, n_power_iter=2, seed=1)
    singular, vectors = dask.compute(singular, vectors)
    return vectors, singular**2 / (len(x) - 1)
