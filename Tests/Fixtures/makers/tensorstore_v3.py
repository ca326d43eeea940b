"""Zarr v3 by TensorStore: sharded with its own choice of index place, transposed, and bfloat16."""
from importlib.metadata import version

import ml_dtypes
import numpy as np
import tensorstore as ts

from .catalogue import numbers, smooth

PRODUCER = f"tensorstore {version('tensorstore')}"


def make(catalogue):
    blosc = {"name": "blosc", "configuration": {"cname": "lz4", "clevel": 5, "shuffle": "shuffle"}}
    bit = {"name": "blosc", "configuration": {"cname": "lz4", "clevel": 9, "shuffle": "bitshuffle", "blocksize": 512}}
    little = {"name": "bytes", "configuration": {"endian": "little"}}
    big = {"name": "bytes", "configuration": {"endian": "big"}}
    transpose = {"name": "transpose", "configuration": {"order": [1, 0]}}
    gzip = {"name": "gzip", "configuration": {"level": 5}}
    zstd = {"name": "zstd", "configuration": {"level": 3}}
    crc = {"name": "crc32c"}
    for dtype in ["float32", "int8", "uint64", "float16", "complex64", "bool"]:
        save(catalogue, f"sharded-lz4-{dtype}", dtype, [little, blosc], sharded=True)
    save(catalogue, "sharded-lz4-bitshuffle", "int32", [little, bit], sharded=True)
    save(catalogue, "sharded-transpose", "float64", [transpose, little, blosc], sharded=True)
    save(catalogue, "sharded-gzip-crc32c", "int16", [big, gzip, crc], sharded=True)
    save(catalogue, "sharded-zstd", "uint32", [little, zstd], sharded=True)
    save(catalogue, "sharded-index-start", "int32", [little], sharded=True, location="start")
    save(catalogue, "transpose-big", "int32", [transpose, big])
    save(catalogue, "plain", "float32", [little])
    bfloat16 = ml_dtypes.bfloat16
    save(catalogue, "bfloat16", bfloat16, [little])
    save(catalogue, "bfloat16-big", bfloat16, [big])
    save(catalogue, "bfloat16-sharded-lz4", bfloat16, [little, blosc], sharded=True)
    for name, dtype, fill in [
        ("nan", "float32", "NaN"), ("half", "float16", 1.5), ("bfloat16", bfloat16, "Infinity"),
        ("complex", "complex128", [1.5, "NaN"]), ("payload", "float32", "0x7fc0beef"),
    ]:
        _filled(catalogue, f"fill-{name}", dtype, fill)


def save(catalogue, name, dtype, codecs, sharded=False, location="end", shape=(26, 19), chunks=(6, 8)):
    dtype = np.dtype(dtype)
    values = _values(name, dtype, shape)
    outer = [2 * n for n in chunks] if sharded else list(chunks)
    if sharded:
        index = [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}]
        codecs = [{"name": "sharding_indexed", "configuration": {
            "chunk_shape": list(chunks), "codecs": codecs, "index_codecs": index, "index_location": location}}]
    path = f"tensorstore/{name}.zarr"
    store = _create(catalogue, path, dtype, shape, outer, codecs, None)
    store.write(values).result()
    catalogue.add(path, "zarr3", PRODUCER, values, ["sharded"] if sharded else [])


def _values(name, dtype, shape):
    if dtype == ml_dtypes.bfloat16:
        return numbers(name, "uint16", shape).view(ml_dtypes.bfloat16)
    return numbers(name, dtype, shape) if dtype.kind in "bf" else smooth(name, dtype, shape)


def _create(catalogue, path, dtype, shape, chunks, codecs, fill):
    metadata = {
        "shape": list(shape), "data_type": dtype.name,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunks)}},
        "codecs": codecs,
    }
    if fill is not None:
        metadata["fill_value"] = fill
    spec = {"driver": "zarr3", "kvstore": {"driver": "file", "path": catalogue.place(path) + "/"}, "metadata": metadata}
    return ts.open(spec, create=True).result()


def _filled(catalogue, name, dtype, fill):
    """One chunk of six is written: TensorStore says in its metadata, and in its own words, what the rest is."""
    path, dtype = f"tensorstore/{name}.zarr", np.dtype(dtype)
    little = {"name": "bytes", "configuration": {"endian": "little"}}
    store = _create(catalogue, path, dtype, (7, 5), (4, 2), [little], fill)
    store[:4, :2].write(np.ones((4, 2), dtype=dtype)).result()
    catalogue.add(path, "zarr3", PRODUCER, store.read().result(), ["fill value"])
