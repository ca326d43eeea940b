"""Writes the archives that ZipDirectoryTests reads. Run with NumPy 2: python3 make_archives.py"""
import io
import pathlib
import zipfile

import numpy as np

here = pathlib.Path(__file__).parent
ramp = np.arange(12, dtype="<f4").reshape(3, 4)
zeros = np.zeros(1000, "<i8")

np.savez(here / "stored.npz", ramp=ramp, zeros=zeros, scalar=np.float64(2.5))
np.savez_compressed(here / "deflated.npz", ramp=ramp, zeros=zeros)
np.savez(here / "names.npz", **{"a/b": ramp, "é": ramp, "x.y": ramp})


class Pipe(io.RawIOBase):
    """A destination that cannot seek, so that sizes follow the data."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.data += data
        return len(data)


pipe = Pipe()
np.savez(pipe, ramp=ramp)
(here / "streamed.npz").write_bytes(pipe.data)

stored = (here / "stored.npz").read_bytes()
(here / "prefixed.npz").write_bytes(b"#!/bin/sh\nexit 0\n" + stored)
with zipfile.ZipFile(here / "other.zip", "w") as archive:
    archive.comment = b"PK\5\6 in a comment " * 20
    archive.writestr("squeezed.npy", bytes(100), zipfile.ZIP_BZIP2)
    archive.mkdir("folder")
    # Not ASCII, not flagged as UTF-8: code page 437.
    info = zipfile.ZipInfo("cafX.npy")
    archive.writestr(info, b"x")
data = bytearray((here / "other.zip").read_bytes())
(here / "other.zip").write_bytes(data.replace(b"cafX", b"caf\x82"))
