"""Figures as rows of cells, headings first."""
from . import units


def of_comparison(comparison):
    headings = ["", "seconds", "and sync", "in-process", "CPU s", "peak", "read", "written", "from disk", "to disk", "error"]
    return [headings] + [_row(row) for row in comparison["rows"]]


def _row(row):
    if "seconds" not in row:
        return [row["who"], row["problem"] or "did not run"]
    io = row["io"]
    counts = [units.size(io[name]) if name in io else "" for name in ("rchar", "wchar", "read_bytes", "write_bytes")]
    error = "" if row.get("error") is None else f"{row['error']:.0e}"
    times = [f"{row[name]:.4g}" for name in ("seconds", "durable_seconds", "inner_seconds", "cpu_seconds")]
    return [row["who"], *times, units.size(row["peak_bytes"]), *counts, error]


def of_curve(curve):
    rows = [[curve["x_label"], *(series["name"] for series in curve["series"])]]
    for x in sorted({point["x"] for series in curve["series"] for point in series["points"]}):
        found = [next((point for point in series["points"] if point["x"] == x), None) for series in curve["series"]]
        cells = [f"{units.seconds(point['seconds'])}, {units.size(point['peak_bytes'])}" if point else "" for point in found]
        rows.append([units.size(x) if curve["x_is_bytes"] else f"{x:g}", *cells])
    return rows


def of_accuracy(figures):
    rows = [["errors in ULPs of the result's dtype", "", "mean", "std", "sum"]]
    return rows + [[f"{one['case']} ({one['dtype']})", one["who"], *(f"{one[name]:.3g}" for name in ("mean", "std", "sum"))]
                   for one in figures]


def of_limits(limits):
    """A row for each measure, a column for each number of threads."""
    split = [name.rsplit(", ", 1) for name in limits]
    counts = sorted({int(threads.split()[0]) for _, threads in split})
    rows = [["GB/s", *(f"{count} thread{'s' * (count > 1)}" for count in counts)]]
    for name in dict.fromkeys(name for name, _ in split):
        rates = [limits.get(f"{name}, {count} threads") for count in counts]
        rows.append([name, *("" if rate is None else f"{rate / 1e9:.2f}" for rate in rates)])
    return rows
