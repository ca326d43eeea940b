"""Random differential tests against NumPy; see run."""
import argparse
import collections
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time
import traceback
import warnings

from case import run_case
from engine import Engine

warnings.simplefilter("ignore")  # zarr-python warns of codecs outside its specification; they are meant


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--seed", type=int, action="append", required=True)
    parser.add_argument("--case", type=int)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--go-on", action="store_true")
    arguments = parser.parse_args()
    # What is written is synced to disk, so a disk would be waited for.
    folder = os.environ.get("TESSERA_TMP") or ("/dev/shm" if os.path.isdir("/dev/shm") else None)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="tessera-differential-", dir=folder))
    engine = Engine(arguments.binary)
    deadline = time.monotonic() + 60 * arguments.minutes if arguments.minutes else None
    passed, failed, kinds = 0, 0, collections.Counter()
    try:
        for seed in arguments.seed:
            number = arguments.case or 0
            print(f"seed {seed}", flush=True)
            while True:
                failure = attempt(seed, number, engine, scratch, arguments.keep)
                if failure:
                    failed += 1
                    print(f"FAIL: tools/differential/run --seed {seed} --case {number}\n    {failure}", flush=True)
                    kinds[re.sub(r"[0-9.e+-]+|%\d+", "#", str(failure).splitlines()[0])[:70]] += 1
                else:
                    passed += 1
                number += 1
                if arguments.case is not None or (deadline is None and number >= arguments.cases):
                    break
                if deadline and time.monotonic() > deadline:
                    break
                if failed >= 20 and not arguments.go_on:
                    print("too many failures; no more cases")
                    break
    finally:
        engine.close()
        if arguments.keep:
            print(f"files are in {scratch}")
        else:
            shutil.rmtree(scratch, ignore_errors=True)
    for kind, count in kinds.most_common(40):
        print(f"{count:6d}  {kind}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def attempt(seed, number, engine, scratch, keep) -> str | None:
    try:
        failure = run_case(seed, number, engine, scratch, keep)
        return str(failure) if failure else None
    except Exception:  # a mistake of the test itself fails it too
        return "the test itself: " + traceback.format_exc()


sys.exit(main())
