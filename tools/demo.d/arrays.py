"""What tools/demo does with NumPy and zarr-python: make its inputs, and compare arrays, in blocks of bounded size.

usage: arrays.py digits                    digits.npy, digits.npz
       arrays.py features FILE.npy MIB     a float32 matrix of that size
       arrays.py describe FILE.npy         shape, nbytes, fortran_order, is_real as JSON
       arrays.py statistics FILE.npy T.npz exits 1 unless T.npz holds what NumPy finds along the first axis
       arrays.py scores Z X P.npz          exits 1 unless Z holds the z-scores of X, and P its means and deviations
       arrays.py components X P.npz Z      exits 1 unless P and Z hold scikit-learn's PCA of X and its scores
       arrays.py same A B                  exits 1 unless both hold the same bits; each a .npy or a Zarr store
"""

import json
import math
import sys
from pathlib import Path

import numpy

BLOCK_BYTES = 32 << 20
COLUMNS = 256


def write_digits() -> None:
    from sklearn.datasets import load_digits

    bunch = load_digits()
    numpy.save("digits.npy", bunch.data)
    numpy.savez_compressed("digits.npz", data=bunch.data, target=bunch.target)


def write_features(path: str, mib: int) -> None:
    """Columns as a table of features has them: measurements of limited precision, counts, categories, rare events."""
    rows = (mib << 20) // (COLUMNS * 4)
    random = numpy.random.default_rng(1797)
    kinds = numpy.sort(random.choice(4, COLUMNS, p=[0.5, 0.2, 0.15, 0.15]))
    scales = numpy.exp2(random.integers(-6, 12, COLUMNS)).astype("f4")
    with open(path, "wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": (rows, COLUMNS)}
        numpy.lib.format.write_array_header_1_0(file, header)
        block_rows = BLOCK_BYTES // (COLUMNS * 4)
        for start in range(0, rows, block_rows):
            make_block(random, min(block_rows, rows - start), kinds, scales).tofile(file)


def make_block(random: numpy.random.Generator, rows: int, kinds: numpy.ndarray, scales: numpy.ndarray) -> numpy.ndarray:
    measured, counted, categorical, rare = (numpy.flatnonzero(kinds == kind) for kind in range(4))
    block = numpy.zeros((rows, COLUMNS), "f4")
    # A converter of 10 bits over +-4 standard deviations; a quarter of these columns were written down as decimals.
    noise = random.standard_normal((rows, measured.size), dtype="f4")
    steps = numpy.round(noise * 128) / 128 * scales[measured]
    decimals = measured.size // 4
    steps[:, :decimals] = numpy.round(noise[:, :decimals] * scales[measured[:decimals]], 2)
    block[:, measured] = steps
    block[:, counted] = numpy.floor(random.standard_exponential((rows, counted.size), dtype="f4") * 3)
    block[:, categorical] = random.integers(0, 12, (rows, categorical.size), dtype="u1")
    happens = random.random((rows, rare.size), dtype="f4") < 0.05
    block[:, rare] = happens * numpy.round(random.standard_exponential((rows, rare.size), dtype="f4") * 64) / 64
    return block


def describe(path: str) -> None:
    array = numpy.load(path, mmap_mode="r")
    order = array.flags.f_contiguous and not array.flags.c_contiguous
    is_real = array.dtype.kind in "biuf"
    print(json.dumps(
        {"shape": array.shape, "nbytes": array.nbytes, "fortran_order": order, "is_real": is_real}
    ))


class MappedFile:
    """A .npy file that is mapped for each block anew, so that the pages read do not add up in this process."""

    def __init__(self, path: str):
        self.path = path
        array = numpy.load(path, mmap_mode="r")
        self.shape, self.ndim, self.dtype = array.shape, array.ndim, array.dtype

    def __getitem__(self, key):
        return numpy.array(numpy.load(self.path, mmap_mode="r")[key])


def open_array(path: str):
    """A .npy file, whatever its name, or a Zarr array."""
    if Path(path).is_file():
        return MappedFile(path)
    import zarr

    return zarr.open_array(path, mode="r")


def bits(block: numpy.ndarray) -> numpy.ndarray:
    """The native bytes of a block: NaNs of other payloads, and the two zeros, differ."""
    block = numpy.asarray(block)
    return numpy.ascontiguousarray(block.astype(block.dtype.newbyteorder("="), copy=False)).reshape(-1).view("u1")


def difference(a, b) -> str | None:
    if a.shape != b.shape:
        return f"shapes {a.shape} and {b.shape}"
    if numpy.dtype(a.dtype).newbyteorder("=") != numpy.dtype(b.dtype).newbyteorder("="):
        return f"dtypes {a.dtype} and {b.dtype}"
    if a.ndim == 0:
        return None if numpy.array_equal(bits(a[()]), bits(b[()])) else "the one element"
    for start, end in blocks(a, b):
        if not numpy.array_equal(bits(a[start:end]), bits(b[start:end])):
            return f"somewhere in rows {start} to {end}"
    return None


def wrong_statistics(array, table) -> str | None:
    """The name of a column that differs; NumPy takes two passes, over blocks of rows in float64."""
    shape = array.shape[1:]
    count, total, squares = (numpy.zeros(shape) for _ in range(3))
    least, greatest = numpy.full(shape, numpy.inf), numpy.full(shape, -numpy.inf)
    for start, end in blocks(array):
        block = array[start:end].astype("f8")
        count += (~numpy.isnan(block)).sum(0)
        total += numpy.nansum(block, 0)
        least, greatest = numpy.fmin(least, numpy.fmin.reduce(block)), numpy.fmax(greatest, numpy.fmax.reduce(block))
    with numpy.errstate(all="ignore"):
        mean = total / count
        for start, end in blocks(array):
            squares += numpy.nansum((array[start:end].astype("f8") - mean) ** 2, 0)
        wanted = {"count": count, "min": least, "max": greatest, "mean": mean, "std": numpy.sqrt(squares / count)}
    some = count > 0
    for name, values in wanted.items():
        if not numpy.allclose(table[name][some], values[some], rtol=1e-9, atol=1e-9, equal_nan=True):
            return name
    return None


def blocks(*arrays):
    """Runs of rows of about BLOCK_BYTES, of whole chunks where an array has them, so that none is decoded twice."""
    rows = arrays[0].shape[0]
    row_bytes = max(1, math.prod(arrays[0].shape[1:]) * arrays[0].dtype.itemsize)
    chunk_rows = math.lcm(*(array.chunks[0] for array in arrays if hasattr(array, "chunks")))
    count = max(1, BLOCK_BYTES // row_bytes // chunk_rows) * chunk_rows
    return ((start, min(start + count, rows)) for start in range(0, rows, count))


def wrong_scores(z, x, parameters) -> str:
    """What is wrong with z-scores; nothing when NumPy computes the same bits from means and deviations that hold."""
    center, scale = parameters["center"], parameters["scale"]
    step = max(1, BLOCK_BYTES // (8 * x.shape[1]))
    parts = [slice(first, first + step) for first in range(0, x.shape[0], step)]
    mean = sum(x[part].sum(0, dtype="f8") for part in parts) / x.shape[0]
    variance = sum(((x[part] - mean) ** 2).sum(0) for part in parts) / x.shape[0]
    if not numpy.allclose(center, mean, rtol=1e-9):
        return "means"
    if not numpy.allclose(scale, numpy.where(variance == 0, 1, numpy.sqrt(variance)), rtol=1e-9):
        return "standard deviations"
    center, scale = center.astype(x.dtype), scale.astype(x.dtype)
    return "" if all(numpy.array_equal(z[part], (x[part] - center) / scale) for part in parts) else "scores"


def wrong_components(x, found, scores) -> str:
    """What is wrong with a PCA; nothing when scikit-learn, which takes all of X at once, has the same."""
    from sklearn.decomposition import PCA

    wanted = PCA(found["components"].shape[0], svd_solver="full").fit(x)
    if not numpy.allclose(found["explained_variance_ratio"], wanted.explained_variance_ratio_, rtol=1e-9):
        return "explained variances"
    # A component may point either way.
    signs = numpy.sign((found["components"] * wanted.components_).sum(1))
    if not numpy.allclose(found["components"] * signs[:, None], wanted.components_, atol=1e-8):
        return "components"
    return "" if numpy.allclose(scores * signs, wanted.transform(x), atol=1e-7) else "scores"


def main(arguments: list[str]) -> None:
    match arguments:
        case ["digits"]:
            write_digits()
        case ["features", path, mib]:
            write_features(path, int(mib))
        case ["describe", path]:
            describe(path)
        case ["statistics", path, table]:
            found = wrong_statistics(open_array(path), numpy.load(table))
            if found:
                sys.exit(f"{table} is not what NumPy finds in {path}: {found}")
        case ["scores", scores, source, parameters]:
            found = wrong_scores(open_array(scores), open_array(source), numpy.load(parameters))
            if found:
                sys.exit(f"{scores}: NumPy finds other {found} of {source}")
        case ["components", source, parameters, scores]:
            found = wrong_components(numpy.load(source), numpy.load(parameters), numpy.load(scores))
            if found:
                sys.exit(f"{scores}: scikit-learn finds other {found} of {source}")
        case ["same", first, second]:
            found = difference(open_array(first), open_array(second))
            if found:
                sys.exit(f"{first} and {second} differ: {found}")
        case _:
            sys.exit(__doc__)


try:
    main(sys.argv[1:])
except KeyboardInterrupt:
    sys.exit(130)
except FileNotFoundError as error:
    sys.exit(f"nothing there: {error}")
