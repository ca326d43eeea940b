"""The process a Python peer runs in: `python -m benchmarks.worker PEER JOB ARGUMENTS-AS-JSON`.

Prints {"seconds"}: those of the work alone, without imports and opening. Reads print {"seconds", "checksum"}: the
seconds leave out summing too; the checksum is the sum of all elements read, accumulated in float64.
"""
import importlib
import json
import sys
import time
import warnings

import numpy as np


def main():
    warnings.simplefilter("ignore")
    peer, job, arguments = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    module, _, variant = peer.partition(":")
    peer = importlib.import_module(f"benchmarks.peer_{module}")
    if variant:
        peer.use(variant)
    globals()[f"do_{job.replace('-', '_')}"](peer, **arguments)


def do_write(peer, source, store, codec, chunks, shards):
    values = np.load(source, mmap_mode="r")
    clock = Clock()
    clock.time(lambda: peer.write(values, store, codec, tuple(chunks), tuple(shards)))
    print(json.dumps({"seconds": clock.seconds}))


def do_to_npy(peer, store, target, block_rows):
    """Row blocks of a shard's height, so that memory stays bounded and each chunk is decoded once."""
    array = peer.open(store)

    def copy():
        out = np.lib.format.open_memmap(target, "w+", "float32", tuple(array.shape))
        for first in range(0, array.shape[0], block_rows):
            last = min(first + block_rows, array.shape[0])
            out[first:last] = peer.read_rows(array, first, last)

    clock = Clock()
    clock.time(copy)
    print(json.dumps({"seconds": clock.seconds}))


def do_read_all(peer, store):
    array = peer.open(store)
    clock = Clock()
    _answer(clock, clock.time(lambda: peer.read_rows(array, 0, array.shape[0])))


def do_rows(peer, store, positions):
    array, rows = peer.open(store), np.load(positions)
    clock = Clock()
    _answer(clock, clock.time(lambda: peer.gather(array, rows)))


def do_tiles(peer, store, positions, tile=256):
    array, corners = peer.open(store), np.load(positions).tolist()
    clock, total = Clock(), 0.0
    for row, column in corners:
        part = clock.time(lambda: peer.read_box(array, row, row + tile, column, column + tile))
        total += float(np.sum(part, dtype=np.float64))
    _print(clock, total)


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def time(self, body):
        started = time.perf_counter()
        result = body()
        self.seconds += time.perf_counter() - started
        return result


def _answer(clock, values):
    _print(clock, float(np.sum(values, dtype=np.float64)))


def _print(clock, checksum):
    print(json.dumps({"seconds": clock.seconds, "checksum": checksum}))


if __name__ == "__main__":
    main()
