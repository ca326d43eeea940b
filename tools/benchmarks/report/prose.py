"""The sentences around the figures."""
from . import units

KEY = [
    "Bars are medians of whole processes, with an fsync of what they wrote; the darker part is the work alone. Ratios say how "
    "many times as long as Tessera it takes. Dashed lines are limits: what the machine does at best with the same bytes, and "
    "256 MiB of memory. Rows in sand are such limits, measured as processes. Inputs are in the page cache, competitors take "
    "turns, and every answer is checked.",
    "Peak memory is the resident set, in which the pages of a mapped file count. “Read” and “written” went through system "
    "calls; what is read through a mapping does not.",
]


def machine(figures):
    one, given = figures["machine"], figures["settings"]
    versions = ", ".join(f"{name} {version}" for name, version in one["versions"].items())
    return [
        f"{one['date']}: {one['cpu']}, {one['cores']} cores, {units.size(one['memory_bytes'])} of memory, {one['kernel']}, "
        f"{one['architecture']}. {one['tessera']}. Python {one['python']}: {versions}.",
        f"Matrix of {units.size(given['size'])}, {given['columns']} columns of float32 ({given['data']}, seed "
        f"{given['seed']}); medians of {given['runs']} run{'s' * (given['runs'] > 1)}.",
    ]


# Of the cores.
DISTURBED = 0.1


def of_group(figures, group):
    """When and with what it was measured, if that is not what the whole says, and whether others were at work: lines."""
    own, all_ = group.get("measured", {}), figures["machine"]
    lines = [f"Measured {own['date']}, {own['tessera']}."] if any(all_[key] != value for key, value in own.items()) else []
    share = others_share(group, all_["cores"])
    return lines + ([f"Disturbed: other processes used {share:.0%} of the cores meanwhile."] if share > DISTURBED else [])


def others_share(group, cores):
    """Of the cores' time during the runs of a group: what others took."""
    runs = [run for comparison in group["comparisons"] for row in comparison["rows"] for run in row.get("runs", [])]
    points = [point for curve in group["curves"] for series in curve["series"] for point in series["points"]]
    runs += [run for point in points for run in point["runs"]]
    time = sum(run["seconds"] for run in runs) * cores
    return sum(run.get("others_cpu_seconds", 0) for run in runs) / time if time else 0


def verdicts(summary):
    """What there is to say of the best library, of NumPy by hand and of the limit, by the names of the goals."""
    goals, found = summary.goal, {}
    if summary.library:
        found["library"] = _ahead(summary.library, goals.library)
    if summary.expert:
        found["expert"] = _ahead(summary.expert, goals.expert)
    if summary.share is not None:
        wanted = f" (goal {goals.share:.0%})" if goals.share else ""
        found["share"] = f"{summary.share:.0%} of the limit{wanted}"
    return found


def _ahead(rival, goal):
    wanted = f" (goal {goal:g}x)" if goal else ""
    return f"{rival.who} takes {units.ratio(rival.ratio)}{wanted}"
