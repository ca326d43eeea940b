"""Very many chunks, files, arrays and axes, and very large sparse arrays: right answers, within --memory 64MiB, and with
few file descriptors.

TESSERA_LOAD is what the numbers below are multiplied by: 1 in tools/test, 10 in tools/load.
"""
import json
import os
import resource
import struct

import google_crc32c
import numpy as np
import zarr

from support import MIB, TesseraCase, run_measured

TIMES = int(os.environ.get("TESSERA_LOAD", "1"))
BUDGET = 64 * MIB
# A process has 1,024 unless its system says otherwise.
DESCRIPTORS = 256
LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
INDEX = [LITTLE, {"name": "crc32c"}]


class LoadCase(TesseraCase):
    def setUp(self):
        super().setUp()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))

    def bounded(self, *arguments, memory=BUDGET):
        """Runs a command that must do within its budget."""
        result = run_measured(*arguments, "--memory", f"{memory // MIB}MiB", timeout=600)
        self.assertEqual(result.code, 0, result)
        self.assertLessEqual(result.peak_bytes, memory, f"peak {result.peak_bytes / MIB:.1f} MiB of\n{result}")
        return result

    def answer(self, *arguments):
        return json.loads(self.bounded(*arguments, "--json").out)

    def assertHolds(self, source, expected):
        """What is stored, read back by this tool."""
        back = self.path("back.npy")
        self.bounded("convert", source, back, "--overwrite")
        self.assertSame(np.load(back), expected, source)

    def assertIntact(self, source, chunks):
        report = self.answer("verify", source)
        self.assertEqual((report["ok"], report["chunks"]), (True, chunks))


class ManyChunks(LoadCase):
    def test_one_shard_of_100_000_chunks(self):
        values = np.random.default_rng(1).integers(1, 1000, (100_000, 4), dtype=np.int32)
        source = self.save("x.npy", values)
        for codec in ["none", "lz4"] if TIMES > 1 else ["none"]:
            store = self.path(f"{codec}.zarr")
            self.bounded(
                "convert", source, store, "--chunks", "1x4", "--shards", "100000x4", "--codec", codec, "--checksum")
            self.assertIntact(store, 100_000)
            self.assertHolds(store, values)
            self.assertEqual(self.answer("reduce", "sum", store, "--axis", "0")["data"], values.sum(axis=0).tolist())
            self.assertEqual(
                self.answer("slice", store, "99990::-9999,2")["data"], values[99990::-9999, 2].tolist())
            tall = self.path(f"tall-{codec}.zarr")
            self.bounded("convert", store, tall, "--chunks", "5000x1", "--codec", "lz4")
            self.assertHolds(tall, values)
            self.bounded("append", store, source)
            self.assertHolds(store, np.concatenate([values, values]))

    def test_a_shard_that_does_not_fit_is_refused(self):
        values = self.save("x.npy", np.zeros(2_000_000, np.uint8))
        result = self.fails(
            "convert", values, self.path("x.zarr"), "--chunks", "1", "--shards", "2000000", "--memory", "64MiB",
            names=["--memory"])
        self.assertIn("shards of (2000000,)", result.err)
        self.assertOnlyHolds("x.npy")

    def test_one_element_chunks(self):
        length = 200 * TIMES
        values = np.random.default_rng(2).integers(0, 200, (length, 300), dtype=np.uint8)
        source, store = self.save("x.npy", values), self.path("x.zarr")
        self.bounded("convert", source, store, "--chunks", "1x1", "--shards", f"{length // 2}x100")
        self.assertIntact(store, np.count_nonzero(values))
        for selection in ["::-1,::-7", "3:150:11,5", f"{length - 1}::-13,::299", "50,::-1"]:
            with self.subTest(selection):
                out = self.path("part.npy")
                self.bounded("slice", store, selection, "-o", out, "--overwrite")
                self.assertSame(np.load(out), eval(f"values[{selection}]"), selection)
        self.assertEqual(self.answer("reduce", "median", store)["data"], np.median(values))
        flat = self.save("flat.npy", values.reshape(-1).repeat(5))
        self.bounded("convert", flat, self.path("flat.zarr"), "--chunks", "1", "--shards", "100000")
        self.assertHolds(self.path("flat.zarr"), np.load(flat))


class ManyFiles(LoadCase):
    def test_shards_of_one_element(self):
        count = 100_000 if TIMES > 1 else 4000
        values = np.arange(1, count + 1, dtype=np.int32)
        source, store = self.save("x.npy", values), self.path("x.zarr")
        self.bounded("convert", source, store, "--chunks", "1", "--shards", "1")
        self.assertEqual(len(os.listdir(self.path("x.zarr/c"))), count)
        self.assertIntact(store, count)
        self.assertEqual(self.answer("info", store)["stored_bytes"] // count, 4 + 16 + 4)
        self.assertEqual(self.answer("reduce", "sum", store)["data"], int(values.sum(dtype=np.int64)))
        self.bounded("append", store, self.save("y.npy", values[:1000]))
        both = np.concatenate([values, values[:1000]])
        self.assertSame(zarr.open_array(store, mode="r")[count - 10:count + 10], both[count - 10:count + 10])
        self.bounded("convert", store, self.path("y.zarr"), "--chunks", "999")
        self.assertHolds(self.path("y.zarr"), both)

    def test_files_that_many_blocks_share(self):
        """Columns go into files of rows, all of which are unfinished until the last column."""
        # More than there are descriptors.
        rows = 1500 if TIMES > 1 else 400
        values = np.asfortranarray(np.random.default_rng(3).integers(0, 255, (rows, 20_000), dtype=np.uint8))
        source, store = self.save("x.npy", values), self.path("x.zarr")
        for shards in ["1x20000", "none"]:
            self.bounded("convert", source, store, "--chunks", "1x2000", "--shards", shards, "--overwrite")
            self.assertHolds(store, np.ascontiguousarray(values))
        self.assertOnlyHolds("x.npy", "x.zarr", "back.npy")


class ManyArrays(LoadCase):
    def setUp(self):
        super().setUp()
        self.count = 1000 * TIMES
        self.arrays = {f"a{i:05}": np.arange(i % 7 + 1) + i for i in range(self.count)}
        # What is known of each array is kept until the end, and counts.
        self.memory = BUDGET if TIMES == 1 else 256 * MIB

    def assertMembers(self, path, members):
        with np.load(path) as archive:
            self.assertEqual(sorted(archive), sorted(members))
            for name in members:
                self.assertSame(archive[name], members[name], name)

    def check(self, archive):
        group = self.path("g.zarr")
        self.bounded("convert", archive, group, memory=self.memory)
        report = json.loads(self.bounded("verify", group, "--json", memory=self.memory).out)
        self.assertEqual((report["arrays"], report["ok"]), (self.count, True))
        members = json.loads(self.bounded("info", group, "--json", memory=self.memory).out)["members"]
        self.assertEqual([member["name"] for member in members], sorted(self.arrays))
        self.assertEqual(self.answer("slice", f"{group}/a00700", ":")["data"], self.arrays["a00700"].tolist())
        self.bounded("convert", self.save("more.npy", np.arange(5)), f"{group}/more", memory=self.memory)
        self.bounded("convert", group, self.path("h.zarr"), memory=self.memory)
        self.bounded("convert", self.path("h.zarr"), self.path("back.npz"), memory=self.memory)
        self.assertMembers(self.path("back.npz"), {**self.arrays, "more": np.arange(5)})

    def test_an_archive_and_a_group(self):
        np.savez(self.path("x.npz"), **self.arrays)
        self.check(self.path("x.npz"))

    def test_arrays_that_are_added_one_by_one(self):
        """Each makes the group's list of its members anew."""
        np.savez(self.path("x.npz"), **self.arrays)
        group, more = self.path("g.zarr"), self.save("more.npy", np.arange(5))
        self.bounded("convert", self.path("x.npz"), group, memory=self.memory)
        names = [f"more-{number}" for number in range(10)]
        seconds = sum(self.bounded("convert", more, f"{group}/{name}").seconds for name in names)
        print(f"[{seconds * 100:.0f} ms for each] ", end="", flush=True)
        listed = zarr.open_consolidated(group)
        self.assertEqual(set(listed.metadata.consolidated_metadata.metadata), {*self.arrays, *names})
        self.assertEqual(listed["more-9"][:].tolist(), list(range(5)))

    def test_more_than_the_budget_knows_is_refused(self):
        np.savez(self.path("x.npz"), **{f"a{i}": np.zeros(1, np.int8) for i in range(4000)})
        result = self.fails("convert", self.path("x.npz"), self.path("g.zarr"), "--memory", "64MiB")
        self.assertIn("memory budget is too small for 4000 arrays at a time: expected --memory ", result.err)
        self.assertOnlyHolds("x.npz")

    def test_a_deflated_archive(self):
        np.savez_compressed(self.path("x.npz"), **self.arrays)
        self.bounded("convert", self.path("x.npz"), self.path("y.npz"), memory=self.memory)
        self.assertMembers(self.path("y.npz"), self.arrays)


class ManyAxes(LoadCase):
    def refused(self, *arguments, code=1):
        result = self.fails(*arguments, code=code)
        self.assertIn("too many dimensions: expected at most 64, got 100", result.err)

    def test_100_dimensions_are_refused(self):
        shape = [1] * 100
        with open(self.path("x.npy"), "wb") as file:
            header = {"descr": "<f4", "fortran_order": False, "shape": tuple(shape)}
            np.lib.format.write_array_header_1_0(file, header)
            file.write(bytes(4))
        os.mkdir(self.path("v3.zarr"))
        write(self.path("v3.zarr/zarr.json"), metadata(shape, shape, shape))
        os.mkdir(self.path("v2.zarr"))
        write(self.path("v2.zarr/.zarray"), {
            "zarr_format": 2, "shape": shape, "chunks": shape, "dtype": "<f4", "compressor": None, "fill_value": 0,
            "order": "C", "filters": None})
        for source in ["x.npy", "v3.zarr", "v2.zarr"]:
            for command in [["info"], ["stats"], ["reduce", "sum"], ["slice"], ["convert"]]:
                more = {"slice": [":"], "convert": [self.path("out.zarr")]}.get(command[0], [])
                self.refused(*command, self.path(source), *more)
        self.refused("random", "x".join("1" * 100), self.path("out.npy"), code=2)
        self.assertOnlyHolds("x.npy", "v2.zarr", "v3.zarr")

    def test_64_dimensions(self):
        values = np.arange(4096, dtype=np.float32).reshape((2,) * 12 + (1,) * 52)
        source, store = self.save("x.npy", values), self.path("x.zarr")
        self.bounded("convert", source, store, "--chunks", "x".join("1" * 64), "--shards", "x".join("2" * 12 + "1" * 52))
        self.assertIntact(store, 4095)
        self.assertHolds(store, values)


def write(path, document):
    with open(path, "w") as file:
        json.dump(document, file)


def metadata(shape, chunk, shard, inner=None):
    """Of float32, filled with zeros; `inner` are the codecs of a chunk."""
    sharding = {
        "name": "sharding_indexed", "configuration": {
            "chunk_shape": chunk, "codecs": inner or [LITTLE], "index_codecs": INDEX, "index_location": "end"}}
    return {
        "zarr_format": 3, "node_type": "array", "shape": shape, "data_type": "float32", "fill_value": 0, "attributes": {},
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": shard}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}}, "codecs": [sharding]}


def shard(count, chunks) -> bytes:
    """A shard of `count` chunks, of which only those of `chunks` are there."""
    entries = np.full((count, 2), 2**64 - 1, "<u8")
    body = b""
    for ordinal, chunk in chunks.items():
        entries[ordinal] = len(body), len(chunk)
        body += chunk
    index = entries.tobytes()
    return body + index + struct.pack("<I", google_crc32c.value(index))


class Sparse(LoadCase):
    """4 TiB of float32, of which next to nothing takes room on the disk."""

    def store(self, shape, chunk, shards, files, inner=None):
        path = self.path("x.zarr")
        os.mkdir(path)
        write(f"{path}/zarr.json", metadata(shape, chunk, shards, inner))
        for key, data in files.items():
            os.makedirs(os.path.dirname(f"{path}/c/{key}"), exist_ok=True)
            with open(f"{path}/c/{key}", "wb") as file:
                file.write(data)
        return path

    def check_plans(self, path, *commands):
        for command in commands:
            plan = self.answer(command[0], *command[1:], path, "--explain")
            self.assertLessEqual(plan["predicted_peak_bytes"], BUDGET)
            self.assertEqual(plan["bytes_read"] % 2**42, 0, plan)
            self.assertGreaterEqual(plan["bytes_read"], 2**42)

    def test_a_file(self):
        path = self.path("x.npy")
        with open(path, "wb") as file:
            header = {"descr": "<f4", "fortran_order": False, "shape": (2**20, 2**20)}
            np.lib.format.write_array_header_1_0(file, header)
            start = file.tell()
            try:
                file.truncate(start + 2**42)
            except OSError as error:
                self.skipTest(f"no such large files here: {error}")
            file.seek(start + 4 * (2**20 * 1000 + 5))
            file.write(np.float32(7).tobytes())
        self.assertEqual(self.answer("info", path)["logical_bytes"], 2**42)
        self.assertEqual(self.answer("slice", path, "1000,:7")["data"], [0, 0, 0, 0, 0, 7, 0])
        self.assertEqual(self.answer("slice", path, "::-100000,::-100000")["shape"], [11, 11])
        self.assertEqual(self.answer("verify", path)["bytes"], 2**42 + start)
        self.check_plans(path, ["reduce", "sum,max"], ["reduce", "median"], ["stats", "--all"])
        part = self.path("part.npy")
        self.bounded("slice", path, "990:1010:2,:1000001", "-o", part)
        self.assertEqual(self.answer("reduce", "sum,argmax", part)["sum"]["data"], 7)

    def test_a_store(self):
        full = np.full((256, 1024), 3, "<f4").tobytes()
        files = {key: shard(256, {5: full, 255: full}) for key in ["0/0", "7/3", "255/63"]}
        path = self.store([2**20, 2**20], [256, 1024], [4096, 16384], files)
        self.assertIntact(path, 6)
        self.assertEqual(self.answer("slice", path, "-1,-3:")["data"], [3, 3, 3])
        corners = self.answer("slice", path, "::524287,::524287")["data"]
        self.assertEqual(corners, [[0, 0, 0], [0, 0, 0], [0, 0, 3]])
        self.check_plans(path, ["reduce", "sum,max"], ["reduce", "median"], ["stats", "--all"])
        part = self.path("part.zarr")
        self.bounded("slice", path, "28672:32768,49152:65536", "-o", part, "--codec", "lz4")
        self.assertEqual(self.answer("reduce", "sum,count_nonzero", part)["sum"]["data"], 3.0 * 2 * 256 * 1024)
        if TIMES > 1:
            wide = self.path("wide.zarr")
            self.bounded("slice", path, "-8192:,-65536:", "-o", wide)
            self.assertEqual(self.answer("reduce", "sum", wide)["data"], 3.0 * 2 * 256 * 1024)

    def test_one_shard_with_an_index_larger_than_the_budget(self):
        chunk = np.full(2**18, 3, "<f4").tobytes()
        count = 2**22
        data = shard(count, {0: chunk, 1_000_000: chunk, count - 1: chunk})
        path = self.store([2**40], [2**18], [2**40], {"0": data})
        self.assertIntact(path, 3)
        self.assertEqual(self.answer("slice", path, f"{2**18 * 1_000_000 - 1}:{2**18 * 1_000_000 + 1}")["data"], [0, 3])
        self.assertEqual(self.answer("slice", path, "::-500000000000")["data"], [3, 0, 0])

    def test_shards_within_an_absent_shard_are_passed_over(self):
        """2^32 chunks, of which two are there: none of the others is to be looked for."""
        inner = metadata([2**24], [2**8], [2**24])["codecs"]
        chunk = np.full(2**8, 5, "<f4").tobytes()
        one = shard(2**16, {7: chunk})
        path = self.store([2**40], [2**24], [2**40], {"0": shard(2**16, {0: one, 40_000: one})}, inner)
        self.assertIntact(path, 2)
        at = 40_000 * 2**24 + 7 * 2**8
        self.assertEqual(self.answer("slice", path, f"{at - 1}:{at + 1}")["data"], [0, 5])
        self.check_plans(path, ["reduce", "sum"])
        damaged = bytearray(shard(2**16, {0: one, 40_000: one}))
        damaged[len(one) + 2000] ^= 1
        with open(f"{path}/c/0", "wb") as file:
            file.write(damaged)
        result = self.fails_with_problems("verify", path)
        self.assertIn("inner shard (40000,)", result)

    def fails_with_problems(self, *arguments):
        result = run_measured(*arguments)
        self.assertEqual(result.code, 1, result)
        return result.out
