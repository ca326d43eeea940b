"""What a run was measured on: the machine, and the versions of what took part."""
import datetime
import importlib.metadata
import os
import platform
import subprocess

from . import competitors

PEERS = ["numpy", "scipy", "bottleneck", "numexpr", "dask", "zarr", "zarrs", "numcodecs", "tensorstore", "h5py", "hdf5plugin",
         "blosc2", "scikit-learn"]


def describe():
    return {
        "date": datetime.date.today().isoformat(), "cpu": _cpu(), "architecture": platform.machine(),
        "cores": os.cpu_count(), "memory_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "kernel": f"{platform.system()} {platform.release()}", "python": platform.python_version(),
        "tessera": _tessera(), "versions": {name: importlib.metadata.version(name) for name in PEERS},
    }


def _cpu():
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith(("model name", "Processor"))]
    return names[0] if names else platform.processor() or "unknown"


def _tessera():
    """What the binary says of itself, and the last change of the sources in this clone, from which it need not be built."""
    binary = competitors.tessera_binary()
    version = _first_line([binary, "--version"]) if binary else "no tessera"
    git = ["git", "-C", competitors.ROOT, "log", "-1", "--format=%h", "--", "Sources", "Package.swift"]
    revision = _first_line(git)
    return f"{version}, sources at {revision}" if revision else version


def _first_line(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return next(iter(done.stdout.splitlines()), "")
