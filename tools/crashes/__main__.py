"""Commands that are killed at random instants; see tools/crash."""
import argparse
import collections
import os
import pathlib
import shutil
import sys
import tempfile
import time
import traceback
import warnings

import numpy as np

from attempt import Attempt, Command
from power_loss import PowerLoss
from scenarios import Maker
from state import Broken

warnings.simplefilter("ignore")  # zarr-python warns of codecs outside its specification; they are meant


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--library", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--case", type=int)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--each", type=int, default=8)
    parser.add_argument("--power-loss", action="store_true")
    parser.add_argument("--cases", type=int, default=20)
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    # Every result is synced, so a disk would be waited for.
    folder = os.environ.get("TESSERA_TMP") or ("/dev/shm" if os.path.isdir("/dev/shm") else None)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="crash-", dir=folder))
    deadline = time.monotonic() + 60 * arguments.minutes if arguments.minutes else None
    print(f"seed {arguments.seed}", flush=True)
    option = " --power-loss" if arguments.power_loss else ""
    passed = failed = kills = late = 0
    resumed = collections.Counter()
    first = number = arguments.case or 0
    try:
        while True:
            failure, attempt, done = attempt_case(arguments, number, scratch)
            passed += done
            if attempt:
                kills, late = kills + attempt.kills, late + attempt.late
                resumed += attempt.resumed
            if failure:
                failed += 1
                print(f"FAIL: tools/crash{option} --seed {arguments.seed} --case {number}\n    {failure}", flush=True)
            number += 1
            if arguments.case is not None or failed >= 20 or (failed and arguments.keep):
                break
            is_enough = number - first >= arguments.cases if arguments.power_loss else kills >= arguments.kills
            if time.monotonic() > deadline if deadline else is_enough:
                break
    finally:
        if arguments.keep:
            print(f"files are in {scratch}")
        else:
            shutil.rmtree(scratch, ignore_errors=True)
    if arguments.power_loss:
        print(f"{passed} states of disks after {number - first} commands")
    else:
        print(f"{kills} kills of {number - first} commands; {late} came too late")
        print("went on by --resume: " + ", ".join(
            f"{name} {resumed[name]} ({resumed[name, 'shards']} with finished shards)"
            for name in ("convert", "normalize", "matmul")))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def attempt_case(arguments, number: int, scratch: pathlib.Path):
    """A failure or None, what was attempted, and how often it went well."""
    random = np.random.default_rng([arguments.seed, number])
    attempt, done = None, 0
    base = scratch / "base"
    try:
        shutil.rmtree(base, ignore_errors=True)
        base.mkdir()
        scenario = Maker(arguments.binary, base, random).scenario()
        kind = PowerLoss if arguments.power_loss else Attempt
        attempt = kind(Command(arguments.binary, arguments.library, scratch), scenario, base, random)
        attempt.measure()
        if arguments.power_loss:
            return None, attempt, attempt.replay(attempt.record())
        for _ in range(arguments.each):
            attempt.kill()
            done += 1
        return None, attempt, done
    except Broken as broken:
        return str(broken), attempt, done
    except Exception:  # a mistake of the harness itself fails it too
        return "the harness itself: " + traceback.format_exc(), attempt, done


sys.exit(main())
