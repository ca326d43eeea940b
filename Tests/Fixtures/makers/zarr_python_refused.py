"""Valid Zarr that Tessera does not read, and metadata that no reader may accept: each is refused by name."""
import json
import pathlib

import numcodecs
import numpy as np
import zarr
from zarr import codecs

from .catalogue import smooth
from .zarr_python_codecs import LITTLE, PRODUCER


def make(catalogue):
    _codecs(catalogue)
    _dtypes(catalogue)
    _version2(catalogue)
    _metadata(catalogue)


def _array(catalogue, path, values, chain):
    array = zarr.create_array(
        catalogue.place(path), shape=values.shape, dtype=values.dtype, chunks=(8, 10), serializer=chain[0],
        compressors=chain[1:] or None, fill_value=0)
    array[...] = values


def _codecs(catalogue):
    values = smooth("refused", "int32", (16, 20))
    chains = {
        "blosclz": ([LITTLE, codecs.BloscCodec(cname="blosclz", typesize=4)], ["blosclz"]),
        "lzma": ([LITTLE, codecs.LZMA()], ["numcodecs.lzma"]),
        "bz2": ([LITTLE, codecs.BZ2()], ["numcodecs.bz2"]),
        "adler32": ([LITTLE, codecs.Adler32()], ["numcodecs.adler32"]),
    }
    for name, (chain, names) in chains.items():
        path = f"zarr-python/refused-codec-{name}.zarr"
        _array(catalogue, path, values, chain)
        catalogue.refuse(path, "zarr3", PRODUCER, "codec", names)


def _dtypes(catalogue):
    cases = {
        "string": (np.array(["a", "bc"]), "string", ["string", "fixed_length_utf32"]),
        "datetime": (np.array(["2020-01-01"], dtype="<M8[ns]"), "datetime", ["date", "time"]),
        "structured": (np.zeros(3, dtype=[("a", "<i4"), ("b", "<f8")]), "structured", ["struct"]),
    }
    for name, (values, reason, names) in cases.items():
        path = f"zarr-python/refused-dtype-{name}.zarr"
        array = zarr.create_array(catalogue.place(path), shape=values.shape, dtype=values.dtype, compressors=None)
        array[...] = values
        catalogue.refuse(path, "zarr3", PRODUCER, reason, names, "describes")


def _version2(catalogue):
    values = smooth("refused-v2", "int32", (16, 20))
    cases = {
        "filter": (dict(filters=[numcodecs.Delta(dtype="<i4")], compressors=None), ["delta", "filter"]),
        "lzma": (dict(compressors=numcodecs.LZMA()), ["lzma"]),
        "blosclz": (dict(compressors=numcodecs.Blosc(cname="blosclz")), ["blosclz"]),
    }
    for name, (options, names) in cases.items():
        path = f"zarr-python/refused-v2-{name}.zarr"
        array = zarr.create_array(
            catalogue.place(path), shape=values.shape, dtype="<i4", chunks=(8, 10), zarr_format=2, **options)
        array[...] = values
        catalogue.refuse(path, "zarr2", PRODUCER, "codec", names)
    records = np.zeros(4, dtype=[("x", "<f4"), ("y", "<f4")])
    path = "zarr-python/refused-v2-structured.zarr"
    array = zarr.create_array(
        catalogue.place(path), shape=(4,), dtype=records.dtype, chunks=(2,), zarr_format=2, compressors=None)
    array[...] = records
    catalogue.refuse(path, "zarr2", PRODUCER, "structured", ["struct"], "describes")


def _metadata(catalogue):
    """Edits of a good store: what must be understood and is not, and what may be passed over."""
    values = smooth("metadata", "int32", (16, 20))
    edits = {
        "unknown-field": ({"velocity": {"name": "warp"}}, ["velocity"]),
        "unknown-grid": ({"chunk_grid": {"name": "spiral", "configuration": {}}}, ["spiral"]),
        "unknown-keys": ({"chunk_key_encoding": {"name": "roman"}}, ["roman"]),
        "unknown-version": ({"zarr_format": 4}, ["zarr_format", "4"]),
        "zero-chunk": ({"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [0, 10]}}}, ["chunk"]),
        "negative-shape": ({"shape": [-16, 20]}, ["shape", "-16"]),
        "huge-shape": ({"shape": [2**40, 2**40]}, ["shape", "overflow", "large", "1099511627776"]),
        "rank": ({"shape": [16, 20, 2]}, ["chunk", "rank", "dimension"]),
        "storage-transformer": ({"storage_transformers": [{"name": "scramble"}]}, ["storage_transformers", "scramble"]),
        "may-be-ignored": ({"velocity": {"name": "warp", "must_understand": False}}, None),
    }
    for name, (edit, names) in edits.items():
        path = f"zarr-python/metadata-{name}.zarr"
        _array(catalogue, path, values, [LITTLE])
        metadata = pathlib.Path(catalogue.place(path)) / "zarr.json"
        metadata.write_text(json.dumps(json.loads(metadata.read_text()) | edit, indent=2))
        producer = f"{PRODUCER}; {', '.join(edit)} edited"
        if names is None:
            catalogue.add(path, "zarr3", producer, values, ["must_understand"])
        else:
            catalogue.refuse(path, "zarr3", producer, "metadata", names)
