"""Looks at every answer: stores against the source, checksums against NumPy's."""
import importlib
import json

import numpy as np

from .measure import Failed

BLOCK_ROWS = 16384


def same_array(read, source, number):
    """All rows on the first run; every eighth block, a different eighth each time, on later ones."""
    values = np.load(source, mmap_mode="r")
    for block, first in enumerate(range(0, values.shape[0], BLOCK_ROWS)):
        if number and (block + number) % 8:
            continue
        last = min(first + BLOCK_ROWS, values.shape[0])
        if not np.array_equal(np.asarray(read(first, last)).view("u4"), values[first:last].view("u4")):
            raise Failed(f"wrong answer: rows {first} to {last} differ from the source")


def same_store(peer, store, source, number):
    """What was written, read back: Zarr by TensorStore, whoever wrote it; other formats by their own library."""
    module = importlib.import_module(f"benchmarks.peer_{peer}")
    array = module.open(store)
    same_array(lambda a, b: module.read_rows(array, a, b), source, number)


def same_npy(target, source, number):
    got = np.load(target, mmap_mode="r")
    same_array(lambda a, b: got[a:b], source, number)


def seconds(text):
    """The seconds that a process says its work took."""
    return _said(text)["seconds"]


def answer(text, expected):
    """The inner seconds of a read, once its checksum is right: within 1e-9 of the sum of magnitudes."""
    said = _said(text)
    total, magnitude = expected
    if not abs(said["checksum"] - total) <= 1e-9 * magnitude:
        raise Failed(f"wrong answer: checksum {said['checksum']!r}, expected {total!r}")
    return said["seconds"]


def _said(text):
    try:
        return json.loads(text.strip().splitlines()[-1])
    except (IndexError, ValueError):
        raise Failed(f"no answer in what was printed: {text[-100:]!r}") from None


def expected_sums(source, rows_file, tiles_file, tile=256):
    """Sum and sum of magnitudes of everything, of the rows and of the tiles, by NumPy on the source itself."""
    values = np.load(source, mmap_mode="r")
    rows, corners = np.load(rows_file), np.load(tiles_file).tolist()
    blocks = (values[first:first + BLOCK_ROWS] for first in range(0, values.shape[0], BLOCK_ROWS))
    return {
        "read-all": _sums(blocks), "rows": _sums([values[rows]]),
        "tiles": _sums(values[r:r + tile, c:c + tile] for r, c in corners),
    }


def _sums(parts):
    total = magnitude = 0.0
    for part in parts:
        total += float(np.sum(part, dtype=np.float64))
        magnitude += float(np.sum(np.abs(part), dtype=np.float64))
    return total, magnitude
