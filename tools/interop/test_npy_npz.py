"""`.npy` and `.npz` that Tessera writes, read by NumPy; groups, read by zarr-python."""
import os
import zipfile

import numpy as np
import zarr

import cases
import peers
from support import SEED, TesseraCase

# Bytes of a member whose size takes ZIP64.
LARGE = (4 << 30) + 12345


class NumPyFiles(TesseraCase):
    def test_random_arrays_to_npy_and_npz(self):
        random = self.random("npy")
        for case in range(40):
            dtype, shape = str(random.choice(cases.DTYPES)), cases.shape(random)
            values = cases.array(random, dtype, shape)
            note = f"seed {SEED} case {case}: {dtype} {shape}"
            with self.subTest(note):
                store, npy, npz = (self.path(f"{case}.{suffix}") for suffix in ("zarr", "npy", "npz"))
                self.ok("convert", self.save(f"{case}-in.npy", values), store, "--codec", "lz4")
                self.ok("convert", store, npy)
                self.assertSame(np.load(npy), values, note)
                if values.size:
                    self.assertSame(np.load(npy, mmap_mode="r"), values, note)
                self.ok("convert", store, npz)
                with np.load(npz) as archive:
                    self.assertEqual(len(archive.files), 1, note)
                    self.assertSame(archive[archive.files[0]], values, note)

    def test_npy_body_starts_where_mappings_may(self):
        store = self.save("x.npy", np.ones((3, 5), dtype="float64"))
        self.ok("convert", store, self.path("y.npy"))
        with open(self.path("y.npy"), "rb") as file:
            self.assertEqual(file.read(8), b"\x93NUMPY\x01\x00")
            self.assertEqual((10 + int.from_bytes(file.read(2), "little")) % 64, 0)

    def test_archive_to_group_and_back(self):
        random = self.random("group")
        members = {
            "features": cases.array(random, "float32", (300, 40)), "labels": cases.array(random, "int64", (300,)),
            "scalar": np.array(2.5), "empty": np.zeros((0, 4), dtype="int16"),
            "fortran": np.asfortranarray(cases.array(random, "uint16", (30, 50))),
        }
        for name, save in [("stored", np.savez), ("deflated", np.savez_compressed)]:
            with self.subTest(name):
                archive, group, back = (self.path(f"{name}{end}") for end in (".npz", ".zarr", "-back.npz"))
                save(archive, **members)
                self.ok("convert", archive, group, "--codec", "zstd")
                self._group_holds(group, members)
                self.ok("convert", group, back)
                with np.load(back) as got:
                    self.assertEqual(set(got.files), set(members))
                    for member, values in members.items():
                        self.assertSame(got[member], values, member)

    def test_deflated_archives_read_by_numpy_and_zipfile(self):
        random = self.random("deflated")
        for case in range(20):
            dtype, shape = str(random.choice(cases.DTYPES)), cases.shape(random)
            values = cases.array(random, dtype, shape)
            level = ["--level", str(int(random.integers(0, 10)))] if random.random() < 0.5 else []
            note = f"seed {SEED} case {case}: {dtype} {shape} {level}"
            with self.subTest(note):
                source, npz = self.save(f"{case}.npy", values), self.path(f"{case}.npz")
                self.ok("convert", source, npz, "--codec", "gzip", *level)
                with zipfile.ZipFile(npz) as archive:
                    self.assertIsNone(archive.testzip(), note)
                    self.assertEqual({i.compress_type for i in archive.infolist()}, {zipfile.ZIP_DEFLATED}, note)
                with np.load(npz) as archive:
                    self.assertSame(archive["arr_0"], values, note)
                self.ok("verify", npz)
                self.ok("convert", npz, self.path(f"{case}-back.npy"))
                self.assertSame(np.load(self.path(f"{case}-back.npy")), values, note)

    def test_deflated_members_of_many_stretches(self):
        random = self.random("stretches")
        members = {
            "rows": random.integers(0, 300, (40_000, 30)).astype("float32"),
            "long": random.integers(0, 9, (3, 400_001)), "flat": np.arange(1_000_003, dtype="uint16"),
        }
        group, archives = self.path("g.zarr"), []
        for name, values in members.items():
            self.ok("convert", self.save(f"{name}.npy", values), f"{group}/{name}")
        for threads, memory in [(1, "64MiB"), (3, "64MiB"), (2, "1GiB")]:
            npz = self.path(f"{threads}.npz")
            self.ok("convert", group, npz, "--codec", "gzip", "--threads", threads, "--memory", memory)
            with np.load(npz) as archive:
                self.assertEqual(set(archive.files), set(members))
                for name, values in members.items():
                    self.assertSame(archive[name], values, name)
            with open(npz, "rb") as file:
                archives.append(file.read())
        self.assertEqual(len(set(archives)), 1, "the same bytes for any threads and memory")
        np.savez_compressed(self.path("numpy.npz"), **members)
        self.assertLess(len(archives[0]), 1.02 * os.path.getsize(self.path("numpy.npz")))

    def test_deflated_members_beyond_4_gib(self):
        with open(self.path("x.npy"), "wb") as file:
            np.lib.format.write_array_header_1_0(
                file, {"descr": "|u1", "fortran_order": False, "shape": (LARGE,)})
            file.truncate(file.tell() + LARGE)
        self.ok("convert", self.path("x.npy"), self.path("x.npz"), "--codec", "gzip", "--level", "1", timeout=600)
        with zipfile.ZipFile(self.path("x.npz")) as archive:
            info = archive.infolist()[0]
            self.assertGreater(info.file_size, LARGE)
            self.assertLess(info.compress_size, LARGE // 100)
            count = 0
            with archive.open(info) as member:  # checks the CRC-32 at the end
                while piece := member.read(16 << 20):
                    count += len(piece)
            self.assertEqual(count, info.file_size)
        self.ok("verify", self.path("x.npz"), timeout=600)

    def test_what_an_archive_cannot_have(self):
        source = self.save("x.npy", np.ones((3, 5)))
        for options in [["--codec", "lz4"], ["--codec", "gzip", "--level", "10"], ["--codec", "gzip", "--chunks", "1x5"],
                        ["--level", "3"], ["--codec", "zstd"]]:
            self.fails("convert", source, self.path("x.npz"), *options, code=2)
        self.assertOnlyHolds("x.npy")

    def _group_holds(self, group, members):
        opened = zarr.open_group(group, mode="r")
        self.assertIsNotNone(opened.metadata.consolidated_metadata, "consolidated metadata")
        self.assertEqual(set(opened.array_keys()), set(members))
        for member, values in members.items():
            self.assertSame(np.asarray(opened[member][...]), values, f"zarr-python {member}")
            self.assertSame(peers.tensorstore_v3(f"{group}/{member}"), values, f"TensorStore {member}")

    def test_one_member_goes_into_a_group_beside_others(self):
        group = self.path("g.zarr")
        first, second = np.arange(20, dtype="int32").reshape(4, 5), np.ones((3, 2), dtype="float64")
        self.ok("convert", self.save("a.npy", first), f"{group}/first")
        self.ok("convert", self.save("b.npy", second), f"{group}/second")
        opened = zarr.open_group(group, mode="r")
        self.assertSame(np.asarray(opened["first"][...]), first)
        self.assertSame(np.asarray(opened["second"][...]), second)

    def test_dtype_changes_as_numpy_casts(self):
        random = self.random("cast")
        values = (random.standard_normal((60, 7)) * 50).astype("float64")
        source = self.save("x.npy", values)
        for dtype in ["float32", "float16", "int32", "int8", "complex64", "complex128"]:
            with self.subTest(dtype):
                out = self.path(f"{dtype}.npy")
                self.ok("convert", source, out, "--dtype", dtype)
                self.assertSame(np.load(out), values.astype(dtype), dtype)
        integers = random.integers(0, 256, (40, 3)).astype("uint8")
        source = self.save("i.npy", integers)
        for dtype in ["bool", "int16", "uint64", "float16", "float64"]:
            out = self.path(f"i-{dtype}.npy")
            self.ok("convert", source, out, "--dtype", dtype)
            self.assertSame(np.load(out), integers.astype(dtype), dtype)


class TextTables(TesseraCase):
    def _read(self, name, text, delimiter, header):
        with open(self.path(name), "w") as file:
            file.write(text)
        self.ok("convert", self.path(name), self.path("out.npy"), "--overwrite")
        rows = text.splitlines()[header:]
        expected = np.atleast_2d(np.genfromtxt(rows, delimiter=delimiter))
        self.assertSame(np.load(self.path("out.npy")), expected, name)

    def test_tables_read_as_genfromtxt_reads_them(self):
        random = self.random("csv")
        for case in range(12):
            delimiter, suffix = [(",", "csv"), ("\t", "tsv")][case % 2]
            columns, header = int(random.integers(2, 9)), bool(random.random() < 0.5)
            lines = [delimiter.join(f"name{i}" for i in range(columns))] if header else []
            for _ in range(int(random.integers(2, 120))):
                lines.append(delimiter.join(_field(random) for _ in range(columns)))
            with self.subTest(f"seed {SEED} case {case}"):
                self._read(f"{case}.{suffix}", "\n".join(lines) + "\n", delimiter, header)

    def test_ends_of_line(self):
        texts = {"crlf": "1,2\r\n3,4\r\n", "no-last-newline": "1,2\n3,4", "blank-end": "1,2\n3,4\n\n"}
        for name, text in texts.items():
            with self.subTest(name):
                self._read(f"{name}.csv", text, ",", 0)

    def test_a_bad_field_is_named_by_line_and_column(self):
        with open(self.path("bad.csv"), "w") as file:
            file.write("a,b\n1,2\n3,four\n")
        error = self.fails("convert", self.path("bad.csv"), self.path("out.npy")).err
        self.assertIn("3", error)
        self.assertIn("2", error)
        self.assertIn("four", error)
        self.assertOnlyHolds("bad.csv")

    def test_a_short_row_is_named(self):
        with open(self.path("short.csv"), "w") as file:
            file.write("1,2\n3,4\n5\n")
        self.fails("convert", self.path("short.csv"), self.path("out.npy"), names=["line 3", "row 3", ":3"])


def _field(random):
    kind = random.random()
    if kind < 0.06:
        return random.choice(["", "NaN", "nan"])
    if kind < 0.3:
        return str(int(random.integers(-1000, 1000)))
    if kind < 0.5:
        return f"{random.standard_normal() * 10.0 ** int(random.integers(-300, 300)):.17g}"
    return repr(float(random.standard_normal()))
