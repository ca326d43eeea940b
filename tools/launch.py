"""Runs a command from a small process and writes what it cost: a peak memory that is the command's own.

Usage: python -I -S launch.py REPORT.json CGROUP COMMAND...      (CGROUP is a v1 memory folder, or -)

A child's `ru_maxrss` starts at the resident set of the process it was forked from, so a test runner that
holds NumPy cannot measure a program smaller than itself. This script imports nothing but what it needs.
"""
import os
import sys
import time


def main():
    report, cgroup, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        try:
            if cgroup != "-":
                with open(cgroup + "/cgroup.procs", "w") as file:
                    file.write(str(os.getpid()))
            os.execvp(command[0], command)
        except OSError as error:
            os.write(2, f"launch: {command[0]}: {error}\n".encode())
            os._exit(127)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    with open(report, "w") as file:
        file.write(
            f'{{"code": {code}, "seconds": {seconds!r}, "user": {usage.ru_utime!r}, '
            f'"system": {usage.ru_stime!r}, "peak_bytes": {usage.ru_maxrss * 1024}}}\n')
    sys.exit(code if code >= 0 else 128 - code)


main()
