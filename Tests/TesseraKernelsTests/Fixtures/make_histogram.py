"""Writes histogram.txt: elements, edges and NumPy's histogram of them.

Fields separated by spaces: dtype; even, data (even bins over the elements' own range), or edges; bins; the
range's ends or -; the elements; the edges as float64; the counts as int64 (bytes in hexadecimal,
little-endian). Made with NumPy 2.4.6.
"""

import pathlib

import numpy as np

random = np.random.default_rng(20240610)
lines = []


def add(name, kind, bins, ends, values, edges, counts):
    fields = [name, kind, bins, *(map(repr, ends) if ends else "--")]
    arrays = [values, edges.astype(np.float64), counts.astype(np.int64)]
    lines.append(" ".join(map(str, fields + [a.tobytes().hex() for a in arrays])) + "\n")


def elements(name, count):
    dtype = np.dtype(name)
    if dtype.kind in "iu":
        return random.integers(0 if dtype.kind == "u" else -60, 100, count).astype(dtype)
    # Many lie on edges, or one unit in the last place beside them.
    values = (random.integers(0, 50, count) / 10).astype(dtype)
    return np.where(random.random(count) < 0.5, values, np.nextafter(values, dtype.type(random.integers(0, 9))))


for name in ["int8", "uint16", "int64", "float16", "float32", "float64"]:
    for bins in [1, 3, 7, 10, 49, 50]:
        values = elements(name, 80)
        for ends in [(0.0, 5.0), (0.1, 0.7), (-1.3, 4.9), (1.0, 1.0)]:
            sample = values.copy()
            if sample.dtype.kind == "f":
                sample[:3] = np.nan, np.inf, -np.inf
            counts, edges = np.histogram(sample, bins, range=ends)
            add(name, "even", bins, ends, sample, edges, counts)
        counts, edges = np.histogram(values, bins)
        add(name, "data", bins, (float(values.min()), float(values.max())), values, edges, counts)
        edges = np.sort(random.choice(values.astype(np.float64), bins + 1))
        counts, _ = np.histogram(values, edges)
        add(name, "edges", bins, None, values, edges, counts)
pathlib.Path(__file__).with_name("histogram.txt").write_text("".join(lines))
