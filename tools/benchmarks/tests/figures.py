"""Figures as a run writes them, small and by hand."""


def run(**changes):
    one = {"seconds": 1.0, "cpu_seconds": 1.5, "peak_bytes": 20 << 20, "inner_seconds": 0.8, "sync_seconds": 0.0, "io": {}}
    return one | changes


def row(who, seconds, **changes):
    record = {
        "job": "columns-npy", "who": who, "bytes": 1 << 30, "problem": None, "seconds": seconds, "durable_seconds": seconds,
        "inner_seconds": seconds * 0.8, "inner_durable_seconds": seconds * 0.8, "cpu_seconds": seconds, "peak_bytes": 20 << 20,
        "io": {"rchar": 10, "wchar": 20, "read_bytes": 0, "write_bytes": 4096}, "runs": [run(seconds=seconds)],
    }
    return record | changes


def failed(who, problem):
    return {"job": "columns-npy", "who": who, "bytes": 1 << 30, "problem": problem}


def comparison(*rows, job="columns-npy", title="mean of every column, .npy", limit=None):
    record = {"job": job, "title": title, "rows": list(rows)}
    return record | ({"limit": {"seconds": limit, "words": "reading"}} if limit else {})


def curve(**series):
    """Each of `series`: {x: seconds}."""
    return {
        "title": "Cost against size", "x_label": "size", "x_is_bytes": True, "logarithmic": False, "problems": [],
        "series": [{"name": name, "points": [
            {"x": x, "seconds": seconds, "cpu_seconds": seconds, "peak_bytes": 30 << 20, "io": {}, "runs": []}
            for x, seconds in points.items()]} for name, points in series.items()],
    }


def figures(*comparisons, curves=()):
    return {
        "machine": {
            "date": "2026-01-02", "cpu": "A CPU <of two cores>", "architecture": "x86_64", "cores": 2,
            "memory_bytes": 24 << 30, "kernel": "Linux 6.1", "python": "3.12.1", "tessera": "tessera 0.1.0, abc1234",
            "versions": {"numpy": "2.4.6"},
        },
        "settings": {"size": 1 << 30, "columns": 1024, "data": "features", "seed": 1, "runs": 3},
        "limits": {"memory read, 1 threads": 1.1e10, "memory read, 2 threads": 2.2e10, "lz4 decode, 2 threads": 9e9},
        "groups": [{"name": "reductions", "title": "Statistics", "comparisons": list(comparisons), "curves": list(curves)}],
    }
