#!/usr/bin/env python3
"""Runs the interoperability tests, each module in a process of its own, as many at a time as there are cores.

usage: run.py [MODULE…]     such as test_reduce; all without

What a module printed is shown when it has ended. The exit status is 0 when all passed. Environment: see support.py.
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time

FOLDER = pathlib.Path(__file__).resolve().parent
# They begin first, so that none of them is the last, alone.
LONGEST = {"test_engine_memory", "test_load", "test_memory", "test_normalize", "test_reduce", "test_resume"}


def run(module: str) -> tuple[str, int, str, float]:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "unittest", "-v", module], cwd=FOLDER, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return module, done.returncode, done.stdout, time.monotonic() - started


def main(modules: list[str]) -> int:
    modules = modules or sorted((path.stem for path in FOLDER.glob("test_*.py")), key=lambda name: (name not in LONGEST, name))
    failed = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for future in concurrent.futures.as_completed([pool.submit(run, module) for module in modules]):
            module, status, output, seconds = future.result()
            print(f"==== {module}, {seconds:.1f} s\n{output}", flush=True)
            if status != 0:
                failed.append(module)
    if failed:
        print("failed: " + " ".join(sorted(failed)))
    return 1 if failed else 0


sys.exit(main(sys.argv[1:]))
