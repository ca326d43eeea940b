"""One command, killed once or several times, and what must hold after each kill and in the end."""
import collections
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import time

import numpy as np

import state
from scenarios import Scenario
from state import Broken


class Command:
    """Runs `tessera` under the library that counts its calls."""

    def __init__(self, binary: str, library: str, scratch: pathlib.Path):
        self.binary, self.library, self.counter = binary, library, scratch / "count"

    def run(self, words, kill_at=0, tears=False, after=None, trace=None) -> subprocess.CompletedProcess:
        """Runs it; killed at a call, or after so many seconds."""
        self.counter.write_bytes(bytes(8))
        environment = dict(os.environ, LD_PRELOAD=self.library, TESSERA_CALLS_COUNTER=str(self.counter))
        if kill_at:
            environment["TESSERA_CALLS_KILL"] = str(kill_at)
        if tears:
            environment["TESSERA_CALLS_TEAR"] = "1"
        if trace:
            environment["TESSERA_CALLS_TRACE"] = str(trace)
        process = subprocess.Popen(
            [self.binary, *words], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if after is not None:
            # Not by a time-out of `communicate`, which looks at the clock too seldom.
            end = time.perf_counter() + after
            while time.perf_counter() < end and process.poll() is None:
                time.sleep(min(0.0005, max(0.0, end - time.perf_counter())))
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
        error = process.communicate(timeout=120)[1]
        return subprocess.CompletedProcess(words, process.returncode, "", error)

    @property
    def calls(self) -> int:
        """How many calls the last run made."""
        return struct.unpack("<Q", self.counter.read_bytes())[0]


class Attempt:
    """Kills one command again and again."""

    def __init__(self, command: Command, scenario: Scenario, base: pathlib.Path, random: np.random.Generator):
        self.command, self.scenario, self.base, self.random = command, scenario, base, random
        self.folder = base.with_name("run")
        self.sources = {name: state.digest(base / name) for name in scenario.sources}
        self.kills = 0
        self.late = 0
        # Of the runs with `--resume`, those that had something to go on with, and finished shards among it.
        self.resumed = collections.Counter()

    def measure(self) -> None:
        """An undisturbed run: what is new, how many calls and how long that takes."""
        self.reset()
        begun = time.perf_counter()
        done = self.command.run(self.scenario.words(self.folder))
        self.seconds = time.perf_counter() - begun
        self.calls = self.command.calls
        if done.returncode != 0:
            raise Broken(f"an undisturbed run fails: {done.stderr}")
        self.new = state.read_all(self.scenario, self.folder)
        if not self.scenario.is_right(self.new):
            raise Broken("an undisturbed run gives wrong results")
        self.check_sources()
        self.check_clean()

    def reset(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.base, self.folder)

    def kill(self) -> str:
        """Kills it up to three times on the way to the end; how, for the message of a failure."""
        self.reset()
        words, how = self.scenario.words(self.folder), []
        for _ in range(self.random.integers(1, 4)):
            if self.random.integers(3):
                plan = dict(kill_at=int(self.random.integers(1, self.calls + 1)), tears=bool(self.random.integers(2)))
            else:
                plan = dict(after=float(self.random.uniform(0, 1.1 * self.seconds)))
            how.append(f"{words[0]} {' '.join(words[1:])} {plan}")
            try:
                self.count_resumed(words)
                done = self.command.run(words, **plan)
                if done.returncode == 0:
                    self.late += 1
                elif done.returncode == -signal.SIGKILL:
                    self.kills += 1
                else:
                    raise Broken(f"exit {done.returncode}: {done.stderr}")
                found = self.check()
            except Broken as broken:
                raise Broken(f"{broken}\n    " + "\n    ".join(how)) from None
            if done.returncode == 0 or "new" in found.values():
                break
            words = self.rerun()
        try:
            self.finish(found)
        except Broken as broken:
            raise Broken(f"{broken}, run again after\n    " + "\n    ".join(how)) from None
        return how

    # What must hold

    def check(self) -> dict[str, str]:
        found = state.states(self.scenario, self.new, self.folder)
        state.verify(self.command.binary, self.scenario, self.folder)
        self.check_sources()
        return found

    def check_sources(self) -> None:
        for name, before in self.sources.items():
            if state.digest(self.folder / name) != before:
                raise Broken(f"{name} has changed")
        if moved := self.scenario.moved:
            self.check_moved(moved, state.read(self.folder / moved))

    def check_moved(self, name: str, got) -> None:
        """The source has its name, or its destination has one."""
        if got is None:
            if state.read(self.folder / next(iter(self.scenario.targets))) is None:
                raise Broken(f"{name} is gone, and nothing is there instead")
        elif not state.same(got, state.read(self.base / name)):
            raise Broken(f"{name} has changed")

    def check_clean(self) -> None:
        if left := state.temporaries(self.folder):
            raise Broken(f"temporaries are left: {left}")

    def count_resumed(self, words: list[str]) -> None:
        if "--resume" in words:
            has_note, has_shards = state.resumable(self.folder)
            self.resumed[words[0]] += has_note
            self.resumed[words[0], "shards"] += has_shards

    # To the end

    def rerun(self) -> list[str]:
        words = self.scenario.words(self.folder)
        return words + ["--resume"] if self.scenario.resumes and self.random.integers(2) else words

    def finish(self, found: dict[str, str]) -> None:
        """Runs it until it is done, and looks at what is there then."""
        scenario, right = self.scenario, self.scenario.is_right
        is_done = "new" in found.values()
        if scenario.again and is_done:
            # Rows that are there are not appended again; others find what was left.
            words, right = scenario.words(self.folder, scenario.again), scenario.is_right_again
        elif scenario.moved and is_done:
            if not os.path.lexists(self.folder / scenario.moved):
                return
            words = scenario.words(self.folder) + ["--overwrite"]
        elif is_done:
            words = self.rerun() + ["--overwrite"]
        else:
            words = self.rerun()
        self.count_resumed(words)
        done = self.command.run(words)
        if done.returncode != 0:
            raise Broken(f"{' '.join(words)}: exit {done.returncode}: {done.stderr}")
        if not right(state.read_all(scenario, self.folder)):
            raise Broken("wrong results")
        state.verify(self.command.binary, scenario, self.folder)
        self.check_sources()
        self.check_clean()
