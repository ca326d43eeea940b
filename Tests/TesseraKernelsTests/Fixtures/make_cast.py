"""Writes cast.txt: what NumPy (with ml_dtypes for bfloat16) makes of in-range elements, per dtype pair.

One line per pair: source dtype, target dtype, the source's bytes and the target's bytes in hexadecimal
(little-endian), separated by spaces. Made with NumPy 2.4.6 and ml_dtypes 0.6.0.
"""

import pathlib
import warnings

import ml_dtypes
import numpy as np

warnings.simplefilter("ignore")
NAMES = """bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 bfloat16 float32 float64
complex64 complex128""".split()
DTYPES = {n: np.dtype(ml_dtypes.bfloat16 if n == "bfloat16" else n) for n in NAMES}
INTEGERS = [n for n in NAMES if "int" in n]
COUNT = 16
random = np.random.default_rng(20240607)


def integers(name, low, high):
    return random.integers(low, high, COUNT, dtype=name, endpoint=True)


def source(name, target):
    """Elements of `name` whose conversion to `target` does not depend on the processor."""
    dtype = DTYPES[name]
    if name == "bool":
        return random.integers(0, 2, COUNT).astype(bool)
    if name in INTEGERS:
        info = np.iinfo(name)
        values = integers(name, info.min, info.max)
        # Small ones as well: they are exact in the short floats, and half of them zero for bool.
        return np.where(np.arange(COUNT) % 2 == 0, values, values % 100 * (values % 2)).astype(dtype)
    scale = 10.0 ** random.integers(-3, 4, COUNT)
    values = random.standard_normal(COUNT) * scale
    if target in INTEGERS:
        info = np.iinfo(target)
        limit = min(float(info.max), 60000.0 if name == "float16" else 2.0**40)
        low = 0.0 if info.min == 0 else -limit * 0.99
        values = random.uniform(low, limit * 0.99, COUNT)
    values[random.integers(0, COUNT, 3)] = 0
    if name.startswith("complex"):
        values = values + 1j * np.where(np.arange(COUNT) % 3 == 0, 0, random.standard_normal(COUNT))
    return values.astype(dtype)


lines = []
for before in NAMES:
    for after in NAMES:
        elements = source(before, after)
        converted = elements.astype(DTYPES[after], casting="unsafe")
        lines.append(f"{before} {after} {elements.tobytes().hex()} {converted.tobytes().hex()}\n")
pathlib.Path(__file__).with_name("cast.txt").write_text("".join(lines))
