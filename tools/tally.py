#!/usr/bin/env python3
"""Counts the tests of one run and prints `passed failed skipped`.

usage: tally.py swift REPORT LOG STATUS      REPORT: the XML of `swift test --xunit-output`
       tally.py unittest LOG STATUS
       tally.py differential LOG STATUS     the log of tools/differential/run, tools/crash, tools/memcheck or
                                        tessera-fuzz

STATUS is the exit status of the run. Nothing is taken on trust: a run that failed, crashed or ran no test
counts as at least one failure, whatever it printed.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def count_swift(report: Path, log: Path) -> tuple[int, int, int]:
    """The test cases of the report; those of the log when the run died before it wrote one."""
    try:
        cases = list(ElementTree.parse(report).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return count_swift_log(log)
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    return len(cases) - failed - skipped, failed, skipped


def count_swift_log(log: Path) -> tuple[int, int, int]:
    """Lines such as `✔ Test name() passed after 0.001 seconds.`; suites and the whole run are not tests."""
    ended = re.findall(r"^\S+ Test (?!run with)(?!case ).* (passed|failed) after ", read(log), re.MULTILINE)
    return ended.count("passed"), ended.count("failed"), 0


def count_unittest(log: Path) -> tuple[int, int, int]:
    """Each `Ran N tests in …` of the log, with the counts in the parentheses of the verdict after it."""
    passed = failed = skipped = 0
    parts = re.split(r"^Ran (\d+) tests? in ", read(log), flags=re.MULTILINE)[1:]
    for total, rest in zip(parts[::2], parts[1::2]):
        verdict = re.search(r"^(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$", rest, re.MULTILINE)
        number = {name.strip(): int(count) for name, count in re.findall(r"([a-z ]+)=(\d+)", (verdict and verdict[1]) or "")}
        wrong = sum(number.get(name, 0) for name in ("failures", "errors", "unexpected successes"))
        left = number.get("skipped", 0) + number.get("expected failures", 0)
        # Failures of several subtests count each, though they are one test of the total.
        passed, failed, skipped = passed + max(0, int(total) - wrong - left), failed + wrong, skipped + left
    return passed, failed, skipped


def count_differential(log: Path) -> tuple[int, int, int]:
    """The line `N passed, N failed` that the run ends with."""
    counts = re.findall(r"^(\d+) passed, (\d+) failed$", read(log), re.MULTILINE)
    return (int(counts[-1][0]), int(counts[-1][1]), 0) if counts else (0, 0, 0)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def main(arguments: list[str]) -> None:
    match arguments:
        case ["swift", report, log, status]:
            passed, failed, skipped = count_swift(Path(report), Path(log))
        case ["unittest", log, status]:
            passed, failed, skipped = count_unittest(Path(log))
        case ["differential", log, status]:
            passed, failed, skipped = count_differential(Path(log))
        case _:
            sys.exit(__doc__)
    if failed == 0 and (int(status) != 0 or passed == 0):
        failed = 1
    print(passed, failed, skipped)


main(sys.argv[1:])
