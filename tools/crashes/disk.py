"""What a disk may hold after the power fails: a model of files and folders, and of what is not yet safe on them.

After Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014): of the operations before the failure, those
that a sync covers are on the disk, and of the others any may be missing. A sync of a file covers what was written to
it, a sync of a folder the names in it; a rename is there or is not. A write is taken apart at pages, each of which may
be missing. Nothing else is promised: files may get their names before their bytes, and names may come in any order.
"""
import dataclasses
import pathlib
import urllib.parse

PAGE = 4096


@dataclasses.dataclass
class Step:
    """One thing that is on the disk, or is not: bytes of a file, its length, or names in folders."""
    # The file or the folder whose sync makes it safe.
    owner: int
    # (offset, bytes), for a file; bytes None for a length.
    data: tuple[int, bytes | None] | None = None
    # (folder, name, what has the name from now on or None), for folders.
    names: tuple[tuple[int, str, int | None], ...] = ()


class Tree:
    """Files and folders by numbers of their own; those of the system may be used again."""

    def __init__(self, root: pathlib.Path):
        self.root = root
        self.folders: dict[int, dict[str, int]] = {}
        self.files: dict[int, bytes] = {}
        self.numbers: dict[int, int] = {}
        self.top = self._load(root)

    def _load(self, path: pathlib.Path) -> int:
        known = path.lstat().st_ino
        if known in self.numbers:
            return self.numbers[known]
        number = self.number(known)
        if path.is_dir():
            self.folders[number] = {each.name: self._load(each) for each in path.iterdir()}
        else:
            self.files[number] = path.read_bytes()
        return number

    def number(self, inode: int) -> int:
        """A new number for what the system calls `inode` from now on."""
        self.numbers[inode] = max(self.numbers.values(), default=0) + 1
        return self.numbers[inode]

    def find(self, path: str) -> tuple[int, str]:
        """The folder and the name of a path."""
        *folders, name = pathlib.Path(path).relative_to(self.root).parts
        number = self.top
        for folder in folders:
            number = self.folders[number][folder]
        return number, name

    def at(self, place: tuple[int, str]) -> int:
        return self.folders[place[0]][place[1]]

    def copy(self) -> "Tree":
        other = object.__new__(Tree)
        other.root, other.top = self.root, self.top
        other.folders = {number: dict(names) for number, names in self.folders.items()}
        other.files = dict(self.files)
        other.numbers = dict(self.numbers)
        return other

    def do(self, step: Step) -> None:
        if step.data:
            old = self.files.setdefault(step.owner, b"")
            offset, new = step.data
            if new is None:
                self.files[step.owner] = old[:offset].ljust(offset, b"\0")
            else:
                self.files[step.owner] = old[:offset].ljust(offset, b"\0") + new + old[offset + len(new):]
        for folder, name, number in step.names:
            names = self.folders.setdefault(folder, {})
            if number is None:
                names.pop(name, None)
            else:
                names[name] = number

    def contents(self, number: int | None = None) -> dict[str, bytes | None]:
        """All files and (as None) folders by their paths."""
        found = {}
        for name, each in self.folders[self.top if number is None else number].items():
            # What is in no folder and was never written has no bytes.
            if each in self.folders:
                found[name] = None
                found.update({f"{name}/{below}": what for below, what in self.contents(each).items()})
            else:
                found[name] = self.files.get(each, b"")
        return found


class Recording:
    """What a command did, in order: steps, and the syncs between them."""

    def __init__(self, before: Tree, trace: pathlib.Path):
        self.before = before
        # Steps, and numbers of what was synced; 0 for everything.
        self.events: list[Step | int] = []
        self.tree = before.copy()
        with open(trace, "rb") as file:
            while line := file.readline():
                call, *words = line.decode().split()
                if call == "write":
                    inode, offset, count = map(int, words)
                    self._write(self.tree.numbers[inode], offset, file.read(count))
                else:
                    self._read(call, words)

    def _add(self, step: Step) -> None:
        self.tree.do(step)
        self.events.append(step)

    def _write(self, number: int, offset: int, data: bytes) -> None:
        while data:
            count = PAGE - offset % PAGE
            self._add(Step(number, (offset, data[:count])))
            offset, data = offset + count, data[count:]

    def _read(self, call: str, words: list[str]) -> None:
        tree = self.tree
        if call in ("sync", "syncall"):
            self.events.append(tree.numbers[int(words[0])] if call == "sync" else 0)
        elif call == "truncate":
            self._add(Step(tree.numbers[int(words[0])], (int(words[1]), None)))
        elif call in ("create", "mkdir"):
            folder, name = tree.find(path(words[1]))
            number = tree.number(int(words[0]))
            (tree.files if call == "create" else tree.folders)[number] = b"" if call == "create" else {}
            # An empty folder is no more than its name.
            (self.before.files if call == "create" else self.before.folders)[number] = b"" if call == "create" else {}
            self._add(Step(folder, names=((folder, name, number),)))
        elif call in ("unlink", "rmdir"):
            folder, name = tree.find(path(words[0]))
            self._add(Step(folder, names=((folder, name, None),)))
        else:
            source, target = tree.find(path(words[0])), tree.find(path(words[1]))
            gives = {"link": tree.at(source), "rename": None, "exchange": tree.folders[target[0]].get(target[1])}
            # Both names at once; the sync of the folder that it is put into makes it safe.
            self._add(Step(target[0], names=((*target, tree.at(source)), (*source, gives[call]))))

    def pending(self, end: int) -> tuple[list[Step], list[int]]:
        """The steps before an instant, and the numbers of those that no sync has made safe."""
        steps, unsafe = [], []
        for event in self.events[:end]:
            if isinstance(event, Step):
                unsafe.append(len(steps))
                steps.append(event)
            else:
                unsafe = [number for number in unsafe if event not in (0, steps[number].owner)]
        return steps, unsafe

    def after(self, steps: list[Step], missing: set[int]) -> Tree:
        """What is on the disk when some steps are not."""
        tree = self.before.copy()
        for number, step in enumerate(steps):
            if number not in missing:
                tree.do(step)
        return tree


def path(quoted: str) -> str:
    return urllib.parse.unquote(quoted)


def put(contents: dict[str, bytes | None], folder: pathlib.Path) -> None:
    """Makes the files that were found after the failure."""
    folder.mkdir()
    for name, data in contents.items():
        if data is None:
            (folder / name).mkdir()
        else:
            with open(folder / name, "wb") as file:
                file.write(data)
                file.flush()
