"""`tools/bench run`: groups one after another; the figures are written after each, so that a run that is ended keeps them."""
import json
import pathlib

from . import groups, machine, report


def run(session, output):
    """Returns the figures: what figures.json holds, and the page is made of."""
    output.mkdir(parents=True, exist_ok=True)
    figures = {"machine": machine.describe(), "settings": _settings(session.settings), "groups": []}
    if session.settings.keep:
        figures |= _kept(output / "figures.json", figures)
    names = [name for name in groups.GROUPS if name in session.settings.groups]
    for number, name in enumerate(names):
        print(f"\n== {groups.GROUPS[name].title}", flush=True)
        measured = _group(session, name) | {"measured": {key: figures["machine"][key] for key in ("date", "tessera")}}
        figures["groups"] = _in_order([*(each for each in figures["groups"] if each["name"] != name), measured])
        if "limits" in vars(session.bounds):
            figures["limits"] = session.bounds.limits
        for suite in _done(names, number):
            session.drop(suite)
        (output / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")
        report.write_page(figures, output / "index.html")
    return figures


def _in_order(some):
    return sorted(some, key=lambda group: list(groups.GROUPS).index(group["name"]))


def _kept(path, figures):
    """The groups and limits of an earlier run on this machine with these settings; others are no company for new ones."""
    if not path.exists():
        return {}
    earlier = json.loads(path.read_text())
    changed = [name for name, value in figures["settings"].items() if earlier["settings"].get(name) != value]
    changed += [name for name, value in figures["machine"].items()
                if name not in ("date", "tessera") and earlier["machine"].get(name) != value]
    if changed:
        raise SystemExit(f"tools/bench: {path} was measured with another {', '.join(changed)}: run without --keep")
    return {name: earlier[name] for name in ("groups", "limits") if name in earlier}


def _settings(given):
    kept = ("size", "columns", "data", "runs", "seed", "memory", "components", "chunks", "shards", "peer_cache")
    return {name: vars(given)[name] for name in kept}


def _group(session, name):
    group, comparisons, curves, more = groups.GROUPS[name], [], [], {}
    for suite_name, job in group.jobs:
        suite = session.suite(suite_name)
        before = len(suite.comparisons), len(suite.curves)
        suite.do(job)
        comparisons += [each.as_json() for each in suite.comparisons[before[0]:]]
        curves += [each.as_json() for each in suite.curves[before[1]:]]
        more |= suite.as_json()
    return {"name": name, "title": group.title, "comparisons": comparisons, "curves": curves} | more


def _done(names, number):
    """The suites of this group that no later one needs."""
    def of(some):
        return {suite for name in some for suite, _ in groups.GROUPS[name].jobs}

    return sorted(of(names[number:number + 1]) - of(names[number + 1:]))


def problems(figures):
    """Wrong answers, runs that failed and tools that are not built, a line each."""
    rows = [(comparison["title"], row) for group in figures["groups"] for comparison in group["comparisons"]
            for row in comparison["rows"]]
    curves = [(curve["title"], problem) for group in figures["groups"] for curve in group["curves"]
              for problem in curve["problems"]]
    return [f"{title}: {row['who']}: {row['problem']}" for title, row in rows if row["problem"]] + [
        f"{title}: {problem}" for title, problem in curves]


def output_folder(given, root):
    return pathlib.Path(given.output) if given.output else root / ".build" / "bench"
