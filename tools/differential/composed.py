"""What is composed of other functions: integrals, powers, choices among several, and numbers on a logarithmic scale."""
import numpy as np

import reductions
import sequences
from compare import Expected
from values import kind

COMPOSED = ["trapezoid", "vander", "select", "logspace", "geomspace"]
EPS = np.finfo(np.float64).eps


def evaluate(step: dict, operands: list, default) -> Expected:
    match step["op"]:
        case "trapezoid": return trapezoid(step, *operands)
        case "vander": return vander(step, *operands)
        case "select":
            count = step["conditions"]
            return Expected(np.asarray(np.select(operands[:count], operands[count:], default)))
        case "logspace": return logspace(step)
        case "geomspace": return geomspace(step)


def trapezoid(step: dict, y: np.ndarray, x=None) -> Expected:
    """A sum, of areas that have one answer each."""
    axis = step["axis"]
    array = np.asarray(np.trapezoid(y, x, dx=step["dx"], axis=axis))
    lines = np.moveaxis(y, axis, -1)
    areas = (step["dx"] if x is None else np.diff(x)) * (lines[..., 1:] + lines[..., :-1]) / 2.0
    return reductions.inexact("sum", {}, areas, None, array, {"axis": -1, "keepdims": False})


def vander(step: dict, x: np.ndarray) -> Expected:
    """Running products; exact of integers, which wrap."""
    array = np.vander(x, step["columns"], step["increasing"])
    if kind(array.dtype) not in "fc" or array.shape[1] < 2:
        return Expected(array)
    factors = np.broadcast_to(x.astype(array.dtype)[:, None], (len(x), array.shape[1] - 1))
    powers = sequences.scan({"op": "cumprod", "axis": 1}, factors)

    def whole(values, first):
        """With the powers of 0, in the order that is asked for."""
        values = np.broadcast_to(values, factors.shape)
        joined = np.concatenate([np.full((len(x), 1), first, values.dtype), values], axis=1)
        return joined if step["increasing"] else joined[:, ::-1]

    return Expected(array, wide=whole(powers.wide, 1), ulps=1, slack=whole(powers.slack, 0), free=whole(powers.free, False))


def logspace(step: dict) -> Expected:
    ends = step["start"], step["stop"]
    exponents = np.linspace(*ends, step["count"], endpoint=step["endpoint"]).astype(np.longdouble)
    return scale(np.logspace(*ends, step["count"], endpoint=step["endpoint"]), np.longdouble(10) ** exponents, ends)


def geomspace(step: dict) -> Expected:
    start, stop, count = step["start"], step["stop"], step["count"]
    parts = max(1, count - step["endpoint"])
    wide = start * (np.longdouble(stop) / start) ** (np.arange(count) / np.longdouble(parts))
    return scale(np.geomspace(start, stop, count, endpoint=step["endpoint"]), wide, np.log10(np.abs([start, stop])))


def scale(array, wide, exponents) -> Expected:
    """An exponent that is rounded makes ln 10 times as large an error."""
    lost = 4 * EPS * (1 + np.log(10) * np.abs(exponents).max())
    return Expected(array, wide=np.asarray(wide), ulps=4, slack=lost * np.abs(wide))
