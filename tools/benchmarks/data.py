"""Feature matrices as people have them, made in blocks, seeded."""
import os

import numpy as np

BLOCK_ROWS = 8192


def make(path, rows, columns, seed, kind="features"):
    """Writes a float32 `.npy` of that shape.

    `features` mixes column kinds: quantised Gaussians of many scales (measurements), small integers (counts),
    categories, and mostly-zero columns. `gaussian` has full entropy: what no codec can shrink much.
    """
    random = np.random.default_rng(seed)
    recipe = random.integers(0, 10, columns)
    scales = 10.0 ** random.integers(-3, 4, columns)

    def block(_, count):
        noise = random.standard_normal((count, columns), dtype="float32")
        return noise if kind == "gaussian" else _features(noise, recipe, scales)

    write(path, "float32", (rows, columns), block)


def write(path, dtype, shape, block):
    """Writes a `.npy` in large pieces, as `np.save` does: a file that is filled through a mapping is in the page cache in
    single pages, from which everybody reads more slowly.

    `block(first, count)` gives so many rows, from `first` on.
    """
    with open(path, "wb") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": tuple(shape)})
        for first in range(0, shape[0], BLOCK_ROWS):
            file.write(np.ascontiguousarray(block(first, min(BLOCK_ROWS, shape[0] - first)), dtype).data)
        file.flush()
        os.fsync(file.fileno())


def _features(noise, recipe, scales):
    values = np.empty_like(noise)
    measured, counted = recipe < 4, (recipe >= 4) & (recipe < 6)
    coded, sparse = (recipe >= 6) & (recipe < 8), recipe >= 8
    values[:, measured] = np.round(noise[:, measured], 2) * scales[measured].astype("float32")
    values[:, counted] = np.floor(np.abs(noise[:, counted]) * 12)
    values[:, coded] = np.clip(np.rint(noise[:, coded] * 1.5), -3, 3)
    values[:, sparse] = np.where(np.abs(noise[:, sparse]) > 1.65, np.round(noise[:, sparse], 3), 0)
    return values


def positions(folder, rows, columns, seed, row_count=10_000, tile_count=1_000, tile=256):
    """Files of random row numbers and of tile corners, so that everybody reads the same ones in the same order."""
    random = np.random.default_rng(seed + 1)
    rows_file, tiles_file = folder / "rows.npy", folder / "tiles.npy"
    np.save(rows_file, random.integers(0, rows, row_count))
    corners = [random.integers(0, max(1, n - tile + 1), tile_count) for n in (rows, columns)]
    np.save(tiles_file, np.stack(corners, axis=1))
    return rows_file, tiles_file
