"""The list of fixtures, and the seeded numbers that fill them.

An entry of `index.json`:

    path       what the command line is given, relative to this folder; archive and group members as `a.npz/x`
    kind       npy, npz, zarr2 or zarr3
    producer   name and version of the software that wrote it, and what was edited by hand, if anything
    features   words that say what the fixture is there for
    dtype      Tessera's name of the dtype; shape: a list
    expected   the array in C order, little-endian, written by NumPy. bfloat16 is stored as its uint16 bits
    attributes the user's attributes, where there are any

A fixture that must be refused has neither `expected` nor a dtype of ours but

    refused    object, structured, string, datetime, dtype, codec, metadata: why no reader may convert it
    names      words of which the error message holds at least one, in any case
    info       "describes" (info prints it all the same) or "either" (it may refuse as well)
"""
import json
import pathlib
import zlib

import ml_dtypes
import numpy as np


def seed_of(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))


def numbers(name: str, dtype, shape) -> np.ndarray:
    """Seeded elements: half of them small and compressible, half any bits (NaN payloads, extremes, -0)."""
    dtype, random = np.dtype(dtype), seed_of(name)
    little = dtype.newbyteorder("<")
    count = int(np.prod(shape, dtype=np.int64))
    if dtype.kind == "b":
        return random.integers(0, 2, shape).astype(dtype)
    anything = np.frombuffer(random.bytes(count * dtype.itemsize), dtype=little)
    small = random.integers(0, 10, count).astype(little)
    either = np.where(np.arange(count) // 16 % 2 == 0, small, anything)
    return either.reshape(shape).astype(dtype, copy=False)


def smooth(name: str, dtype, shape) -> np.ndarray:
    """Seeded elements that compress: a slow ramp with a little noise."""
    random = seed_of(name)
    count = int(np.prod(shape, dtype=np.int64))
    ramp = np.arange(count) // 3 % 117 + random.integers(0, 3, count)
    return ramp.astype(dtype).reshape(shape)


def tessera_name(dtype: np.dtype) -> str:
    return "bfloat16" if dtype == ml_dtypes.bfloat16 else dtype.newbyteorder("=").name


class Catalogue:
    def __init__(self, root: pathlib.Path):
        self.root = root
        self.entries: list[dict] = []

    def place(self, path: str) -> str:
        """The absolute path of a fixture, with its folder made."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        return str(target)

    def add(self, path, kind, producer, values, features=(), attributes=None):
        """Lists a fixture that holds `values`, and writes what a reader must get from it."""
        values = np.asarray(values)
        outer, _, member = path.partition(".npz/") if ".npz/" in path else path.partition(".zarr/")
        expected = f"{path}.expected.npy" if not member else f"{path.replace('/', '@')}.expected.npy"
        if member:
            expected = f"{path[:path.index('/')]}/{expected.split('@', 1)[1]}"
        bits = values.view(np.uint16) if values.dtype == ml_dtypes.bfloat16 else values
        little = np.array(bits, dtype=bits.dtype.newbyteorder("<"), order="C")
        np.save(self.place(expected), little)
        entry = {
            "path": path, "kind": kind, "producer": producer, "features": list(features),
            "dtype": tessera_name(values.dtype), "shape": list(values.shape), "expected": expected,
        }
        if attributes is not None:
            entry["attributes"] = attributes
        self.entries.append(entry)

    def refuse(self, path, kind, producer, reason, names, info="either"):
        """Lists a fixture that no reader of Tessera may convert."""
        self.entries.append({
            "path": path, "kind": kind, "producer": producer, "features": ["refused"],
            "refused": reason, "names": list(names), "info": info,
        })

    def write_index(self):
        lines = ",\n".join("  " + json.dumps(entry) for entry in self.entries)
        (self.root / "index.json").write_text(f"[\n{lines}\n]\n")

    def total_bytes(self) -> int:
        return sum(file.stat().st_size for file in self.root.rglob("*") if file.is_file())
