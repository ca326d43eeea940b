"""docs/performance.md, or another machine's page: what is between two marks is written anew, what people wrote around it stays."""
import textwrap

from . import prose, tables, units
from .summary import count_goals, summarize

BEGIN, END = "<!-- measured: begin (tools/bench run --docs writes what follows) -->", "<!-- measured: end -->"
NEW = f"""# Performance

What Tessera costs beside other software and beside what the machine can do; [`benchmarks.md`](benchmarks.md) says how it is
measured and how answers are checked.

{BEGIN}
{END}
"""
HEADINGS = ["job", "Tessera", "best library", "NumPy by hand", "of the limit", "peak", "best library's"]


def write_docs(figures, path):
    text = path.read_text(encoding="utf-8") if path.exists() else NEW
    path.write_text(replaced(text, measured(figures), path), encoding="utf-8")


def replaced(text, part, path):
    """Throws when the marks are missing, so that nothing written by hand is lost."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{path} has no '{BEGIN}' with '{END}' after it")
    return f"{before}{BEGIN}\n{part}{END}{after}"


def measured(figures):
    reached, count = count_goals(figures)
    parts = ["## Measured", *map(_wrapped, [*prose.machine(figures), _key(reached, count)])]
    for group in figures["groups"]:
        parts += [f"### {group['title']}", *prose.of_group(figures, group)]
        if group["comparisons"]:
            parts.append(_markdown([HEADINGS] + [_line(comparison) for comparison in group["comparisons"]]))
        for curve in group["curves"]:
            parts += [f"{curve['title']}:", _markdown(tables.of_curve(curve))]
        if group.get("accuracy"):
            parts.append(_markdown(tables.of_accuracy(group["accuracy"])))
    if figures.get("limits"):
        parts += ["### Limits of this machine", _markdown(tables.of_limits(figures["limits"]))]
    return "\n" + "\n\n".join(parts) + "\n\n"


def _wrapped(text):
    return "\n".join(textwrap.wrap(text, 120, break_long_words=False, break_on_hyphens=False))


def _key(reached, count):
    return ("Seconds are medians of whole processes, with an fsync of what they wrote. Beside a rival stands how many times as "
            "long it takes, and in parentheses the goal. Shares of the limit are the whole process's too; where a file is written, "
            "both sync it. Peaks are resident sets, in which the pages of a mapped file count."
            + (f" Goals reached: {reached} of {count}." if count else ""))


def _line(comparison):
    summary = summarize(comparison)
    if summary.seconds is None:
        return [summary.title, "did not run", "", "", "", "", ""]
    share = "" if summary.share is None else f"{summary.share:.0%}{_goal(summary, 'share', '{:.0%}')}"
    return [
        summary.title, units.seconds(summary.seconds), _rival(summary, "library"), _rival(summary, "expert"), share,
        units.size(summary.peak_bytes), units.size(summary.library.peak_bytes) if summary.library else "",
    ]


def _rival(summary, name):
    rival = getattr(summary, name)
    return "" if rival is None else f"{rival.who} {units.ratio(rival.ratio)}{_goal(summary, name, '{:g}x')}"


def _goal(summary, name, form):
    goal = getattr(summary.goal, name)
    return f" ({form.format(goal)})" if goal else ""


def _markdown(rows):
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in _filled(rows)]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def _filled(rows):
    return [row + [""] * (len(rows[0]) - len(row)) for row in rows]
