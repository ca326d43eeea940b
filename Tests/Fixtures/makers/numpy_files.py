"""`.npy` files as NumPy writes them: every dtype, byte order, memory order, header version and rank."""
import numpy as np
from numpy.lib import format as npy

from .catalogue import numbers

PRODUCER = f"numpy {np.__version__}"
DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
]
SHAPES = {"0d": (), "1d": (37,), "3d": (3, 4, 5), "5d": (2, 3, 1, 4, 2), "empty": (0, 5), "empty-last": (4, 0)}


def make(catalogue):
    for dtype in DTYPES:
        _one(catalogue, f"{dtype}", dtype, (5, 9))
        if np.dtype(dtype).itemsize > 1:
            _one(catalogue, f"{dtype}-big", np.dtype(dtype).newbyteorder(">"), (5, 9))
    for name, shape in SHAPES.items():
        _one(catalogue, f"float32-{name}", "float32", shape)
        _one(catalogue, f"int16-{name}-fortran", "int16", shape, order="F")
    for dtype in ["bool", ">f8", "complex64"]:
        _one(catalogue, f"{np.dtype(dtype).name}-fortran", dtype, (7, 6), order="F")
    for version in [(1, 0), (2, 0), (3, 0)]:
        _one(catalogue, f"version-{version[0]}", "uint16", (4, 11), version=version)
    _one(catalogue, "version-2-fortran-big", ">i4", (4, 3, 2), order="F", version=(2, 0))
    _python2_longs(catalogue)
    _refused(catalogue)


def _one(catalogue, name, dtype, shape, order="C", version=None):
    values = np.asarray(numbers(name, dtype, shape), order=order)
    path = f"npy/{name}.npy"
    with open(catalogue.place(path), "wb") as file:
        npy.write_array(file, values, version=version)
    catalogue.add(path, "npy", PRODUCER, values, [str(np.dtype(dtype).str), order, *(["version"] if version else [])])


def _python2_longs(catalogue):
    """Python 2 wrote `(3L, 4L)` and no alignment beyond 16 bytes; NumPy still reads that."""
    values = numbers("python2", "<f8", (3, 4))
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (3L, 4L), }"
    header += b" " * (-(10 + len(header) + 1) % 16) + b"\n"
    path = "npy/python2-longs.npy"
    with open(catalogue.place(path), "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + values.tobytes())
    assert np.array_equal(np.load(catalogue.place(path)).view("<u8"), values.view("<u8"))
    catalogue.add(path, "npy", "by hand, as Python 2 did", values, ["<f8", "C", "python2"])


def _refused(catalogue):
    pair = np.dtype([("a", "<i4"), ("b", "<f8")])
    named = np.dtype([("größe", "<f4")])
    cases = {
        "object": (np.array([{"a": 1}, None], dtype=object), "object", ["object", "pickle"], "either"),
        "structured": (np.zeros(3, dtype=pair), "structured", ["structured"], "describes"),
        "structured-unicode-v3": (np.ones(2, dtype=named), "structured", ["structured"], "describes"),
        "bytes": (np.array([b"one", b"three"]), "string", ["string"], "describes"),
        "unicode": (np.array(["eins", "zwei"]), "string", ["string"], "describes"),
        "datetime": (np.array(["2020-01-01"], dtype="<M8[ns]"), "datetime", ["date", "time"], "describes"),
        "timedelta": (np.array([5], dtype="<m8[s]"), "datetime", ["date", "time"], "describes"),
        "void": (np.zeros(2, dtype="V6"), "dtype", ["V6"], "either"),
        "longdouble": (np.zeros(2, dtype=np.longdouble), "dtype", ["f16", "float128", "longdouble"], "either"),
    }
    for name, (values, reason, names, info) in cases.items():
        path = f"npy/refused-{name}.npy"
        with open(catalogue.place(path), "wb") as file:
            npy.write_array(file, values, version=(3, 0) if "v3" in name else None)
        catalogue.refuse(path, "npy", PRODUCER, reason, names, info)
