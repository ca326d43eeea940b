"""Writes what NumPy makes of elementwise operations: elementwise.txt, elementwise.bin, signatures.txt.

elementwise.bin holds raw little-endian elements. Lines of elementwise.txt, separated by spaces:

    values <dtype> <count> <offset of x> <offset of y>      operands of every operation on that dtype
    unary <name> <dtype> <result dtype> <offset>            f(x), `count` elements
    binary <name> <dtype> <result dtype> <offset>           f(x, y)
    select <dtype> <offset of mask> <offset>                where(mask, x, y)

Transcendental functions are computed in a wider type and rounded, all else by NumPy in the type itself;
bfloat16, which NumPy does not have, by float32. Each line of signatures.txt has an operation, the first
operand's dtype and, for each dtype of the second (one column for unary ones), `operand>result` as NumPy
resolves them, or `-` where it raises TypeError. Made with NumPy 2.4.6, SciPy 1.17.1 and ml_dtypes 0.6.0.
"""

import pathlib
import warnings

import ml_dtypes
import numpy as np
from scipy import special

warnings.simplefilter("ignore")
np.seterr(all="ignore")
random = np.random.default_rng(20240609)

NUMPY = """bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64
complex128""".split()
CODES = dict(zip(NUMPY, "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split()))
UNARY = """negative positive absolute sign sqrt cbrt square reciprocal exp exp2 expm1 log log2 log10 log1p sin
cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh floor ceil trunc rint isnan isinf isfinite
signbit logical_not invert sigmoid relu softplus erf conjugate real imag angle degrees radians""".split()
BINARY = """add subtract multiply divide floor_divide remainder fmod power maximum minimum fmax fmin arctan2
hypot logaddexp logaddexp2 copysign equal not_equal less less_equal greater greater_equal logical_and
logical_or logical_xor bitwise_and bitwise_or bitwise_xor left_shift right_shift""".split()
ROUNDED = """cbrt exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh
arccosh arctanh sigmoid softplus erf power arctan2 hypot logaddexp logaddexp2""".split()


def sigmoid(x):
    return np.where(x < 0, np.exp(x) / (1 + np.exp(x)), 1 / (1 + np.exp(-x)))


def erf(x):
    return special.erf(x.astype(np.float64)).astype(x.dtype)


OWN = {
    "sigmoid": sigmoid,
    "relu": lambda x: np.maximum(x, np.zeros((), x.dtype)),
    "softplus": lambda x: np.logaddexp(np.zeros((), x.dtype), x),
    "erf": erf,
    "real": lambda x: x.real,
    "imag": lambda x: x.imag,
    "angle": np.angle,
}


def function(name):
    return OWN.get(name) or getattr(np, name)


# MARK: Signatures


def dtypes_of(name, dtypes):
    """What `name` computes in and yields, or None."""
    if name in ("real", "imag"):
        return np.dtype(dtypes[0]), np.zeros(1, dtypes[0]).real.dtype
    if name == "angle":
        result = np.angle(np.zeros(1, dtypes[0])).dtype
        return (np.dtype(dtypes[0]) if "complex" in dtypes[0] else result), result
    if name == "relu":
        if "complex" in dtypes[0]:
            return None
        return (np.maximum(np.zeros(1, dtypes[0]), 0).dtype,) * 2
    # As a function of one float: 16 bits for 8, 32 for 16, 64 for the rest.
    ufunc = np.cbrt if name in ("sigmoid", "softplus", "erf") else getattr(np, name)
    try:
        *operands, result = ufunc.resolve_dtypes(tuple(map(np.dtype, dtypes)) + (None,))
    except TypeError:
        return None
    return (operands[0] if len(set(operands)) == 1 else tuple(operands)), result


def signature(name, dtypes):
    found = dtypes_of(name, dtypes)
    if found is None:
        return "-"
    operands = found[0] if isinstance(found[0], tuple) else (found[0],)
    return ",".join(CODES[d.name] for d in operands) + ">" + CODES[found[1].name]


signatures = [f"{name} {a} {signature(name, (a,))}" for name in UNARY for a in NUMPY]
for name in BINARY:
    for a in NUMPY:
        signatures.append(" ".join([name, a] + [signature(name, (a, b)) for b in NUMPY]))

# MARK: Elements


def pairs(values, extra_x, extra_y):
    """Every edge with every other, then random ones."""
    x, y = np.repeat(values, len(values)), np.tile(values, len(values))
    return np.concatenate([x, extra_x]), np.concatenate([y, extra_y])


def integers(dtype):
    info = np.iinfo(dtype)
    width = info.bits
    edges = [info.min, info.min + 1, 0, 1, 2, 3, 7, width - 1, width, width + 1]
    edges += [info.max // 2, info.max - 1, info.max]
    if info.min < 0:
        edges += [-1, -2, -7, -width]
    draw = lambda: random.integers(info.min, info.max, 40, dtype=dtype, endpoint=True)
    return pairs(np.array(edges, dtype), draw(), draw() // np.array([1, 100] * 20, dtype))


def floats(dtype):
    info = ml_dtypes.finfo(dtype) if dtype == ml_dtypes.bfloat16 else np.finfo(dtype)
    edges = [0.0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2, -2.5, 3, -7, 10.25, 89, -104, np.inf, -np.inf, np.nan, 0.1]
    edges += [float(info.max), -float(info.max), float(info.tiny), float(info.smallest_subnormal), -1e-3]
    scale = 10.0 ** random.integers(-3, 3, 60)
    x, y = random.standard_normal(60) * scale, random.standard_normal(60) * 3
    return pairs(np.array(edges).astype(dtype), x.astype(dtype), y.astype(dtype))


def complexes(dtype):
    parts = [0.0, -0.0, 1, -2.5, np.inf, -np.inf, np.nan]
    edges = [complex(re, im) for re in parts for im in parts]
    edges = np.array(edges + [0.5 + 0.5j, 1 + 2j, -1 - 1j, 3j, 2, -1])
    draw = lambda: random.standard_normal(60) + 1j * random.standard_normal(60)
    exponents = np.array([2, 3, -1, 0, 5, -4] * 10) + np.where(np.arange(60) % 5 == 0, 0.5j, 0)
    x, y = pairs(edges[::3], np.concatenate([edges, draw()]), np.concatenate([edges[::-1], exponents]))
    return x.astype(dtype), y.astype(dtype)


def bools():
    # Stored bools may be any byte.
    values = np.array([0, 1, 2, 255, 128, 0], np.uint8)
    return pairs(values, values, values)


# MARK: Results


def wide(dtype):
    return np.longdouble if dtype == np.float64 else np.float64


def apply(name, operand, result, values):
    """`name` of operands of dtype `operand`."""
    f = function(name)
    if operand == ml_dtypes.bfloat16:
        between = np.float64 if name in ROUNDED else np.float32
        found = f(*(v.astype(between) for v in values))
        return found if found.dtype == bool else found.astype(operand)
    if operand.kind == "f" and name in ROUNDED:
        return f(*(v.astype(wide(operand)) for v in values)).astype(operand)
    if name == "reciprocal" and operand.kind in "iu":
        # NumPy converts infinity, which C leaves open: 0 as for other divisions by zero.
        return np.where(values[0] == 0, 0, f(np.where(values[0] == 0, 1, values[0]))).astype(operand)
    if name == "power" and operand.kind == "i":
        # Negative exponents are refused.
        values = values[0], np.where(values[1] < 0, ~values[1], values[1])
    return f(*values)


NAMES = NUMPY[:10] + ["bfloat16"] + NUMPY[10:]
lines, data = [], bytearray()


def store(elements):
    offset = len(data)
    data.extend(np.ascontiguousarray(elements).tobytes())
    return offset


for name in NAMES:
    dtype = np.dtype(ml_dtypes.bfloat16 if name == "bfloat16" else name)
    if name == "bool":
        stored = bools()
        x, y = (v != 0 for v in stored)
    else:
        x, y = stored = {"i": integers, "u": integers, "c": complexes}.get(dtype.kind, floats)(dtype)
    lines.append(f"values {name} {len(x)} {store(stored[0])} {store(stored[1])}")
    for kind, operations, values in (("unary", UNARY, (x,)), ("binary", BINARY, (x, y))):
        for operation in operations:
            alike = "float32" if name == "bfloat16" else name
            found = dtypes_of(operation, (alike,) * len(values))
            # Others cast their operands first: those are tested with the dtype they are cast to.
            if found is None or found[0] != np.dtype(alike):
                continue
            results = apply(operation, dtype, found[1], values)
            if name != "bfloat16" and results.dtype != found[1]:
                raise SystemExit(f"{operation} of {name}: {results.dtype}, not {found[1]}")
            lines.append(f"{kind} {operation} {name} {results.dtype.name} {store(results)}")
    mask = (random.integers(0, 3, len(x)) * 127).astype(np.uint8)
    lines.append(f"select {name} {store(mask)} {store(np.where(mask != 0, stored[0], stored[1]))}")

folder = pathlib.Path(__file__).parent
folder.joinpath("elementwise.txt").write_text("\n".join(lines) + "\n")
folder.joinpath("elementwise.bin").write_bytes(data)
folder.joinpath("signatures.txt").write_text("\n".join(signatures) + "\n")
