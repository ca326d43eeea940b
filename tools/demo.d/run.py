"""Runs the steps of tools/demo and prints what each took.

This process imports the standard library only: a child's peak memory as Linux reports it (ru_maxrss) is never
less than its parent's at the fork, so whoever measures has to be small. All that needs NumPy is in arrays.py.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
# The matrix or the copy, one store, and the .npy made from it are on disk at once; the rest is slack.
COPIES_AT_ONCE = 3
SLACK = 64 * MIB
# Under this size a step measures how fast a process starts, not how fast it moves bytes.
LEAST_FOR_A_RATE = 16 * MIB


@dataclass
class Step:
    name: str
    bytes_in: int
    bytes_out: int | None
    array_bytes: int | None  # None where time has nothing to do with them
    seconds: float
    peak: int


class Demo:
    """The scratch folder, the programs, and the steps measured so far."""

    def __init__(self, tessera: str, scratch: Path):
        self.tessera = tessera
        self.scratch = scratch
        self.steps: list[Step] = []

    def run(self, command: list[str]) -> tuple[float, int, str]:
        """Runs a command in the scratch folder: seconds, peak resident bytes, what it printed."""
        begun = time.perf_counter()
        child = subprocess.Popen(command, cwd=self.scratch, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        with child.stdout:
            printed = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            print(printed, end="")
            sys.exit(f"tools/demo: error: exit status {child.returncode} from: {' '.join(command)}")
        return time.perf_counter() - begun, usage.ru_maxrss * 1024, printed

    def run_tessera(self, *arguments: str) -> tuple[float, int, str]:
        """The same for Tessera, said as one would type it."""
        print("$ tessera " + " ".join(quoted(argument) for argument in arguments), flush=True)
        return self.run([self.tessera, *arguments])

    def run_python(self, *arguments: str) -> tuple[float, int, str]:
        script = Path(__file__).with_name("arrays.py")
        return self.run([sys.executable, str(script), *arguments])

    def run_numpy(self, what: str, *arguments: str) -> None:
        """Something NumPy does or checks between the steps; the demo ends where it fails."""
        seconds, _, _ = self.run_python(*arguments)
        print(f"  {what} ({seconds:.1f} s)", flush=True)

    def step(self, name: str, source: str, destination: str | None, array_bytes: int | None, *arguments: str) -> None:
        """A command of Tessera that goes into the table."""
        before = stored_bytes(self.scratch / source)
        seconds, peak, printed = self.run_tessera(*arguments)
        after = stored_bytes(self.scratch / destination) if destination else None
        self.steps.append(Step(name, before, after, array_bytes, seconds, peak))
        print(indented(printed), end="")

    def read_by_zarr(self, name: str, store: str, source: str, array_bytes: int) -> None:
        """zarr-python reads the store, and every block of it is compared with the source."""
        print(f"  zarr-python reads {store} and compares it with {source}", flush=True)
        seconds, peak, _ = self.run_python("same", store, source)
        self.steps.append(Step(name, stored_bytes(self.scratch / store), None, array_bytes, seconds, peak))

    def remove(self, *names: str) -> None:
        for name in names:
            path = self.scratch / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def print_table(self) -> None:
        width = max(len(step.name) for step in self.steps)
        heads = f"{'bytes in':>15}  {'bytes out':>15}  {'ratio':>6}  {'seconds':>8}  {'GB/s':>6}  {'peak RSS':>10}"
        print(f"\n{'step':<{width}}  {heads}")
        for step in self.steps:
            out = f"{step.bytes_out:,}" if step.bytes_out is not None else ""
            ratio = f"{step.bytes_in / step.bytes_out:.2f}" if step.bytes_out else ""
            rate = "-"
            if step.array_bytes is not None:
                rate = f"{step.array_bytes / step.seconds / 1e9:.2f}" if step.array_bytes >= LEAST_FOR_A_RATE else ""
            print(
                f"{step.name:<{width}}  {step.bytes_in:>15,}  {out:>15}  {ratio:>6}  {step.seconds:>8.2f}  "
                f"{rate:>6}  {step.peak / MIB:>6.0f} MiB"
            )
        print(
            "\nratio: bytes in / bytes out. GB/s: the array's own bytes, uncompressed, per second of the process.\n"
            "Freshly written files are read from the page cache, as far as memory allows."
        )


def digits(demo: Demo) -> None:
    """Real data, small: one matrix, as .npy and in a compressed archive."""
    print("\n== Handwritten digits (scikit-learn's, 1797 x 64 float64)")
    demo.run_numpy("NumPy writes digits.npy and digits.npz", "digits")
    size = 1797 * 64 * 8
    for name in ("digits.npy", "digits.npz"):
        print(indented(demo.run_tessera("info", name)[2]), end="")
    to_lz4 = ("--codec", "lz4")
    names = ("digits.npy", "digits.zarr")
    demo.step("digits.npy to lz4 store", *names, size, "convert", *names, *to_lz4)
    names = ("digits.zarr", "back.npy")
    demo.step("lz4 store to .npy", *names, size, "convert", *names)
    demo.run_numpy("NumPy finds back.npy the same, bit for bit", "same", "back.npy", "digits.npy")
    names = ("digits.npz", "group.zarr")
    demo.step("digits.npz to lz4 group", *names, size, "convert", *names, *to_lz4)
    demo.read_by_zarr("zarr-python reads the group", "group.zarr/data", "digits.npy", size)
    principal_components(demo, "digits.npy", size)
    demo.remove("back.npy", "digits.zarr", "group.zarr")


def principal_components(demo: Demo, source: str, size: int) -> None:
    """Ten numbers in place of 64 for each digit, and how much of their variance that keeps."""
    outputs = ("-o", "pca.npz", "--transform", "scores.npy")
    demo.step("PCA of digits.npy", source, "scores.npy", size, "pca", source, "-k", "10", *outputs)
    print(indented(demo.run_tessera("slice", "pca.npz/explained_variance_ratio", "...")[2]), end="")
    demo.run_numpy("scikit-learn finds the same components and scores", "components", source, "pca.npz", "scores.npy")
    demo.remove("pca.npz", "scores.npy")


def features(demo: Demo, source: str) -> None:
    """The main job on one .npy file of any size: stores there and back, adopted, sliced, verified, read by zarr-python."""
    description = json.loads(demo.run_python("describe", source)[2])
    size, shape = description["nbytes"], description["shape"]
    print(indented(demo.run_tessera("info", source)[2]), end="")
    if description["is_real"] and shape and size > 0:
        statistics(demo, source, size)

    for codec, kind in (("none", "raw"), ("lz4", "lz4")):
        store = f"{kind}.zarr"
        print(f"\n== {kind} store")
        demo.step(f".npy to {kind} store", source, store, size, "convert", source, store, "--codec", codec)
        demo.step(f"{kind} store to .npy", store, "back.npy", size, "convert", store, "back.npy")
        demo.run_numpy("NumPy finds back.npy the same, bit for bit", "same", "back.npy", source)
        demo.remove("back.npy")
        finish_store(demo, store, kind, source, size, shape)

    if description["fortran_order"] or size == 0:
        print("\nOnly files in C order, and not empty ones, can be adopted: that step is left out.")
    else:
        adopt(demo, source, size, shape)


def statistics(demo: Demo, source: str, size: int) -> None:
    """What the numbers are like: each command one pass over the file, in little memory."""
    print("\n== statistics in one pass each, within 64 MiB")
    budget = ("--memory", "64MiB")
    demo.step("stats", source, None, size, "stats", source, "--axis", "0", "-o", "stats.npz", *budget)
    demo.run_numpy("NumPy finds them the same", "statistics", source, "stats.npz")
    operations = "mean,std,nanmax,argmin"
    demo.step(f"reduce {operations}", source, None, size, "reduce", operations, source, "-o", "reduced.npz", *budget)
    print(indented(demo.run_tessera("slice", "reduced.npz/mean", "...")[2]), end="")
    demo.remove("stats.npz", "reduced.npz")


def adopt(demo: Demo, source: str, size: int, shape: list[int]) -> None:
    print("\n== adopted: the file itself becomes the store")
    shutil.copyfile(demo.scratch / source, demo.scratch / "copy.npy")
    demo.step("adopt (a copy of the .npy)", "copy.npy", "adopted.zarr", size, "adopt", "copy.npy", "adopted.zarr")
    files = (path for path in (demo.scratch / "adopted.zarr").rglob("*") if path.is_file())
    shard = next(path for path in files if path.name != "zarr.json")
    shard_name = str(shard.relative_to(demo.scratch))
    demo.run_numpy(f"NumPy still opens {shard_name} as a .npy", "same", shard_name, source)
    finish_store(demo, "adopted.zarr", "adopted", source, size, shape)


def normalize(demo: Demo, source: str) -> None:
    """Two passes over the matrix: mean and standard deviation of each feature, then z-scores into a store."""
    print("\n== normalized: each feature to mean 0 and standard deviation 1")
    size = json.loads(demo.run_python("describe", source)[2])["nbytes"]
    demo.step("normalize .npy to raw store", source, "z.zarr", size, "normalize", source, "z.zarr", "--save-params", "z.npz")
    print(indented(demo.run_tessera("slice", "z.zarr", "0:2,0:6")[2]), end="")
    demo.run_numpy("NumPy finds the same means, deviations and scores", "scores", "z.zarr", source, "z.npz")
    demo.remove("z.zarr", "z.npz")


def finish_store(demo: Demo, store: str, kind: str, source: str, size: int, shape: list[int]) -> None:
    """What is done with every store once it is there."""
    print(indented(demo.run_tessera("info", store)[2]), end="")
    if shape:
        rows = ",".join(["0:4", *["0:6"] * (len(shape) - 1)])
        print(indented(demo.run_tessera("slice", store, rows)[2]), end="")
    # Raw chunks without checksums can hold anything: only their index is read.
    read = size if kind == "lz4" else None
    demo.step(f"verify {kind} store", store, None, read, "verify", store)
    demo.read_by_zarr(f"zarr-python reads {kind} store", store, source, size)
    demo.remove(store)


def stored_bytes(path: Path) -> int:
    """The bytes of a file, or of all files below a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(entry.stat().st_size for entry in path.rglob("*") if entry.is_file())


def indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def quoted(argument: str) -> str:
    return f"'{argument}'" if any(mark in argument for mark in " :,*") else argument


def require_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        sys.exit(
            f"tools/demo: error: {folder.parent}: not enough room: expected {needed / MIB:,.0f} MiB, "
            f"got {free / MIB:,.0f} MiB; set TMPDIR to a folder on a larger disk"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tessera", required=True)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--file", type=Path)
    parser.add_argument("scratch", type=Path)
    options = parser.parse_args()
    demo = Demo(options.tessera, options.scratch)

    if options.file:
        size = options.file.stat().st_size
        # The file stays where it is; only a link in the scratch folder bears a short name.
        require_space(options.scratch, (COPIES_AT_ONCE - 1) * size + SLACK)
        (options.scratch / "yours.npy").symlink_to(options.file)
        print(f"\n== {options.file}")
        features(demo, "yours.npy")
    else:
        require_space(options.scratch, COPIES_AT_ONCE * options.mib * MIB + SLACK)
        digits(demo)
        print(f"\n== A feature matrix of {options.mib} MiB")
        demo.run_numpy("NumPy writes features.npy, block by block", "features", "features.npy", str(options.mib))
        features(demo, "features.npy")
        normalize(demo, "features.npy")
    demo.print_table()
    print("All of it agreed: copies bit for bit, statistics to the last digits.")


try:
    main()
except KeyboardInterrupt:
    sys.exit(130)
