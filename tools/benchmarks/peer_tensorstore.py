"""TensorStore's zarr3 driver; without a chunk cache, as it comes, or with --peer-cache."""
import os

import tensorstore

CACHE_BYTES = int(os.environ.get("TESSERA_BENCH_PEER_CACHE", "0"))


def write(values, store, codec, chunks, shards):
    inner = [{"name": "bytes", "configuration": {"endian": "little"}}]
    if codec == "lz4":
        inner.append({"name": "blosc", "configuration": {
            "cname": "lz4", "clevel": 5, "shuffle": "shuffle", "typesize": values.itemsize}})
    sharding = {"name": "sharding_indexed", "configuration": {"chunk_shape": list(chunks), "codecs": inner}}
    metadata = {
        "shape": list(values.shape), "data_type": values.dtype.name, "codecs": [sharding],
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(shards)}},
    }
    target = tensorstore.open(_spec(store) | {"metadata": metadata}, create=True).result()
    # A shard's rows at a time: a write of everything at once would hold everything in memory.
    pending = []
    for first in range(0, values.shape[0], shards[0]):
        last = min(first + shards[0], values.shape[0])
        pending.append(target[first:last].write(values[first:last]))
        if len(pending) == 4:
            pending.pop(0).result()
    for write_ in pending:
        write_.result()


def open(store):
    pool = tensorstore.Context({"cache_pool": {"total_bytes_limit": CACHE_BYTES}})
    return tensorstore.open(_spec(store), read=True, context=pool).result()


def _spec(store):
    return {"driver": "zarr3", "kvstore": {"driver": "file", "path": f"{store}/"}}


def read_rows(array, first, last):
    return array[first:last].read().result()


def read_box(array, first, last, left, right):
    return array[first:last, left:right].read().result()


def gather(array, rows):
    return array[rows].read().result()
