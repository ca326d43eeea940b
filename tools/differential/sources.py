"""Arrays stored in every form that is read, each as one step of a job."""
import pathlib

import numpy as np
import zarr
from zarr.codecs import BloscCodec, BytesCodec, Crc32cCodec, GzipCodec, ZstdCodec

from values import BFLOAT16

FORMS = ["npy", "npy-fortran", "npy-big-endian", "npz", "npz-deflate", "zarr", "zarr-shards", "zarr-2", "memory"]
WEIGHTS = np.array([3, 2, 1, 1, 1, 4, 3, 1, 4], dtype=float)


def random_form(rng) -> str:
    return str(rng.choice(FORMS, p=WEIGHTS / WEIGHTS.sum()))


def store(array: np.ndarray, form: str, path: pathlib.Path, rng) -> dict:
    """Writes the array; the step that opens it, without its number."""
    if array.dtype == BFLOAT16:  # no .npy has it; the values are float32's
        array, form = array.astype(np.float32), "npy" if form != "memory" else form
    if form.startswith("npz"):
        (np.savez_compressed if form == "npz-deflate" else np.savez)(path.with_suffix(".npz"), x=array)
        return {"op": "open", "path": f"{path}.npz/x"}
    if form.startswith("zarr"):
        write_zarr(array, form, path.with_suffix(".zarr"), rng)
        return {"op": "open", "path": f"{path}.zarr"}
    if form == "npy-fortran" and array.ndim > 1:  # of a scalar NumPy would make an axis
        array = np.asfortranarray(array)
    elif form == "npy-big-endian":
        array = array.astype(array.dtype.newbyteorder(">"))
    np.save(path.with_suffix(".npy"), array)
    return {"op": "memory" if form == "memory" else "open", "path": f"{path}.npy"}


def write_zarr(array, form, path, rng):
    # Odd chunks: they need not divide the axes, and may be larger.
    chunks = tuple(int(rng.integers(1, length + 2)) for length in array.shape)
    if array.size > 100_000:
        chunks = tuple(max(1, length // int(rng.integers(1, 5)) + int(rng.integers(0, 2))) for length in array.shape)
    while np.prod([-(-length // own) for length, own in zip(array.shape, chunks)], dtype=float) > 500:
        chunks = tuple(2 * length for length in chunks)  # so many files take long, and tell nothing new
    options = {"chunks": chunks, "shape": array.shape, "dtype": array.dtype}
    if form == "zarr-2":
        options |= {"zarr_format": 2, "order": str(rng.choice(["C", "F"]))}
    else:
        blosc = BloscCodec(cname=str(rng.choice(["lz4", "zstd"])), shuffle=str(rng.choice(["shuffle", "noshuffle"])))
        compressors = [None, blosc, ZstdCodec(level=1), GzipCodec(level=1), [ZstdCodec(level=1), Crc32cCodec()]]
        options["compressors"] = compressors[rng.integers(len(compressors))]
        options["filters"] = None
        if array.dtype.itemsize > 1 and array.dtype.kind != "b":
            options["serializer"] = BytesCodec(endian=str(rng.choice(["little", "big"], p=[0.8, 0.2])))
        if form == "zarr-shards" and array.ndim:  # zarr-python does not read its own shards of scalars
            options["shards"] = tuple(length * int(rng.integers(1, 4)) for length in chunks)
    target = zarr.create_array(store=str(path), **options)
    target[...] = array
