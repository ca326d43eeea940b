"""Cost against something that was varied: a line for each work."""
import dataclasses

from ..measure import Row


@dataclasses.dataclass
class Curve:
    title: str
    x_label: str
    # By work, rows by what was varied.
    series: dict[str, dict[float, Row]]
    x_is_bytes: bool = True
    logarithmic: bool = True

    def show(self):
        print(f"\n{self.title}")
        for name, rows in self.series.items():
            for x, row in rows.items():
                label = f"{x / (1 << 20):g} MiB" if self.x_is_bytes else f"{x:g}"
                if row.runs:
                    peak = max(run.peak_bytes for run in row.runs)
                    print(f"  {name.ljust(28)}{label:>12}{row.seconds:10.3f} s{peak / (1 << 20):8.0f} MiB")
                if row.problem:
                    print(f"  {name.ljust(28)}{label:>12}  {row.problem}")

    def as_json(self):
        series = [{"name": name, "points": [_point(x, row) for x, row in rows.items() if row.runs]}
                  for name, rows in self.series.items()]
        return {
            "title": self.title, "x_label": self.x_label, "x_is_bytes": self.x_is_bytes, "logarithmic": self.logarithmic,
            "series": [one for one in series if one["points"]],
            "problems": [f"{name}, {x:g}: {row.problem}" for name, rows in self.series.items()
                         for x, row in rows.items() if row.problem],
        }


def _point(x, row):
    record = row.as_json()
    return {"x": x} | {name: record[name] for name in ("seconds", "cpu_seconds", "peak_bytes", "io", "runs")}
