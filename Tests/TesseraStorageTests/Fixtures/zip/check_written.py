"""Reads written.npz, the bytes that ZipRecordTests expects of the writer, as NumPy and Python's zipfile do.

Run with NumPy 2: python3 check_written.py
"""
import pathlib
import zipfile

import numpy as np

path = pathlib.Path(__file__).parent / "written.npz"
with zipfile.ZipFile(path) as archive:
    assert archive.testzip() is None
    assert archive.namelist() == ["a.npy", "nested/é.npy", "empty.npy"]
with np.load(path) as arrays:
    assert np.array_equal(arrays["a"], np.arange(15, dtype="u1").reshape(3, 5))
    assert np.array_equal(arrays["nested/é"], np.arange(28, dtype="u1").view("<f4"))
    assert arrays["empty"].shape == (0,) and arrays["empty"].dtype == "<i2"
print("written.npz is what it should be")
