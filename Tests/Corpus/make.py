"""Writes the seeds of the fuzzer: small inputs for each surface (tools/fuzz), from the fixtures beside this folder and
from what stands below. Needs nothing but Python.

A seed's name begins with `seed-` and is this script's; every other file is an input that was found and stays. What the
inputs of a surface look like stands above it in tools/fuzzing/runner/Surfaces.
"""

import json
import struct
from pathlib import Path

corpus = Path(__file__).resolve().parent
fixtures = corpus.parent / "Fixtures"
frames = corpus.parent / "CodecFixtures"


def save(surface: str, name: str, data: bytes) -> None:
    folder = corpus / surface
    folder.mkdir(exist_ok=True)
    (folder / f"seed-{name}").write_bytes(data)


def npy() -> None:
    for path in sorted((fixtures / "npy").glob("*.npy")):
        if ".expected" not in path.name and path.stat().st_size < 700:
            save("npy", path.stem, path.read_bytes())


def npz() -> None:
    others = corpus.parent / "TesseraStorageTests/Fixtures/zip"
    for path in sorted([*(fixtures / "npz").glob("*.npz"), *others.glob("*.npz"), *others.glob("*.zip")]):
        if path.stat().st_size < 5000:
            save("npz", path.stem, path.read_bytes())


def stores():
    """Each store of the fixtures: a name, its document, and its smallest chunk or shard file, if any."""
    for folder in sorted(fixtures.glob("*/*.zarr")):
        document = next((folder / name for name in ("zarr.json", ".zarray", ".zgroup") if (folder / name).exists()), None)
        if document is None:
            continue
        files = [p for p in folder.rglob("*") if p.is_file() and p.name[0] != "." and p.name != "zarr.json"]
        first = min(files, key=lambda p: (p.stat().st_size, p), default=None)
        text = json.dumps(json.loads(document.read_text()), separators=(",", ":"))
        yield f"{folder.parent.name}-{folder.stem}", text.encode(), first and first.read_bytes()


def zarr() -> None:
    seen = set()
    for name, document, data in stores():
        if len(document) < 1200 and "group" not in name and document not in seen:
            seen.add(document)
            save("zarr-metadata", name, document)
        if len(document) < 1200 and len(data or b"") < 700:
            save("zarr", name, document + b"\0" + (data or b""))
    for name, document, data in tiny_stores():
        save("zarr", f"tiny-{name}", json.dumps(document, separators=(",", ":")).encode() + b"\0" + data)


def tiny_stores():
    def array(dtype, shape, chunks, codecs, **more):
        return {
            "zarr_format": 3, "node_type": "array", "shape": shape, "data_type": dtype, "fill_value": 0,
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": chunks}},
            "chunk_key_encoding": "default", "codecs": codecs, **more,
        }

    def shards(inner, codecs, index=("bytes",), location="end"):
        index = [{"name": n, "configuration": {"endian": "little"}} if n == "bytes" else n for n in index]
        return {"name": "sharding_indexed", "configuration": {
            "chunk_shape": inner, "codecs": codecs, "index_codecs": index, "index_location": location}}

    little = {"name": "bytes", "configuration": {"endian": "little"}}
    big = {"name": "bytes", "configuration": {"endian": "big"}}
    ramp = bytes(range(16))
    yield "raw", array("int16", [3, 3], [2, 4], [little]), ramp
    yield "big", array("float32", [5], [4], [big]), ramp
    yield "transpose", array("uint16", [2, 4], [2, 4], [{"name": "transpose", "configuration": {"order": [1, 0]}}, big]), ramp
    yield "shard", array("uint8", [5], [4], [shards([2], ["bytes"])]), b"abcd" + struct.pack("<4Q", 0, 2, 2, 2)
    yield "shard-absent", array("uint8", [4], [4], [shards([2], ["bytes"])]), b"ab" + struct.pack("<4Q", 0, 2, 2**64 - 1, 2**64 - 1)
    yield "shard-start", array("uint8", [4], [4], [shards([2], ["bytes"], location="start")]), struct.pack("<4Q", 32, 2, 34, 2) + b"abcd"
    inner = b"ab" + struct.pack("<4Q", 0, 1, 1, 1)
    yield "nested", array("uint8", [4], [4], [shards([2], [shards([1], ["bytes"])])]), inner + inner + struct.pack("<4Q", 0, len(inner), len(inner), len(inner))
    yield "shard-of-lz4", array("uint8", [4], [4], [shards([4], ["bytes", "numcodecs.lz4"])]), b"\4\0\0\0\x40abcd" + struct.pack("<2Q", 0, 9)
    yield "blosc", array("uint8", [4], [4], ["bytes", {"name": "blosc", "configuration": {"cname": "lz4", "clevel": 5, "shuffle": "shuffle", "typesize": 1, "blocksize": 0}}]), b"\2\1\x22\1" + struct.pack("<3I", 4, 4, 20) + b"abcd"
    yield "transpose-shard", array("uint8", [2, 2], [2, 2], [{"name": "transpose", "configuration": {"order": [1, 0]}}, shards([1, 2], ["bytes"])]), b"abcd" + struct.pack("<4Q", 0, 2, 2, 2)
    yield "shard-lz4", array("uint8", [2], [2], [shards([1], ["bytes"]), "numcodecs.lz4"]), b"\x22\0\0\0\xf0\x13ab" + struct.pack("<4Q", 0, 1, 1, 1)
    yield "v2", {"zarr_format": 2, "shape": [3, 3], "chunks": [2, 2], "dtype": "<i4", "compressor": None, "fill_value": None, "order": "F", "filters": None}, ramp
    yield "v2-lz4", {"zarr_format": 2, "shape": [4], "chunks": [4], "dtype": "|u1", "compressor": {"id": "lz4", "acceleration": 1}, "fill_value": 7, "order": "C", "filters": None}, b"\4\0\0\0\x40abcd"
    yield "group", {"zarr_format": 3, "node_type": "group", "attributes": {}, "consolidated_metadata": {"kind": "inline", "must_understand": False, "metadata": {"a": array("int8", [1], [1], ["bytes"])}}}, b""


def shard_index() -> None:
    absent = 2**64 - 1
    indices = {"none": [], "one": [0, 8], "two": [0, 4, 4, 4], "backwards": [4, 4, 0, 4], "absent": [0, 8, absent, absent], "overlapping": [0, 5, 4, 4], "half-absent": [absent, 4], "beyond": [0, 9], "empty-chunk": [99, 0, 0, 8]}
    for flags in range(16):
        order, checksum, start = "><"[flags & 1 == 0], bool(flags & 2), bool(flags & 4)
        for name, fields in indices.items():
            if flags not in (0, 10) and name not in ("two", "absent"):
                continue
            size = 8 * len(fields) + 4 * checksum
            moved = [f + size if start and i % 2 == 0 and f != absent else f for i, f in enumerate(fields)]
            index = struct.pack(f"{order}{len(fields)}Q", *moved) + b"\0" * 4 * checksum
            shard = index + b"elements" if start else b"elements" + index
            save("shard-index", f"{name}-{flags}", bytes([flags, len(fields) // 2]) + shard)


def decoders() -> None:
    for path in sorted(frames.glob("*.bin")):
        kind, size = path.name.split("-")[0], int(path.stem.split("-")[-1])
        if path.stat().st_size < (600 if kind == "blosc" else 1200) and size < 65536:
            save(kind, path.stem, struct.pack("<H", size) + path.read_bytes())
    for text in b"", b"a", bytes(range(64)):
        save("crc32c", f"{len(text)}", struct.pack("<H", len(text)) + text + struct.pack("<I", crc32c(text)))


def crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def texts() -> None:
    tables = {
        "plain": "1,2,3\n4,5,6\n", "header": "a,b\n1,2\n", "quoted": '"a, b","c ""d"""\n"1","2.5"\n', "tabs": "1\t2\n3\t4",
        "semicolons": "x;y\r\n1,5;2\r\n", "words": "nan,-inf,Infinity\n,,\n", "blank": "\n \n1,2\n\r\n3,4\n\n", "mark": "\ufeffa,b\n1,2\n",
        "ragged": "1,2\n3\n", "exponents": "1e5,-2.5E-3,.5,5.\n", "word": "1,2\n3,four\n", "long-header": '"a\nb",c\n1,2\n',
        "digits": "0.1234567890123456789012345,1e308,4.9e-324\n", "cr": "1,2\r3,4\r",
    }
    for name, text in tables.items():
        save("csv", name, text.encode())
    numbers = [
        "0", "-0", "+1", "1.", ".5", "1e22", "1e23", "9007199254740993", "123456789012345678e5", "1234567890123456789e-27",
        "179769313486231580793728971405301e276", "2.2250738585072011e-308", "4.9406564584124654e-324", "1e999", "-1e-999",
        "0.000000000000000000000000000012345678901234567890", "8.41969452126951980e27", "1e", "1e+", "..", "9223372036854775808e-5",
    ]
    for number in numbers:
        save("number", number, number.encode())
    documents = {
        "null": "null", "numbers": "[0,-1,1.5,1e5,-0,18446744073709551615,9223372036854775808,1E-3]", "names": "[NaN,Infinity,-Infinity]",
        "strings": '["","a\\n\\u00e9\\ud83d\\ude00","\u00e9","\\u0000\\/"]', "object": '{"a":{"b":[]},"c":true,"":null}',
        "spaces": " { \"a\" : [ 1 , 2 ] }\n", "nested": "[" * 20 + "]" * 20, "twice": '{"a":1,"a":2}', "lone": '["\\ud800"]',
        "many": json.dumps({f"k{i}": i for i in range(20)}),
    }
    for name, text in documents.items():
        save("json", name, text.encode())
    slices = ["0:3", "::-1", "...", "-1", "None,1", "1:8:3,::2", "5:2:-1,...", "[0:2, 1]", "3,", "-9223372036854775808:9223372036854775807:9223372036854775807", "::-9223372036854775808", "...,np.newaxis,0"]
    for number, text in enumerate(slices):
        save("slice", f"{number}", bytes([2, 10, 7]) + text.encode())
        save("slice", f"{number}-huge", bytes([1, 250]) + text.encode())


def main() -> None:
    for folder in corpus.iterdir():
        if folder.is_dir():
            for old in folder.glob("seed-*"):
                old.unlink()
    for make in npy, npz, zarr, shard_index, decoders, texts:
        make()
    total = sum(p.stat().st_size for p in corpus.rglob("*") if p.is_file())
    print(f"{sum(1 for _ in corpus.glob('*/*'))} inputs, {total} bytes")


main()
