"""What a result must be, and how far from it a result may be."""
import dataclasses

import ml_dtypes
import numpy as np

from values import BFLOAT16, kind


@dataclasses.dataclass
class Expected:
    """An array, and what may differ from it."""
    array: np.ndarray
    #: Every bit counts, those of NaNs too: nothing was computed.
    is_view: bool = False
    #: The sign of zero is free (extrema of zeros of either sign).
    zero_sign_is_free: bool = False
    #: For inexact results: the exact ones in wider numbers …
    wide: np.ndarray | None = None
    #: … units in the last place that may be lost …
    ulps: float = 0
    #: … and how much more, as an absolute number.
    slack: np.ndarray | float = 0
    #: Elements of which nothing is promised.
    free: np.ndarray | None = None

    @property
    def is_exact(self) -> bool:
        return self.wide is None and self.free is None and not self.zero_sign_is_free


def spacing(array: np.ndarray) -> np.ndarray:
    """The unit in the last place of each element, as long doubles."""
    info = ml_dtypes.finfo(array.dtype)
    wide = np.abs(array.astype(np.longdouble))
    wide = np.clip(np.where(np.isnan(wide), 0, wide), np.longdouble(float(info.smallest_normal)), float(info.max))
    exponent = np.frexp(wide)[1] - 1
    return np.ldexp(np.longdouble(1), exponent - info.nmant)


def difference(got: np.ndarray, expected: Expected) -> str | None:
    """What is wrong with a result; nil when it is right."""
    want = expected.array
    if got.dtype != want.dtype:
        return f"dtype {got.dtype}, expected {want.dtype}"
    if got.shape != want.shape:
        return f"shape {got.shape}, expected {want.shape}"
    if want.size == 0:
        return None
    if expected.is_view:
        wrong = (raw(got) != raw(want)).any(axis=-1)
    elif kind(want.dtype) == "c":
        wrong = wrong_complex(got, expected)
    elif kind(want.dtype) == "f":
        wrong = wrong_floats(got, expected)
    else:
        wrong = got != want
    if expected.free is not None:
        wrong = wrong & ~expected.free
    if not wrong.any():
        return None
    place = tuple(int(index) for index in np.argwhere(wrong)[0])
    said = f"{int(wrong.sum())} of {want.size} elements of {want.dtype}; at {place} {show(got[place])}, " \
           f"expected {show(want[place])}"
    if expected.wide is not None:
        said += f" (exactly {expected.wide[place]!r}, allowed {expected.ulps} ULP + " \
                f"{np.broadcast_to(expected.slack, want.shape)[place]:.3g})"
    return said


def show(value) -> str:
    return repr(value.item() if hasattr(value, "item") and value.dtype != BFLOAT16 else float(value))


def raw(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array).view(np.uint8).reshape(array.shape + (array.dtype.itemsize,)) \
        if array.ndim else np.frombuffer(array.tobytes(), np.uint8).reshape(array.dtype.itemsize)


def wrong_floats(got: np.ndarray, expected: Expected) -> np.ndarray:
    want = expected.array
    is_same = (got == want) | (np.isnan(got.astype(np.float64)) & np.isnan(want.astype(np.float64)))
    if expected.wide is None:
        if not expected.zero_sign_is_free:
            is_same &= (np.signbit(got) == np.signbit(want)) | np.isnan(want.astype(np.float64))
        return ~is_same
    wide, values = expected.wide, got.astype(np.longdouble)
    unit = spacing(want)
    allowed = expected.ulps * unit + expected.slack
    largest = np.longdouble(float(ml_dtypes.finfo(want.dtype).max))
    # What may be as large as the largest number may be infinite, and what may be infinite may be that large.
    values = np.where(np.isinf(values), np.copysign(largest + unit, values), values)
    aim = np.where(np.isinf(want.astype(np.float64)) & np.isfinite(wide), np.copysign(largest + unit, wide), wide)
    with np.errstate(all="ignore"):
        is_near = np.isfinite(aim) & (np.abs(values - aim) <= allowed)
    return ~(is_same | is_near)


def wrong_complex(got: np.ndarray, expected: Expected) -> np.ndarray:
    want = expected.array
    if expected.wide is None:
        parts = [(got.real, want.real), (got.imag, want.imag)]
        wrong = np.logical_or(*[
            wrong_floats(a, Expected(b, zero_sign_is_free=expected.zero_sign_is_free)) for a, b in parts])
        # Which of several NaNs wins an extremum is not said.
        return wrong & ~(np.isnan(got) & np.isnan(want)) if expected.zero_sign_is_free else wrong
    eps = np.finfo(want.dtype).eps
    wide = expected.wide
    with np.errstate(all="ignore"):
        # Complex results are right as a whole: the error is measured against the magnitude.
        allowed = expected.ulps * eps * np.abs(wide) + expected.slack + 4 * float(np.finfo(want.dtype).smallest_subnormal)
        is_near = np.abs(got.astype(np.clongdouble) - wide) <= allowed
    is_finite = np.isfinite(want)
    return np.where(is_finite, ~is_near, np.isfinite(got))
