"""Random dtypes, shapes and elements: the values at which arithmetic differs, and ties."""
import ml_dtypes
import numpy as np

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
INTEGERS = [np.dtype(f"{kind}{bits}") for kind in ("int", "uint") for bits in (8, 16, 32, 64)]
FLOATS = [np.dtype(f"float{bits}") for bits in (16, 32, 64)]
COMPLEX = [np.dtype("complex64"), np.dtype("complex128")]
BOOL = np.dtype(bool)
DTYPES = [BOOL, *INTEGERS, *FLOATS, *COMPLEX, BFLOAT16]
WEIGHTS = np.array([2] + [1] * 8 + [2, 5, 5] + [1, 1] + [1], dtype=float)


def kind(dtype) -> str:
    """NumPy's letter, with f for bfloat16 too."""
    return "f" if dtype == BFLOAT16 else np.dtype(dtype).kind


def random_dtype(rng) -> np.dtype:
    return DTYPES[rng.choice(len(DTYPES), p=WEIGHTS / WEIGHTS.sum())]


def random_shape(rng, largest=3000) -> tuple:
    """0 to 5 axes, of which some have length 0 or 1."""
    rank = int(rng.choice(6, p=[0.07, 0.2, 0.3, 0.23, 0.12, 0.08]))
    shape = []
    for _ in range(rank):
        room = max(1, largest // max(1, int(np.prod(shape))))
        choice = rng.random()
        if choice < 0.03:
            shape.append(0)
        elif choice < 0.15:
            shape.append(1)
        else:
            limit = max(2, min(room, 40 if rank > 1 else largest))
            shape.append(int(np.exp(rng.uniform(np.log(2), np.log(limit + 1)))))
    return tuple(shape)


def extremes(dtype) -> np.ndarray:
    if kind(dtype) == "f":
        info = ml_dtypes.finfo(dtype)
        tiny = float(info.smallest_normal)
        values = [0.0, -0.0, 1.0, -1.0, 0.5, float(info.max), -float(info.max), tiny, -tiny,
                  float(info.smallest_subnormal), float(info.eps), 2.0, 3.0, 1e3, np.inf, -np.inf, np.nan]
        return np.array(values).astype(dtype)
    info = np.iinfo(dtype)
    beyond_float64 = [2 ** 53, 2 ** 53 + 1] if info.bits == 64 else []
    return np.array([0, 1, 2, 3, info.max, info.max - 1, info.min, info.min + 1, info.max // 2, *beyond_float64], dtype)


def random_elements(rng, dtype, shape) -> np.ndarray:
    count = int(np.prod(shape, dtype=int))
    return flat(rng, np.dtype(dtype), count).reshape(shape)


def flat(rng, dtype, count) -> np.ndarray:
    if dtype == BOOL:
        return rng.random(count) < rng.choice([0.02, 0.5, 0.98])
    if kind(dtype) == "c":
        part = np.dtype("float32" if dtype == np.complex64 else "float64")
        result = np.empty(count, dtype)
        result.real, result.imag = flat(rng, part, count), flat(rng, part, count)
        return result
    style = rng.choice(["small", "spread", "ties", "extreme", "offset"], p=[0.35, 0.25, 0.15, 0.15, 0.1])
    if kind(dtype) == "f":
        return floats(rng, dtype, count, style)
    info = np.iinfo(dtype)
    if style in ("small", "ties"):
        low, high = (-5 if info.min < 0 else 0), 6
    elif style == "offset":
        low, high = info.max - 100, info.max
    else:
        low, high = info.min, info.max
    values = rng.integers(low, high, count, dtype=dtype, endpoint=True)
    if style == "extreme":
        mix(rng, values, extremes(dtype), 0.5)
    return values


def floats(rng, dtype, count, style) -> np.ndarray:
    if style == "ties":
        values = rng.integers(-3, 4, count) / 2
    elif style == "offset":
        values = rng.standard_normal(count) + rng.choice([1e3, -1e4])
    elif style == "spread":
        values = rng.standard_normal(count) * np.exp(rng.uniform(-9, 9, count))
    else:
        values = rng.standard_normal(count) * 3
    values = values.astype(dtype)
    if style == "extreme":
        mix(rng, values, extremes(dtype), 0.5)
    elif rng.random() < 0.35:
        mix(rng, values, np.array([np.nan, np.inf, -np.inf, 0.0, -0.0]).astype(dtype), 0.1)
    elif rng.random() < 0.3:
        mix(rng, values, np.array([np.nan]).astype(dtype), 0.3)
    return values


def mix(rng, values, specials, share):
    places = rng.random(len(values)) < share
    values[places] = specials[rng.integers(0, len(specials), int(places.sum()))]
