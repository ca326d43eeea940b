"""Runs a command from a small process and writes what it cost: a peak memory that is the command's own.

Usage: python -I -S launch.py REPORT.json CGROUP COMMAND...      (CGROUP is a v1 memory folder, or -)

A child's `ru_maxrss` starts at the resident set of the process it was forked from, so a test runner that
holds NumPy cannot measure a program smaller than itself. This script imports nothing but what it needs.

`io` is the kernel's account of the command and its children, as /proc/PID/io names it: `rchar` and `wchar` went through
read and write calls, `read_bytes` came from a disk, `write_bytes` were made dirty on one, through mappings too. What is
read through a mapping and lay in the page cache stands in none of them. `others` is the CPU time of all other processes of
the machine meanwhile, to a hundredth of a second on each core, so it may be less than nothing.
"""
import os
import sys
import time


def io_of(child):
    """Of a process that has ended and was not waited for: what all its threads did."""
    try:
        with open(f"/proc/{child}/io") as file:
            words = dict(line.split(": ") for line in file)
    except OSError:  # a kernel without such an account
        return "{}"
    kept = [f'"{name}": {int(words[name])}' for name in ("rchar", "wchar", "read_bytes", "write_bytes")]
    return "{" + ", ".join(kept) + "}"


def busy_seconds():
    """CPU time of all processes of the machine since it started, and of the kernel for them."""
    with open("/proc/stat") as file:
        user, nice, system, _idle, _waiting, irq, soft_irq = map(int, file.readline().split()[1:8])
    return (user + nice + system + irq + soft_irq) / os.sysconf("SC_CLK_TCK")


def main():
    report, cgroup, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    busy = busy_seconds()
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
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    seconds = time.perf_counter() - started
    busy = busy_seconds() - busy
    io = io_of(child)
    _, status, usage = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    with open(report, "w") as file:
        file.write(
            f'{{"code": {code}, "seconds": {seconds!r}, "user": {usage.ru_utime!r}, '
            f'"system": {usage.ru_stime!r}, "peak_bytes": {usage.ru_maxrss * 1024}, "io": {io}, '
            f'"others": {busy - usage.ru_utime - usage.ru_stime!r}}}\n')
    sys.exit(code if code >= 0 else 128 - code)


main()
