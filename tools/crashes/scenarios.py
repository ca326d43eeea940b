"""The commands that are killed: seeded arrays, what stands in the folder before, and what is right afterwards."""
import dataclasses
import math
import pathlib
import subprocess
from collections.abc import Callable

import numpy as np

DTYPES = ["float32", "float64", "int32", "uint8", "int16"]


@dataclasses.dataclass
class Scenario:
    """A command in a folder; the words of a command name files of the folder by a leading `@`."""
    command: list[str]
    # What it writes: by name, the array that is there before; None for nothing.
    targets: dict[str, np.ndarray | None]
    # Whether what it has written is right, by name, for NumPy.
    is_right: Callable[[dict[str, np.ndarray]], bool]
    # Names that nothing may happen to.
    sources: list[str]
    resumes: bool = False
    # The command that is run when the first one has come to its end: it finds what that has left.
    again: list[str] = dataclasses.field(default_factory=list)
    # What is there after it.
    is_right_again: Callable[[dict[str, np.ndarray]], bool] | None = None
    # A source that may go with the command.
    moved: str | None = None

    def words(self, folder: pathlib.Path, command: list[str] | None = None) -> list[str]:
        return [str(folder / word[1:]) if word[0] == "@" else word for word in command or self.command]


class Maker:
    """Makes a scenario in a folder."""

    def __init__(self, binary, folder: pathlib.Path, random: np.random.Generator):
        self.binary, self.folder, self.random = binary, folder, random
        self.group_format = self.pick("32")

    def scenario(self) -> Scenario:
        kinds = [self.convert, self.convert, self.append_zarr, self.append_zarr, self.append_npy, self.append_anew,
                 self.normalize, self.matmul, self.adopt, self.slice]
        return kinds[self.random.integers(len(kinds))]()

    # What the commands are given

    def array(self, rows=None, columns=None, dtype=None) -> np.ndarray:
        rows = rows or int(self.random.integers(1, 400))
        columns = columns or int(self.random.integers(1, 40))
        values = self.random.integers(0, 100, (rows, columns))
        return values.astype(dtype or self.pick(DTYPES))

    def pick(self, choices):
        return choices[self.random.integers(len(choices))]

    def flip(self) -> bool:
        return bool(self.random.integers(2))

    def save(self, name: str, values: np.ndarray) -> str:
        np.save(self.folder / name, values)
        return "@" + name

    def run(self, *words: str) -> None:
        words = [str(self.folder / word[1:]) if word[0] == "@" else word for word in words]
        subprocess.run([self.binary, *words], check=True, stdout=subprocess.DEVNULL)

    def layout(self, shape, name: str) -> list[str]:
        rows, columns = shape
        chunk = [int(self.random.integers(1, rows + 1)), int(self.random.integers(1, columns + 1))]
        # Some ten files at most: each is synced.
        chunk = [max(chunk[0], math.ceil(rows / 12)), max(chunk[1], math.ceil(columns / 4))]
        words = ["--chunks", "x".join(map(str, chunk)), "--codec", self.pick(["none", "lz4", "zstd", "gzip"])]
        # All members of a group have its format.
        zarr_format = self.group_format if name.startswith("g.zarr") else self.pick("3332")
        if zarr_format == "3" and self.flip():
            shard = [c * int(self.random.integers(1, 4)) for c in chunk]
            words += ["--shards", "x".join(map(str, shard))]
            if self.flip():
                words += ["--checksum"]
        else:
            words += ["--shards", "none"]
        return [*words, "--zarr-format", zarr_format]

    def threads(self) -> list[str]:
        return ["--threads", str(self.pick([1, 1, 2, 3]))]

    def store(self, name: str, values: np.ndarray) -> None:
        """An array in a store, by way of a file that goes again."""
        self.run("convert", self.save("made.npy", values), "@" + name, *self.layout(values.shape, name), "--threads", "1")
        (self.folder / "made.npy").unlink()

    def destination(self, shape, forms) -> tuple[str, np.ndarray | None, list[str]]:
        """A name, what is there before, and options."""
        name = self.pick(forms)
        old, options = None, []
        if name.startswith("g.zarr") and self.flip():
            self.store("g.zarr/neighbour", self.array())
        if self.flip():
            old, options = self.array(), ["--overwrite"]
            if name.endswith(".npy"):
                self.save(name, old)
            elif name.endswith(".npz"):
                np.savez(self.folder / name, arr_0=old)
            else:
                self.store(name, old)
        if not name.endswith((".npy", ".npz")):
            options += self.layout(shape, name)
        elif name.endswith(".npz") and self.flip():
            options += ["--codec", "gzip"]
        return name, old, options + self.threads()

    def neighbours(self) -> list[str]:
        return ["g.zarr/neighbour"] if (self.folder / "g.zarr/neighbour").exists() else []

    # The commands

    def convert(self) -> Scenario:
        values = self.array()
        if self.flip():
            source = self.save("source.npy", values)
        else:
            self.store("source.zarr", values)
            source = "@source.zarr"
        name, old, options = self.destination(values.shape, ["x.zarr", "x.zarr", "x.npy", "x.npz", "g.zarr/in/x"])
        return Scenario(
            ["convert", source, "@" + name, *options], {name: old},
            lambda got: same(got[name], values), [source[1:], *self.neighbours()], resumes=True)

    def normalize(self) -> Scenario:
        values = self.array(rows=int(self.random.integers(2, 400)), dtype=self.pick(["float32", "float64"]))
        source = self.save("source.npy", values)
        name, old, options = self.destination(values.shape, ["x.zarr", "x.npy", "g.zarr/x"])
        targets, saving = {name: old}, []
        if "--overwrite" not in options or self.flip():
            targets["p.npz"], saving = None, ["--save-params", "@p.npz"]
        deviation = values.std(axis=0, dtype="float64")
        expected = (values - values.mean(axis=0, dtype="float64")) / np.where(deviation == 0, 1, deviation)
        return Scenario(
            ["normalize", source, "@" + name, *saving, *options], targets,
            lambda got: np.allclose(got[name], expected, rtol=1e-4, atol=1e-4), [source[1:], *self.neighbours()],
            resumes=True)

    def matmul(self) -> Scenario:
        a, b = self.array(dtype="float64"), None
        b = self.array(rows=a.shape[1], dtype="float64")
        sources = [self.save("a.npy", a), self.save("b.npy", b)]
        name, old, options = self.destination((a.shape[0], b.shape[1]), ["x.zarr", "x.npy"])
        # Whole numbers: the product has no rounding.
        return Scenario(
            ["matmul", *sources, "@" + name, *options], {name: old}, lambda got: same(got[name], a @ b),
            ["a.npy", "b.npy"], resumes=True)

    def slice(self) -> Scenario:
        values = self.array(rows=int(self.random.integers(4, 400)))
        source = self.save("source.npy", values)
        name, old, options = self.destination(values[1::2].shape, ["x.zarr", "x.npy"])
        return Scenario(
            ["slice", source, "1::2", "-o", "@" + name, *options], {name: old},
            lambda got: same(got[name], values[1::2]), ["source.npy"])

    def append_zarr(self) -> Scenario:
        name = self.pick(["x.zarr", "g.zarr/in/x"])
        old = self.array()
        if name.startswith("g.zarr"):
            self.store("g.zarr/neighbour", self.array())
        self.store(name, old)
        return self.append(name, old)

    def append_npy(self) -> Scenario:
        old = self.array()
        self.save("x.npy", old)
        return self.append("x.npy", old)

    def append_anew(self) -> Scenario:
        """In Fortran order, rows do not end the file."""
        old = np.asfortranarray(self.array(rows=int(self.random.integers(2, 400)), columns=7))
        self.save("x.npy", old)
        scenario = self.append("x.npy", old)
        # Appended to, it is in C order, and the next append leaves alone what the first one has left.
        scenario.again = ["convert", "@part2.npy", "@x.npy", "--overwrite"]
        scenario.is_right_again = lambda got: same(got["x.npy"], np.load(self.folder / "part2.npy"))
        return scenario

    def append(self, name: str, old: np.ndarray) -> Scenario:
        parts = [self.array(columns=old.shape[1], dtype=old.dtype) for _ in range(3)]
        sources = [self.save(f"part{i}.npy", part) for i, part in enumerate(parts)]
        return Scenario(
            ["append", "@" + name, *sources[:2], *self.threads()], {name: old},
            lambda got: same(got[name], np.concatenate([old, *parts[:2]])),
            [source[1:] for source in sources] + self.neighbours(), again=["append", "@" + name, sources[2]],
            is_right_again=lambda got: same(got[name], np.concatenate([old, *parts])))

    def adopt(self) -> Scenario:
        values = self.array()
        if self.flip():
            values = np.asfortranarray(values)
        self.save("source.npy", values)
        linked = ["--link"] if self.flip() else []
        return Scenario(
            ["adopt", "@source.npy", "@x.zarr", *linked], {"x.zarr": None}, lambda got: same(got["x.zarr"], values),
            [], moved="source.npy")


def same(got: np.ndarray, expected: np.ndarray) -> bool:
    return got.dtype == expected.dtype and got.shape == expected.shape and np.array_equal(got, expected)
