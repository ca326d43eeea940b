"""Zarr v2 by TensorStore: both orders, both separators, its compressors, big endian, no fill value."""
import ml_dtypes
import numcodecs
import numpy as np
import tensorstore as ts
import zarr

from .catalogue import numbers, smooth
from .tensorstore_v3 import PRODUCER

COMPRESSORS = {
    "none": None, "zlib": {"id": "zlib", "level": 5}, "gzip": {"id": "gzip", "level": 5},
    "zstd": {"id": "zstd", "level": 3}, "bz2": {"id": "bz2", "level": 1},
    "blosc-lz4": {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1},
    "blosc-zstd-bit": {"id": "blosc", "cname": "zstd", "clevel": 5, "shuffle": 2},
    "blosc-auto": {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": -1},
    "blosc-snappy": {"id": "blosc", "cname": "snappy", "clevel": 5, "shuffle": 1},
}
REFUSED = {"bz2", "blosc-snappy"}


def make(catalogue):
    for name, compressor in COMPRESSORS.items():
        for order, separator in [("C", "."), ("F", "/")]:
            _save(catalogue, f"v2-{name}-{order.lower()}", "<i4", compressor, order, separator, name in REFUSED)
    dtypes = {
        "float32-big": ">f4", "int16-big": ">i2", "uint64-big": ">u8", "complex64-big": ">c8", "float64-big": ">f8",
        "bool": "|b1", "uint8": "|u1", "float16": "<f2", "bfloat16": "bfloat16",
    }
    for name, dtype in dtypes.items():
        _save(catalogue, f"v2-dtype-{name}", dtype, COMPRESSORS["blosc-lz4"])
    _three_axes(catalogue)
    _lz4(catalogue)


def _save(catalogue, name, dtype, compressor, order="C", separator=".", refused=False):
    path = f"tensorstore/{name}.zarr"
    metadata = {
        "zarr_format": 2, "shape": [26, 19], "chunks": [12, 8], "dtype": dtype, "compressor": compressor,
        "order": order, "dimension_separator": separator, "fill_value": None, "filters": None,
    }
    store = _open(catalogue, path, metadata)
    values = _values(name, dtype, (26, 19))
    # The last columns stay unwritten: with `fill_value: null` TensorStore reads zeros there.
    store[:, :16].write(values[:, :16]).result()
    if refused:
        catalogue.refuse(path, "zarr2", PRODUCER, "codec", [compressor.get("cname", compressor["id"])])
    else:
        catalogue.add(path, "zarr2", PRODUCER, store.read().result(), ["v2", order, separator, "fill null"])


def _values(name, dtype, shape):
    if dtype == "bfloat16":
        return smooth(name, ml_dtypes.bfloat16, shape)
    native = np.dtype(dtype).newbyteorder("=")
    return numbers(name, native, shape) if native.kind in "bf" else smooth(name, native, shape)


def _open(catalogue, path, metadata):
    kvstore = {"driver": "file", "path": catalogue.place(path) + "/"}
    return ts.open({"driver": "zarr", "kvstore": kvstore, "metadata": metadata}, create=True).result()


def _three_axes(catalogue):
    for order in "CF":
        name = f"v2-3d-{order.lower()}"
        values = smooth(name, "int16", (7, 5, 6))
        metadata = {
            "zarr_format": 2, "shape": [7, 5, 6], "chunks": [3, 2, 4], "dtype": ">i2", "order": order,
            "compressor": COMPRESSORS["zlib"], "dimension_separator": "/", "fill_value": 9, "filters": None,
        }
        path = f"tensorstore/{name}.zarr"
        _open(catalogue, path, metadata).write(values).result()
        catalogue.add(path, "zarr2", PRODUCER, values, ["v2", order, "/"])


def _lz4(catalogue):
    """TensorStore has no numcodecs `lz4`; zarr-python writes this one."""
    producer = f"zarr-python {zarr.__version__}, numcodecs {numcodecs.__version__}"
    for order in "CF":
        path = f"zarr-python/v2-lz4-{order.lower()}.zarr"
        values = smooth(path, "<i4", (26, 19))
        array = zarr.create_array(
            catalogue.place(path), shape=values.shape, dtype="<i4", chunks=(12, 8), order=order, zarr_format=2,
            compressors=numcodecs.LZ4(), fill_value=None, chunk_key_encoding={"name": "v2", "separator": "/"})
        array[...] = values
        catalogue.add(path, "zarr2", producer, values, ["v2", order, "/"])
