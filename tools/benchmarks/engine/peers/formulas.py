"""The two formulas, for array libraries with NumPy's names and for those that take text; and the histogram's bins."""
import numpy as np

# How many, the least and the greatest edge. Edges are eighths, which every float holds exactly.
HISTOGRAM = 128, -8.0, 8.0

# Distinct values that are looked at, where there are too many to look at all.
SAMPLES = 1000

TEXTS = {
    "plain": "(a * b + c) / (abs(d) + 1)",
    "math": "exp(-abs(a)) * sqrt(abs(b)) + c / (d * d + 1)",
}


def compute(formula, a, b, c, d):
    """As most people write it: a temporary for every operation."""
    if formula == "plain":
        return (a * b + c) / (np.abs(d) + 1)
    return np.exp(-np.abs(a)) * np.sqrt(np.abs(b)) + c / (d * d + 1)


def compute_in_place(formula, a, b, c, d, out, other):
    """The same without allocations, for blocks that stay in the cache."""
    if formula == "plain":
        np.multiply(a, b, out=out)
        out += c
        np.abs(d, out=other)
        other += 1
        out /= other
        return out
    np.abs(a, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    np.abs(b, out=other)
    np.sqrt(other, out=other)
    out *= other
    np.multiply(d, d, out=other)
    other += 1
    np.divide(c, other, out=other)
    out += other
    return out


def sample(values):
    """How many values there are, and some that are evenly spread among them."""
    places = np.arange(SAMPLES) * (len(values) - 1) // (SAMPLES - 1)
    return [np.concatenate([[len(values)], values[places].astype("float64")])]
