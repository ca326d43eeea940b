"""h5py with the LZ4 filter of hdf5plugin, byte shuffle before it; its chunk cache as it comes, or --peer-cache."""
import os

import h5py
import hdf5plugin
import numpy as np

CACHE_BYTES = int(os.environ.get("TESSERA_BENCH_PEER_CACHE", "0"))
CACHE = dict(rdcc_nbytes=CACHE_BYTES, rdcc_nslots=100_003) if CACHE_BYTES else {}


def write(values, store, codec, chunks, shards):
    options = dict(shuffle=True, **hdf5plugin.LZ4()) if codec == "lz4" else {}
    with h5py.File(store, "w") as file:
        target = file.create_dataset("x", values.shape, values.dtype, chunks=chunks, **options)
        for first in range(0, values.shape[0], shards[0]):
            last = min(first + shards[0], values.shape[0])
            target[first:last] = values[first:last]


def open(store):
    return h5py.File(store, "r", **CACHE)["x"]


def read_rows(array, first, last):
    return array[first:last]


def read_box(array, first, last, left, right):
    return array[first:last, left:right]


def gather(array, rows):
    # One row at a time in sorted order: h5py's own list selection is slower, and its chunk cache does the rest.
    out = np.empty((len(rows), array.shape[1]), dtype=array.dtype)
    for place in np.argsort(rows, kind="stable"):
        array.read_direct(out, np.s_[int(rows[place])], np.s_[int(place)])
    return out
