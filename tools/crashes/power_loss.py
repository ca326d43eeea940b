"""One command, recorded, and everything that a disk may hold when the power fails during it or after it."""
import hashlib
import itertools
import pathlib
import shutil

import numpy as np

import disk
import state
from attempt import Attempt, Command
from scenarios import Scenario
from state import Broken

# All that may be missing is tried, as long as it is no more than so many steps.
EXHAUSTIVE = 5
# Beyond that, none, all, and so many of them alone, all but one, and random sets: with all of many steps the states of one
# command would grow with the square of their number.
SAMPLED = 8
RANDOM = 4


class PowerLoss(Attempt):
    def __init__(self, command: Command, scenario: Scenario, base: pathlib.Path, random: np.random.Generator):
        super().__init__(command, scenario, base, random)
        self.seen: set[str] = set()

    def record(self) -> disk.Recording:
        self.reset()
        before = disk.Tree(self.folder)
        trace = self.base.with_name("trace")
        done = self.command.run(self.scenario.words(self.folder), trace=trace)
        if done.returncode != 0:
            raise Broken(f"a recorded run fails: {done.stderr}")
        recording = disk.Recording(before, trace)
        self.check_recording(recording)
        return recording

    def check_recording(self, recording: disk.Recording) -> None:
        """Nothing was overlooked: what was recorded leads to what is there."""
        there = {str(each.relative_to(self.folder)): each.read_bytes() if each.is_file() else None
                 for each in self.folder.rglob("*")}
        if there != recording.tree.contents():
            raise AssertionError("the recording does not lead to what is there")

    def replay(self, recording: disk.Recording) -> int:
        """Looks at every instant; how many states there were."""
        instants = [0] + [i + 1 for i in range(len(recording.events))]
        for end in instants:
            steps, unsafe = recording.pending(end)
            for missing in self.choices(unsafe):
                is_done = end == len(recording.events)
                self.look(recording.after(steps, missing).contents(), f"{end} of {len(recording.events)} events, "
                          f"without {describe(steps, missing)}", is_done)
        return len(self.seen)

    def choices(self, unsafe: list[int]):
        """What may be missing."""
        if len(unsafe) <= EXHAUSTIVE:
            for count in range(len(unsafe) + 1):
                yield from map(set, itertools.combinations(unsafe, count))
            return
        yield set()
        yield set(unsafe)
        for each in self.random.choice(unsafe, min(SAMPLED, len(unsafe)), replace=False).tolist():
            yield {each}
            yield set(unsafe) - {each}
        for _ in range(RANDOM):
            yield {each for each in unsafe if self.random.integers(2)}

    def look(self, contents: dict, note: str, is_done: bool) -> None:
        digest = hashlib.sha256(repr((is_done, sorted(contents.items()))).encode()).hexdigest()
        if digest in self.seen:
            return
        self.seen.add(digest)
        shutil.rmtree(self.folder, ignore_errors=True)
        disk.put(contents, self.folder)
        try:
            found = state.states(self.scenario, self.new, self.folder)
            self.check_sources()
            if is_done and "old" in found.values():
                raise Broken("the command had ended, and its result is gone")
            # Those who are not looked at by the command itself were read whole by others.
            if self.random.integers(20) == 0:
                state.verify(self.command.binary, self.scenario, self.folder)
                self.finish(found)
        except Broken as broken:
            raise Broken(f"{broken}\n    power lost after {note}\n    {' '.join(self.scenario.command)}") from None

    def rerun(self) -> list[str]:
        # The note of an interrupted run holds the kernel's boot identifier, which this failure does not change.
        return self.scenario.words(self.folder)


def describe(steps: list[disk.Step], missing: set[int]) -> str:
    def one(step):
        if step.data:
            return f"{'a length' if step.data[1] is None else f'{len(step.data[1])} bytes at {step.data[0]}'} of {step.owner}"
        return " and ".join(f"{name}={number} in {folder}" for folder, name, number in step.names)
    return "; ".join(one(steps[number]) for number in sorted(missing)) or "nothing"
