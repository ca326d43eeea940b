"""Writes print.txt: arrays and what NumPy's `str` makes of them, one array per line.

Fields separated by tabs: dtype, shape, the bytes of the elements that are shown (all of them, or the first
and last three of each longer axis when there are more than 1000), little-endian in hexadecimal, and the
text with its newlines written as backslash n. Made with NumPy 2.4.6.
"""

import pathlib
import warnings

import numpy as np

warnings.simplefilter("ignore")
random = np.random.default_rng(20240608)
SHAPES = [(), (), (1,), (2,), (5,), (7,), (13,), (30,), (0,), (2, 3), (3, 1), (4, 6), (1, 1, 3), (2, 2, 2)]
SHAPES += [(2, 0), (3, 2, 2, 2), (1, 17), (9, 2), (25,), (1, 1, 1, 1, 1, 4)]
BIG = [(1001,), (40, 40), (2, 600), (600, 2), (7, 13, 12), (2000, 1), (1000,), (4, 5, 60)]


def floats(dtype, shape):
    """Values of many kinds: each chooses another notation or width."""
    n = int(np.prod(shape))
    kind = random.integers(0, 12)
    normal = random.standard_normal(n)
    if kind == 0:
        values = random.integers(-9, 10, n).astype(float)
    elif kind == 1:
        values = normal
    elif kind == 2:
        values = normal * 10.0 ** random.integers(-8, 9)
    elif kind == 3:
        values = normal * 10.0 ** random.integers(-3, 4, n)
    elif kind == 4:
        values = 2.0 ** random.integers(-20, 21, n)
    elif kind == 5:
        values = random.integers(0, 2000, n) / 8.0
    elif kind == 6:
        values = np.round(normal, int(random.integers(0, 10)))
    elif kind == 7:
        values = random.choice([1e-4, 9.99e-5, 0.1, 100.0, 1000.0, 999.0, 1e3 + 1, 0.0], n)
    elif kind == 8:
        values = random.choice([1e6, 999999.0, 1e8, 99999999.0, 12345.0, -0.0, 1e5], n)
    elif kind == 9:
        values = random.choice([np.inf, -np.inf, np.nan, 1.0, -2.5, 0.0], n)
    elif kind == 10:
        values = random.choice([np.nan, np.inf], n)
    else:
        bits = random.integers(0, 256, (n, np.dtype(dtype).itemsize), dtype=np.uint8)
        return bits.view(dtype).reshape(shape)
    return values.astype(dtype).reshape(shape)


def array(dtype, shape):
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return random.integers(0, 2, shape).astype(bool)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        low, high = [(info.min, info.max), (0, 9), (max(info.min, -100), 100)][random.integers(0, 3)]
        return random.integers(low, high, shape, dtype=dtype, endpoint=True)
    if dtype.kind == "f":
        return floats(dtype, shape)
    part = "f4" if dtype.itemsize == 8 else "f8"
    result = np.empty(shape, dtype)
    result.real, result.imag = floats(part, shape), floats(part, shape)
    return result


def shown(a):
    if a.size > 1000:
        for axis, length in enumerate(a.shape):
            if length > 6:
                a = np.take(a, [0, 1, 2, -3, -2, -1], axis)
    return np.ascontiguousarray(a)


lines = []
for name in "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64".split():
    for shape in SHAPES[1::2] + BIG[:3]:
        a = array(name, shape)
        lines.append((name, a))
for name in "float16 float32 float64 complex64 complex128".split():
    for shape in SHAPES * 3 + BIG[:6] + [(4,)] * 6 + [()] * 4:
        lines.append((name, array(name, shape)))
for shape in BIG[6:]:
    lines.append(("uint8", array("uint8", shape)))
with pathlib.Path(__file__).with_name("print.txt").open("w") as out:
    for name, a in lines:
        dims = ",".join(map(str, a.shape))
        text = str(a).replace("\n", "\\n")
        out.write(f"{name}\t{dims}\t{shown(a).tobytes().hex()}\t{text}\n")
