"""What is in a folder: read by NumPy and zarr-python, and verified by the command itself."""
import hashlib
import os
import pathlib
import subprocess

import numpy as np
import zarr

from scenarios import Scenario, same


class Broken(Exception):
    """The promise was not kept."""


def read(path: pathlib.Path) -> np.ndarray | None:
    """The array at a path; None where nothing is."""
    if not os.path.lexists(path):
        return None
    if path.suffix == ".npy":
        return np.load(path)
    if path.suffix == ".npz":
        with np.load(path) as members:
            # One array is compared as it is, several as one.
            arrays = [members[name] for name in members.files]
        return arrays[0] if len(arrays) == 1 else np.concatenate([np.atleast_1d(a).astype("U32") for a in arrays])
    return zarr.open_array(path, mode="r")[...]


def read_all(scenario: Scenario, folder: pathlib.Path) -> dict[str, np.ndarray | None]:
    found = {}
    for name in scenario.targets:
        try:
            found[name] = read(folder / name)
        except Exception as error:  # whatever the reader makes of half a file
            raise Broken(f"{name} cannot be read: {type(error).__name__}: {error}") from error
    return found


def states(scenario: Scenario, new: dict, folder: pathlib.Path) -> dict[str, str]:
    """`old` or `new` for each target; anything else is broken."""
    result = {}
    for name, got in read_all(scenario, folder).items():
        old = scenario.targets[name]
        if got is None:
            if old is not None:
                raise Broken(f"{name} is gone")
            result[name] = "old"
        elif same(got, new[name]):
            result[name] = "new"
        elif old is not None and same(got, old):
            result[name] = "old"
        else:
            raise Broken(f"{name} is neither old nor new: {got.dtype} {got.shape}")
    return result


def verify(binary: str, scenario: Scenario, folder: pathlib.Path) -> None:
    for name in scenario.targets:
        if os.path.lexists(folder / name):
            done = subprocess.run([binary, "verify", folder / name], capture_output=True, text=True)
            if done.returncode != 0:
                raise Broken(f"verify {name}: {done.stdout}{done.stderr}")


def digest(path: pathlib.Path) -> dict[str, str]:
    """The bytes of a file or of a folder's files; consolidated metadata is nobody's own."""
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    return {str(each.relative_to(path)): hashlib.sha256(each.read_bytes()).hexdigest() for each in files}


def resumable(folder: pathlib.Path) -> tuple[bool, bool]:
    """Whether a killed run has left what `--resume` goes on with, and whether shards are finished in it."""
    stagings = [note.parent for note in folder.rglob("resume.json") if note.parent.name.endswith(".tessera-partial")]
    files = [each for staging in stagings for each in (staging / "payload").rglob("*") if each.is_file()]
    others = ("zarr.json", ".zarray", ".zattrs")
    return bool(stagings), any(
        each.name not in others and not each.name.endswith(".tessera-partial") for each in files)


def temporaries(folder: pathlib.Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if "tessera" in each.name)
