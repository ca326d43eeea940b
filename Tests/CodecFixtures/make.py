"""Writes the frames in this folder with other people's encoders: numcodecs 0.16 (c-blosc 1.21), Python's gzip, zstd's
command line.

Run in this folder. A frame's name says what made it and what it holds: codec-...-typesize-size.bin holds `size` bytes of
`content(size, typesize)`, which `Fixture.swift` computes again.
"""
import gzip, os, subprocess
import numpy as np
from numcodecs import LZ4, Blosc, GZip, Zlib, Zstd, blosc

blosc.use_threads = False


def content(size, typesize):
    j = np.arange(size, dtype=np.uint64)
    i, k = j // typesize, j % typesize
    return ((i * i % 23 * 11 >> k) + (i >> 6) * k & 255).astype(np.uint8)


def save(name, typesize, size, data):
    with open(f"{name}-{typesize}-{size}.bin", "wb") as file:
        file.write(bytes(data))


for old in os.listdir():
    if old.endswith(".bin"):
        os.remove(old)
for name in "lz4", "lz4hc", "zstd", "zlib":
    for shuffle in 0, 1, 2:
        for typesize, size in (1, 3000), (2, 5000), (3, 4002), (4, 0), (4, 100), (4, 1028), (4, 6000), (8, 8192), (16, 8208), (17, 3400):
            array = content(size, typesize).view(f"V{typesize}")
            save(f"blosc-{name}-{shuffle}", typesize, size, Blosc(name, 5, shuffle).encode(array))
        # Several blocks, the last one short.
        save(f"blosc-{name}-{shuffle}-blocks", 4, 9000, Blosc(name, 5, shuffle, 4096).encode(content(9000, 4).view("V4")))
        save(f"blosc-{name}-{shuffle}-blocks", 2, 5002, Blosc(name, 5, shuffle, 1024).encode(content(5002, 2).view("V2")))
save("blosc-stored-1", 4, 1028, Blosc("lz4", 0, 1).encode(content(1028, 4).view("V4")))
save("blosc-blosclz-1", 4, 6000, Blosc("blosclz", 5, 1).encode(content(6000, 4).view("V4")))

plain = {size: content(size, 4).tobytes() for size in (0, 1, 1000, 20000)}
for size, data in plain.items():
    save("lz4", 4, size, LZ4().encode(data))
    save("zlib", 4, size, Zlib(level=6).encode(data))
    save("gzip", 4, size, gzip.compress(data, mtime=0))
    save("gzip-members", 4, size, gzip.compress(data[: size // 2], mtime=0) + gzip.compress(data[size // 2 :], mtime=0) + bytes(5))
    save("zstd", 4, size, Zstd(level=3).encode(data))
    save("zstd-checksum", 4, size, Zstd(level=3, checksum=True).encode(data))
    # From a pipe, so the frame cannot say how long it is.
    save("zstd-unsized", 4, size, subprocess.run(["zstd", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout)
    frames = [Zstd(level=1).encode(part) for part in (data[: size // 3], data[size // 3 :])]
    save("zstd-frames", 4, size, frames[0] + frames[1])
