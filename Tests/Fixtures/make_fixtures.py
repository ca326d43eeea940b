#!/usr/bin/env python3
"""Writes the fixtures beside this script with NumPy, zarr-python, zarrs and TensorStore.

Usage: make_fixtures.py [DESTINATION]     (default: the folder of this script)

Needs numpy, zarr, zarrs, tensorstore, numcodecs and ml_dtypes. The same versions of those write the same
bytes every time: all data is seeded by the fixture's own name. `index.json` lists every fixture;
`makers/catalogue.py` says what its fields mean.
"""
import pathlib
import shutil
import sys
import unittest.mock
import warnings

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from makers import catalogue, numpy_archives, numpy_files, tensorstore_v2, tensorstore_v3  # noqa: E402
from makers import zarr_python_codecs, zarr_python_refused, zarr_python_stores, zarrs_stores  # noqa: E402

FOLDERS = ["npy", "npz", "zarr-python", "zarrs", "tensorstore"]
MAKERS = [
    numpy_files, numpy_archives, zarr_python_codecs, zarr_python_stores, zarr_python_refused,
    zarrs_stores, tensorstore_v3, tensorstore_v2,
]


def main() -> None:
    warnings.simplefilter("ignore")  # zarr-python warns of whatever lies outside the specification
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for folder in FOLDERS:
        shutil.rmtree(root / folder, ignore_errors=True)
        (root / folder).mkdir(parents=True)
    fixtures = catalogue.Catalogue(root)
    # A gzip member holds the time it was written; the same fixture must have the same bytes.
    with unittest.mock.patch("gzip.time.time", return_value=0.0):
        for maker in MAKERS:
            maker.make(fixtures)
    fixtures.write_index()
    print(f"{len(fixtures.entries)} fixtures, {fixtures.total_bytes() / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
