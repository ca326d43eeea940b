"""Prints rows as an aligned table, Tessera first, with how many times longer the others take."""
from .competitors import TESSERA

HEADINGS = ["", "seconds", "GB/s", "+ sync", "ratio", "in-process", "ratio", "CPU s", "peak MiB"]


def show(title, rows, errors=False):
    own = next((row for row in rows if row.who == TESSERA and row.runs), None)
    lines = [HEADINGS] + [_line(row, own) for row in rows]
    if any(row.flops for row in rows):
        lines = [line + [cell] for line, cell in zip(lines, ["GFLOP/s", *map(_rate, rows)])]
    if errors:
        lines = [line + [cell] for line, cell in zip(lines, ["error", *map(_error, rows)])]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    print(f"\n{title}")
    for line in lines:
        cells = [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:]))]
        print("  " + "  ".join(cells).rstrip())
    for row in rows:
        if row.problem:
            print(f"  {row.who}: {row.problem}")


def _line(row, own):
    if not row.runs:
        return [row.who, "-", *[""] * (len(HEADINGS) - 2)]
    has_inner = any(run.inner_seconds is not None for run in row.runs)
    writes = any(run.sync_seconds for run in row.runs)
    peak = max(run.peak_bytes for run in row.runs)
    return [
        row.who, f"{row.seconds:.3f}", f"{row.bytes / row.seconds / 1e9:.2f}" if row.bytes else "",
        f"{row.durable_seconds:.3f}" if writes else "",
        f"{row.durable_seconds / own.durable_seconds:.2f}" if own else "",
        f"{row.inner_seconds:.3f}" if has_inner else "",
        f"{row.inner_durable_seconds / own.inner_durable_seconds:.2f}" if own and has_inner else "",
        f"{row.median(lambda run: run.cpu_seconds):.2f}", f"{peak / (1 << 20):.0f}",
    ]


def _rate(row):
    return f"{row.flops / row.inner_seconds / 1e9:.1f}" if row.runs else ""


def _error(row):
    return "" if row.error is None else f"{row.error:.0e}"


NOTES = """
seconds     the whole process, median of the runs; competitors take turns; inputs are in the page cache
+ sync      seconds and fsync of every output file. Tessera syncs before it ends, cp and the peers do not: this is
            the fair column, and the first ratio is of it (for reads, of the whole process)
in-process  the work alone, without start, imports, opening and summing; the second ratio is of it and the sync.
            Tessera's converts have no such figure: their whole process stands in for it
ratio       how many times as long as Tessera: above 1, Tessera is faster
Every answer is checked: stores and files against the source, reads by a float64 checksum."""

ENGINE_NOTES = """
Tessera's process is a small program that imports the library; in-process includes opening, not imports and start.
limit       what limits.c reaches in the same run with nothing but reading (decoding, writing)
error       the largest of the answer, relative to the spread of the data; at most 1e-5, or 2e-2 for software that
            accumulates float32 in float32. A larger one is a failure"""

LINALG_NOTES = """
Tessera's in-process seconds are those that its own report says, opening and start left out. The ratio of processes is
what users wait for.
in RAM      no competitor but the limit: OpenBLAS with operands and result in memory, nothing else timed. NumPy's is the
            library that its wheel brings, the system's the one that Tessera uses
GFLOP/s     of the work alone; products take 2mnk, symmetric ones half of that
error       the largest, relative to the norms of rows and columns, at most 2e-5; of PCA the sine of the largest angle
            between the subspace and the true one, at most 0.3
A peak of Tessera's above --memory is a failure."""
