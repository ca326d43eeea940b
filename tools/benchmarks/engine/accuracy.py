"""Errors in ULPs of mean, std and sum of columns that are hard for floating point, against exact rational answers."""
import dataclasses
import decimal
import fractions

import numpy as np

from .. import measure
from ..competitors import TESSERA
from . import competitors

WHO = [TESSERA, "NumPy", "NumPy blocked", "Dask"]
STATISTICS = ["mean", "std", "sum"]


@dataclasses.dataclass
class Case:
    name: str
    dtype: str
    rows: int
    make: callable


def _large(random, shape):
    return 1e8 + random.standard_normal(shape) * 1000


CASES = [
    Case("1e8 + noise of 1000, 100,000 rows", "float32", 100_000, _large),
    Case("1e8 + noise of 1000, 1,000,000 rows", "float32", 1_000_000, _large),
    Case("1e9 + {0, 1, 2}, 1,000,000 rows", "float64", 1_000_000, lambda random, shape: 1e9 + random.integers(0, 3, shape)),
    Case("normal, 1,000,000 rows", "float32", 1_000_000, lambda random, shape: random.standard_normal(shape)),
]
COLUMNS = 2


def run(folder, settings, log):
    """Prints a table; returns the figures."""
    print("\naccuracy: errors in ULPs of the result's own dtype, the larger of two columns")
    print("  " + "".ljust(38) + "".join(f"{who + ' ' + name:>22}" for who in ["mean", "std", "sum"] for name in [""]))
    figures = []
    for case in CASES:
        log(f"  accuracy: {case.name} ({case.dtype})")
        values = case.make(np.random.default_rng(settings.seed), (case.rows, COLUMNS)).astype(case.dtype)
        path = folder / "hard.npy"
        np.save(path, values)
        exact = [exactly(values[:, column]) for column in range(COLUMNS)]
        print(f"  {case.name} ({case.dtype})")
        for who in WHO:
            errors = _errors(who, path, folder / "hard-answer.npy", exact, case.dtype)
            print("  " + f"  {who}".ljust(38) + "".join(f"{error:22.3g}" for error in errors), flush=True)
            figures.append({"case": case.name, "dtype": case.dtype, "who": who} | dict(zip(STATISTICS, errors)))
        measure.remove(path)
    return figures


def exactly(column):
    """Mean, standard deviation (to 60 digits) and sum of a column of floats, computed with integers."""
    mantissas, exponents = np.frexp(column.astype("float64"))
    integers, least = (mantissas * 2.0**53).astype("int64").tolist(), int(exponents.min()) - 53
    integers = [value << int(shift) for value, shift in zip(integers, (exponents - 53 - least).tolist())]
    unit = fractions.Fraction(2) ** least
    count, total = len(integers), sum(integers)
    squares = sum(value * value for value in integers)
    variance = fractions.Fraction(count * squares - total * total, count * count) * unit * unit
    with decimal.localcontext(prec=60):
        root = (decimal.Decimal(variance.numerator) / decimal.Decimal(variance.denominator)).sqrt()
        return [total * unit / count, fractions.Fraction(root), total * unit]


def _errors(who, path, answer, exact, dtype):
    got = {}
    for job, names in [("columns", ["mean", "std"]), ("columns-sum", ["sum"])]:
        measure.run(competitors.command(who, job, "npy", [path], answer=answer))
        for name, values in zip(names, np.load(answer).reshape(-1, COLUMNS)):
            got[name] = values
    return [
        max(_ulps(float(got[name][column]), exact[column][number], dtype) for column in range(COLUMNS))
        for number, name in enumerate(STATISTICS)]


def _ulps(got, exact, dtype):
    spacing = fractions.Fraction(float(np.spacing(np.dtype(dtype).type(abs(float(exact))))))
    return float(abs(fractions.Fraction(got) - exact) / spacing)
