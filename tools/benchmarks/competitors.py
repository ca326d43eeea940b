"""Who takes part, and the command that makes each do a job."""
import json
import os
import pathlib
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TESSERA = "tessera"
ZARR_PEERS = {"zarr-python": "zarr:python", "zarrs": "zarr:zarrs", "TensorStore": "tensorstore"}
OTHER_PEERS = {"h5py+LZ4": "hdf5", "Blosc2": "blosc2"}
PEERS = ZARR_PEERS | OTHER_PEERS


def tessera_binary():
    return _program("TESSERA", "release/tessera")


def tessera_bench_binary():
    return _program("TESSERA_BENCH", "bench-reader/release/tessera-bench")


def engine_binary():
    return _program("TESSERA_ENGINE_BENCH", "bench-reader/release/tessera-engine-bench")


def _program(variable, name):
    path = os.environ.get(variable) or str(ROOT / ".build" / name)
    return shutil.which(path)


def is_zarr(who):
    return who == TESSERA or who in ZARR_PEERS


def checker(who):
    """The library that reads back what `who` wrote."""
    return "tensorstore" if is_zarr(who) else OTHER_PEERS[who]


def write(who, source, store, codec, chunks, shards):
    if who == TESSERA:
        layout = ["--chunks", _shape(chunks), "--shards", _shape(shards)]
        return [tessera_binary(), "convert", source, store, "--codec", codec, *layout]
    return _worker(who, "write", source=source, store=store, codec=codec, chunks=chunks, shards=shards)


def to_npy(who, store, target, block_rows):
    if who == TESSERA:
        return [tessera_binary(), "convert", store, target]
    return _worker(who, "to-npy", store=store, target=target, block_rows=block_rows)


def read(who, job, store, positions=None):
    """`read-all`, `rows` or `tiles`: prints {"seconds", "checksum"}."""
    if who == TESSERA:
        which = ["--positions", positions] if positions else []
        return [tessera_bench_binary(), job, store, *which, "--json"]
    return _worker(who, job, store=store, **({"positions": positions} if positions else {}))


def _worker(who, job, **arguments):
    text = json.dumps(arguments, default=str)
    return [sys.executable, "-m", "benchmarks.worker", PEERS[who], job, text]


def _shape(lengths):
    return "x".join(map(str, lengths))
