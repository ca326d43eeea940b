"""How chunk sizes behave: what the default rule for shapes (docs/layout.md) rests on."""
import json
import statistics

import numpy as np

from . import competitors, data, measure

KIB = 1 << 10
CHUNK_BYTES = [64 * KIB, 256 * KIB, 512 * KIB, 1024 * KIB, 2048 * KIB, 4096 * KIB, 16384 * KIB]
HEADINGS = ["codec", "chunk KiB", "stored", "convert s", "read all s", "10,000 rows s", "1,000 tiles s"]


def run(folder, source, settings, log):
    """Prints a line per codec and chunk size; sizes take turns, figures are medians."""
    row_bytes = 4 * settings.columns
    data.positions(folder, *np.load(source, mmap_mode="r").shape, settings.seed)
    cases = [(codec, size) for codec in ["lz4", "none"] for size in CHUNK_BYTES]
    figures = {case: {"stored": 0, "convert": [], "read-all": [], "rows": [], "tiles": []} for case in cases}
    for number in range(settings.runs):
        for codec, size in cases:
            log(f"  run {number + 1}: {codec}, chunks of {size // KIB} KiB")
            _one(folder, source, codec, max(1, size // row_bytes), row_bytes, figures[codec, size])
    print("  ".join(HEADINGS))
    for (codec, size), found in figures.items():
        medians = [statistics.median(found[name]) for name in ["convert", "read-all", "rows", "tiles"]]
        cells = [codec, str(size // KIB), f"{found['stored'] / source.stat().st_size:.3f}"]
        cells += [f"{seconds:.3f}" for seconds in medians]
        print("  ".join(cell.rjust(len(heading)) for cell, heading in zip(cells, HEADINGS)), flush=True)
    return [{"codec": codec, "chunk_bytes": size} | found for (codec, size), found in figures.items()]


def _one(folder, source, codec, rows, row_bytes, found):
    store = folder / "layout.zarr"
    measure.remove(store)
    columns = row_bytes // 4
    shard = max(1, (256 << 20) // (rows * row_bytes)) * rows
    command = competitors.write(competitors.TESSERA, source, store, codec, [rows, columns], [shard, columns])
    taken, _ = measure.run(command, store)
    found["convert"].append(taken.seconds)
    found["stored"] = sum(file.stat().st_size for file in store.rglob("*") if file.is_file())
    answers = {}
    for job in ["read-all", "rows", "tiles"]:
        positions = {"rows": folder / "rows.npy", "tiles": folder / "tiles.npy"}.get(job)
        _, text = measure.run(competitors.read(competitors.TESSERA, job, store, positions))
        answer = json.loads(text.strip().splitlines()[-1])
        found[job].append(answer["seconds"])
        answers[job] = answer["checksum"]
    known = found.setdefault("checksums", answers)
    if any(abs(answers[job] - known[job]) > 1e-6 * max(1.0, abs(known[job])) for job in answers):
        raise measure.Failed(f"{store}: other elements than before: {answers}, {known}")
