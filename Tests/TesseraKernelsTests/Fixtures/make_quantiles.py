"""Writes quantiles.txt: lines of elements and their quantiles, by every method, with and without NaN skipped.

Fields separated by spaces: dtype, method (or median), 0 or 1 for skipping NaN, probabilities separated by
commas, the elements, the answers (both little-endian in hexadecimal). Made with NumPy 2.4.6. Probabilities
are Python floats, given one at a time: then the answers keep the dtype of float elements.
"""

import pathlib
import warnings

import numpy as np

warnings.simplefilter("ignore")
random = np.random.default_rng(20240609)
METHODS = """linear lower higher midpoint nearest inverted_cdf averaged_inverted_cdf closest_observation
interpolated_inverted_cdf hazen weibull median_unbiased normal_unbiased""".split()
DISCRETE = ["lower", "higher", "nearest", "inverted_cdf", "closest_observation"]
INTEGERS = "int8 int16 int32 int64 uint8 uint16 uint32 uint64".split()
FLOATS = "float16 float32 float64".split()


def elements(name, count, kind):
    dtype = np.dtype(name)
    if name == "bool":
        return random.integers(0, 2, count).astype(bool)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        if kind == 0:
            return random.integers(info.min, info.max, count, dtype=dtype, endpoint=True)
        return random.integers(0, [2, 9, 1][kind - 1], count).astype(dtype)
    values = random.standard_normal(count) * 10.0 ** random.integers(-3, 4, count)
    if kind == 1:
        values = random.integers(-3, 4, count)
    if kind == 2:
        values = random.choice([np.inf, -np.inf, 1.0, -2.0, np.nan, -0.0], count)
    if kind == 3:
        values = np.where(random.random(count) < 0.1, np.nan, values)
    return np.asarray(values).astype(dtype)


def line(name, method, skips, probabilities, values):
    quantile, median = [(np.quantile, np.median), (np.nanquantile, np.nanmedian)][skips]
    if method == "median":
        answers = [median(values)]
    else:
        answers = [quantile(values, q, method=method) for q in probabilities]
    kept = name if name in FLOATS or method in DISCRETE else "float64"
    answers = np.array(answers)
    assert answers.dtype == kept, (name, method, answers.dtype)
    texts = ",".join(map(repr, probabilities))
    return f"{name} {method} {skips} {texts} {values.tobytes().hex()} {answers.tobytes().hex()}\n"


lines = []
for name in ["bool"] + INTEGERS + FLOATS:
    for method in METHODS + ["median"]:
        if name == "bool" and method not in DISCRETE + ["median"]:
            continue
        for count in [1, 2, 5, 20]:
            for kind in range(4):
                others = [float(q) for q in random.random(2)]
                probabilities = [0.5] if method == "median" else [0.0, 0.25, 0.5, 0.75, 1.0, 0.1] + others
                values = elements(name, count, kind)
                for skips in [0, 1] if name in FLOATS else [0]:
                    lines.append(line(name, method, skips, probabilities, values))
pathlib.Path(__file__).with_name("quantiles.txt").write_text("".join(lines))
