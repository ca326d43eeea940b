"""Zarr by zarr-python beyond codecs: dtypes, fill values, ranks, key encodings, nesting, groups, v2."""
import json
import pathlib

import numpy as np
import zarr
from zarr import codecs

from .catalogue import numbers, smooth
from .numpy_files import DTYPES
from .zarr_python_codecs import LITTLE, PRODUCER, save

NAN_BITS = {"float16": "0x7e01", "float32": "0x7fc00123", "float64": "0x7ff8000000000abc"}


def make(catalogue):
    for dtype in DTYPES:
        single = np.dtype(dtype).itemsize == 1
        save(catalogue, f"dtype-{dtype}", dtype, [codecs.BytesCodec(endian=None) if single else LITTLE],
             shape=(6, 9), chunks=(2, 4), sharded=True)
    _fill_values(catalogue)
    _layouts(catalogue)
    _keys(catalogue)
    _group(catalogue)
    _version2(catalogue)


def _fill_values(catalogue):
    """Only the first chunk is written, so most elements come from the metadata."""
    cases = {
        "nan-float32": ("float32", float("nan")), "inf-float64": ("float64", float("inf")),
        "minus-inf-float16": ("float16", -float("inf")), "tenth-float32": ("float32", 0.1),
        "minus-zero": ("float64", -0.0), "uint64-max": ("uint64", 2**64 - 1), "int64-min": ("int64", -(2**63)),
        "true": ("bool", True), "complex64": ("complex64", 1.5 - 2j),
        "complex128-nan": ("complex128", complex(float("nan"), -float("inf"))),
    }
    for name, (dtype, value) in cases.items():
        _partly_written(catalogue, f"fill-{name}", dtype, value, sharded=False)
        _partly_written(catalogue, f"fill-{name}-sharded", dtype, value, sharded=True)
    for dtype, bits in NAN_BITS.items():
        _partly_written(catalogue, f"fill-hex-{dtype}", dtype, 0, sharded=True, hex_bits=bits)


def _partly_written(catalogue, name, dtype, value, sharded, hex_bits=None):
    path = f"zarr-python/{name}.zarr"
    array = zarr.create_array(
        catalogue.place(path), shape=(9, 7), dtype=dtype, chunks=(2, 3), shards=(4, 6) if sharded else None,
        fill_value=value, compressors=None)
    part = np.ones((2, 3), dtype=dtype)
    array[:2, :3] = part
    fill, producer = np.array(value, dtype=dtype), PRODUCER
    if hex_bits:
        metadata = pathlib.Path(catalogue.place(path)) / "zarr.json"
        document = json.loads(metadata.read_text()) | {"fill_value": hex_bits}
        metadata.write_text(json.dumps(document, indent=2))
        fill = np.array(int(hex_bits, 16), dtype=f"u{fill.itemsize}").view(dtype)
        producer += "; fill_value edited"
    expected = np.full((9, 7), fill, dtype=dtype)
    expected[:2, :3] = part
    catalogue.add(path, "zarr3", producer, expected, ["fill value"])


def _layouts(catalogue):
    ranks = {
        "0d": ((), ()), "1d": ((1001,), (100,)), "4d": ((3, 4, 5, 6), (2, 3, 2, 5)), "empty": ((0, 4), (2, 2)),
        "one-element": ((1, 1), (1, 1)), "chunk-larger": ((3, 5), (8, 8)),
    }
    for name, (shape, chunks) in ranks.items():
        save(catalogue, f"rank-{name}", "float32", [LITTLE], shape=shape, chunks=chunks)
        if shape:
            save(catalogue, f"rank-{name}-sharded", "float32", [LITTLE], shape=shape, chunks=chunks, sharded=True)
    for location in ["start", "end"]:
        shard = codecs.ShardingCodec(
            chunk_shape=(4, 5), codecs=[LITTLE, codecs.ZstdCodec()], index_location=location)
        save(catalogue, f"index-{location}", "int16", [shard], chunks=(8, 20), shape=(21, 33))
    plain = codecs.ShardingCodec(chunk_shape=(4, 5), codecs=[LITTLE], index_codecs=[LITTLE])
    save(catalogue, "index-without-crc", "int16", [plain], chunks=(8, 20), shape=(21, 33))
    inner = codecs.ShardingCodec(chunk_shape=(2, 5), codecs=[LITTLE, codecs.BloscCodec(typesize=2)])
    nested = codecs.ShardingCodec(chunk_shape=(4, 10), codecs=[inner])
    save(catalogue, "nested-sharding", "int16", [nested], chunks=(8, 20), shape=(21, 33))
    start = codecs.ShardingCodec(chunk_shape=(2, 5), codecs=[LITTLE], index_location="start")
    both = codecs.ShardingCodec(chunk_shape=(4, 10), codecs=[start], index_location="start")
    save(catalogue, "nested-sharding-start", "int16", [both], chunks=(8, 20), shape=(21, 33))


def _keys(catalogue):
    for name, separator in [("default", "."), ("v2", "."), ("v2", "/")]:
        word = "dot" if separator == "." else "slash"
        path = f"zarr-python/keys-{name}-{word}.zarr"
        values = numbers(path, "int32", (5, 6))
        array = zarr.create_array(
            catalogue.place(path), shape=values.shape, dtype="int32", chunks=(2, 4), compressors=None,
            chunk_key_encoding={"name": name, "separator": separator}, dimension_names=("row", None),
            attributes={"unit": "µm", "scale": [1, 2.5, None], "nested": {"deep": True}})
        array[...] = values
        attributes = {"unit": "µm", "scale": [1, 2.5, None], "nested": {"deep": True}}
        catalogue.add(path, "zarr3", PRODUCER, values, ["keys", "attributes"], attributes)
    path = "zarr-python/key-scalar-v2.zarr"
    array = zarr.create_array(
        catalogue.place(path), shape=(), dtype="int32", chunk_key_encoding={"name": "v2", "separator": "."})
    array[...] = 7
    catalogue.add(path, "zarr3", PRODUCER, np.array(7, dtype="int32"), ["keys"])


def _group(catalogue):
    for version in (3, 2):
        path = f"zarr-python/group-v{version}.zarr"
        group = zarr.create_group(catalogue.place(path), zarr_format=version, attributes={"title": "two arrays"})
        members = {
            "features": smooth("features", "float32", (20, 6)), "labels": numbers("labels", "int16", (20,)),
            "deeper/inside": numbers("inside", "uint8", (3, 4)),
        }
        for name, values in members.items():
            array = group.create_array(name, shape=values.shape, dtype=values.dtype, chunks=tuple(
                max(1, n // 2) for n in values.shape))
            array[...] = values
        zarr.consolidate_metadata(catalogue.place(path), zarr_format=version)
        for name, values in members.items():
            catalogue.add(f"{path}/{name}", f"zarr{version}", PRODUCER, values, ["group", "consolidated"])


def _version2(catalogue):
    cases = {
        "c-order": dict(dtype="<f4"), "f-order": dict(dtype="<f4", order="F"), "big": dict(dtype=">i4"),
        "bool": dict(dtype="|b1"), "complex": dict(dtype="<c8"), "half": dict(dtype="<f2"),
        "fill-nan": dict(dtype="<f8", fill_value=float("nan")), "big-f-order": dict(dtype=">c16", order="F"),
    }
    for name, options in cases.items():
        path = f"zarr-python/v2-{name}.zarr"
        values = numbers(path, options["dtype"], (9, 7))
        array = zarr.create_array(
            catalogue.place(path), shape=(9, 7), chunks=(4, 3), zarr_format=2, compressors=None,
            attributes={"from": "zarr-python"}, **{"fill_value": 0} | options)
        array[:8, :6] = values[:8, :6]
        expected = np.full((9, 7), options.get("fill_value", 0), dtype=options["dtype"])
        expected[:8, :6] = values[:8, :6]
        catalogue.add(path, "zarr2", PRODUCER, expected, ["v2"], {"from": "zarr-python"})
