"""Elementwise operations: NumPy's answer, and for those that are not exact the exact one in wider numbers.

Bounds, in units in the last place of the result:
  EXACT   arithmetic, comparisons, roundings, square roots, integers: IEEE or integer arithmetic has one answer
          (float16 and bfloat16 are computed in float32 and rounded once, as NumPy does).
  4       transcendental functions: the vector routines promise that much, and float16's come from float32
          within it (1 is left of it after rounding).
  8       complex functions, of the magnitude of the result: compositions of a few of those; 64 of a power, and 4 times
          its logarithm.
"""
import math

import numpy as np

from compare import Expected
from values import BFLOAT16, BOOL, kind

EXACT_UNARY = ["negative", "invert", "logical_not", "absolute", "sign", "floor", "ceil", "trunc", "rint", "sqrt",
               "square", "reciprocal", "isnan", "isinf", "isfinite", "signbit", "isposinf", "isneginf", "positive", "relu", "conjugate", "real", "imag"]
INEXACT_UNARY = ["cbrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin",
                 "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "degrees", "radians",
                 "sigmoid", "softplus", "erf", "angle"]
COMPARISONS = ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"]
EXACT_BINARY = ["add", "subtract", "multiply", "divide", "remainder", "floor_divide", "fmod", "maximum", "minimum",
                "fmax", "fmin", "copysign", "heaviside", "logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or",
                "bitwise_xor", "left_shift", "right_shift", *COMPARISONS]
INEXACT_BINARY = ["power", "arctan2", "hypot", "logaddexp", "logaddexp2"]
#: What ml_dtypes computes as Tessera does.
BFLOAT16_UNARY = ["negative", "absolute", "sqrt", "square", "exp", "log", "tanh", "sin", "isnan", "floor"]
BFLOAT16_BINARY = ["add", "subtract", "multiply", "divide", "maximum", "minimum", *COMPARISONS]


def sigmoid(x):
    return np.where(x > 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x)))


OWN = {
    "sigmoid": lambda x: np.where(np.isnan(x), x, np.where(np.abs(x) > 11000, (x > 0) * x.dtype.type(1), sigmoid(x))),
    "softplus": lambda x: np.logaddexp(x.dtype.type(0), x),
    "erf": lambda x: np.vectorize(math.erf, otypes=[np.longdouble])(x.astype(np.float64)),
    "relu": lambda x: np.maximum(x, x.dtype.type(0)),
    "degrees": lambda x: x * (180 / np.longdouble("3.14159265358979323846264338327950288")),
    "radians": lambda x: x * (np.longdouble("3.14159265358979323846264338327950288") / 180),
}
#: Functions that NumPy does not have take the dtypes of one that it has.
MODELS = {"sigmoid": "cbrt", "softplus": "cbrt", "erf": "cbrt"}


def widen(array):
    return array.astype(np.clongdouble if kind(array.dtype) == "c" else np.longdouble)


def unary(name: str, x: np.ndarray) -> Expected:
    if name == "relu":
        if kind(x.dtype) == "c":
            raise TypeError("relu of complex numbers")
        x = x.astype(np.int64) if x.dtype == BOOL else x
        return Expected(OWN[name](x), zero_sign_is_free=True)
    if name in ("real", "imag", "conjugate"):
        if x.dtype == BOOL and name == "conjugate":
            x = x.astype(np.int8)
        return Expected(np.array(getattr(np, name)(x)))
    model = getattr(np, MODELS.get(name, name))
    array = np.asarray(model(x))
    if kind(array.dtype) == "c" or (kind(x.dtype) == "c" and name in ("absolute", "angle")):
        return complex_unary(name, x, array)
    if name in EXACT_UNARY or kind(array.dtype) not in "f":
        # The reciprocal of the integer 0 is whatever the processor makes of infinity.
        return Expected(array, free=x == 0 if name == "reciprocal" and kind(x.dtype) in "iub" else None)
    # Integers become the result's float first.
    wide = np.asarray(OWN.get(name, getattr(np, name, None))(widen(x.astype(array.dtype))))
    bound = {"erf": 5}.get(name, 4)
    return Expected(wide.astype(array.dtype), wide=wide, ulps=bound)


def complex_unary(name, x, array) -> Expected:
    if name in ("negative", "positive", "conjugate"):
        return Expected(array)
    wide = np.asarray(getattr(np, name)(widen(x)))
    # C99's answers at infinities are no promise of every function.
    free = ~np.isfinite(x) | ~np.isfinite(wide) | (np.abs(wide) > np.finfo(array.dtype).max / 8)
    with np.errstate(all="ignore"):
        magnitude = np.abs(x)
        tiny = np.finfo(array.dtype).tiny
        free |= (magnitude > np.sqrt(np.finfo(array.dtype).max) / 8) | ((magnitude < np.sqrt(tiny) * 8) & (x != 0))
    # NumPy's compositions lose as much: of the exponent's magnitude, or of 1.
    eps = float(np.finfo(array.dtype).eps)
    slack = {"exp2": 2 * eps * np.abs(wide) * magnitude, "log1p": 4 * eps, "expm1": 4 * eps}.get(name, 0)
    return Expected(array, wide=wide, ulps=8, slack=slack, free=free)


def binary(name: str, a, b) -> Expected:
    """One of the two may be a Python number or a NumPy scalar."""
    array = np.asarray(getattr(np, name)(a, b))
    operands = [np.asarray(value) for value in (a, b)]
    if any(kind(value.dtype) == "c" for value in operands) and kind(array.dtype) == "c":
        if name in ("multiply", "divide", "power"):
            return complex_binary(name, operands, array)
    if name in EXACT_BINARY or kind(array.dtype) not in "f":
        return Expected(array, zero_sign_is_free=name in ("maximum", "minimum", "fmax", "fmin"))
    # Operands meet in the result's dtype before they are widened.
    a, b = (widen(value.astype(array.dtype)) for value in operands)
    wide = np.asarray(getattr(np, name)(a, b))
    slack = 0
    if name.startswith("logaddexp"):
        # Near zero the result is a difference.
        with np.errstate(all="ignore"):
            largest = np.maximum(np.abs(a), np.abs(b))
            slack = np.where(np.isfinite(largest), 4 * float(np.finfo(array.dtype).eps) * np.minimum(largest, 1), 0)
    return Expected(wide.astype(array.dtype), wide=wide, ulps=4, slack=slack)


def complex_binary(name, operands, array) -> Expected:
    a, b = (widen(value.astype(array.dtype)) for value in operands)
    wide = np.asarray(getattr(np, name)(a, b))
    limit = np.sqrt(np.finfo(array.dtype).max) / 8
    with np.errstate(all="ignore"):
        free = ~np.isfinite(wide) | (np.abs(wide) > limit)
        for part in (a, b):
            magnitude = np.abs(part)
            free = free | ~np.isfinite(part) | (magnitude > limit) | ((magnitude < 1 / limit) & (part != 0))
        slack = 0
        if name == "power":
            free = free | (np.abs(b) > 8) | (a == 0)
            # The exponential of b log(a), of which a rounding loses as much as it is large.
            exponent = np.abs(b * np.log(a))
            slack = np.where(free, 0, 4 * float(np.finfo(array.dtype).eps) * exponent * np.abs(wide))
    return Expected(
        array, wide=wide, ulps=64 if name == "power" else 8, slack=slack, free=np.broadcast_to(free, array.shape))
