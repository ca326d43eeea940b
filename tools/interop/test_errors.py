"""The error contract: exit codes, one line, nothing written, nothing lost."""
import os
import pathlib
import re

import numpy as np

from support import MIB, SEED, TesseraCase, run, run_measured


class Errors(TesseraCase):
    def setUp(self):
        super().setUp()
        self.values = np.arange(600, dtype="float32").reshape(30, 20)
        self.source = self.save("x.npy", self.values)

    def test_wrong_usage_is_exit_2_and_suggests(self):
        out = self.path("y.zarr")
        cases = {
            "command": (["convrt", self.source, out], "convert"),
            "option": (["convert", self.source, out, "--cheksum"], "--checksum"),
            "codec": (["convert", self.source, out, "--codec", "lz5"], "lz4"),
            "dtype": (["convert", self.source, out, "--dtype", "flaot32"], "float32"),
        }
        for name, (arguments, suggestion) in cases.items():
            with self.subTest(name):
                result = run(*arguments)
                self.assertEqual(result.code, 2, result)
                self.assertTrue(result.err.startswith("tessera: error:"), result)
                self.assertIn(suggestion, result.err)
                self.assertOnlyHolds("x.npy")

    def test_missing_and_surplus_arguments(self):
        for arguments in [[], ["convert"], ["convert", self.source], ["convert", "a", "b", "c"], ["slice", self.source],
                          ["convert", self.source, self.path("y.zarr"), "--chunks"],
                          ["convert", self.source, self.path("y.zarr"), "--threads", "many"]]:
            with self.subTest(arguments):
                self.assertEqual(run(*arguments).code, 2)

    def test_an_existing_destination_is_kept(self):
        for name in ["y.npy", "y.zarr"]:
            with self.subTest(name):
                target = self.path(name)
                self.ok("convert", self.source, target)
                before = _contents(target)
                self.fails("convert", self.source, target, names=["exist"])
                self.assertEqual(_contents(target), before)
                other = self.save("other.npy", self.values * 2)
                self.ok("convert", other, target, "--overwrite")
                self.ok("convert", target, self.path("back.npy"), "--overwrite")
                self.assertSame(np.load(self.path("back.npy")), self.values * 2)

    def test_a_directory_that_is_no_store_is_not_overwritten(self):
        os.mkdir(self.path("home.zarr"))
        pathlib.Path(self.path("home.zarr/precious.txt")).write_text("kept")
        result = run("convert", self.source, self.path("home.zarr"), "--overwrite")
        if result.code == 0:
            self.fail(f"a folder of other things was replaced\n{result}")
        self.assertEqual(pathlib.Path(self.path("home.zarr/precious.txt")).read_text(), "kept")

    def test_layouts_that_do_not_fit_the_array(self):
        out = self.path("y.zarr")
        for options in [["--chunks", "10"], ["--chunks", "10x10x10"], ["--chunks", "0x10"], ["--chunks", "-1x10"],
                        ["--chunks", "axb"], ["--chunks", "10x10", "--shards", "15x10"], ["--shards", "7"],
                        ["--zarr-format", "4"], ["--chunks", "99999999999999999999x1"], ["--level", "abc"]]:
            with self.subTest(" ".join(options)):
                self.fails("convert", self.source, out, *options, code=(1, 2))
                self.assertOnlyHolds("x.npy")

    def test_sources_that_are_not_there_or_not_arrays(self):
        pathlib.Path(self.path("text.npy")).write_text("hello")
        pathlib.Path(self.path("empty.npy")).write_bytes(b"")
        pathlib.Path(self.path("empty.npz")).write_bytes(b"")
        os.mkdir(self.path("empty.zarr"))
        held = sorted(os.listdir(self.folder))
        for name in ["gone.npy", "gone.zarr", "text.npy", "empty.npy", "empty.npz", "empty.zarr", "x.npy/member",
                     "unknown.xyz"]:
            with self.subTest(name):
                self.fails("convert", self.path(name), self.path("y.npy"), names=[name.split("/")[0]])
                self.assertOnlyHolds(*held)
        with self.subTest("a member that is not in the archive"):
            np.savez(self.path("z.npz"), right=self.values)
            self.fails("convert", self.path("z.npz/wrong"), self.path("y.npy"), names=["right", "wrong"])

    def test_a_destination_nobody_can_write(self):
        self.fails("convert", self.source, self.path("no/such/folder/y.npy"), names=["no/such/folder"])
        self.fails("convert", self.source, self.path("y.unknown"), code=(1, 2), names=[".npy", ".zarr", "suffix"])

    def test_truncations_say_how_many_bytes(self):
        data = pathlib.Path(self.source).read_bytes()
        for length in [*range(0, 130, 3), 1000, len(data) - 1]:
            with self.subTest(length):
                short = self.path("short.npy")
                pathlib.Path(short).write_bytes(data[:length])
                result = self.fails("convert", short, self.path("y.npy"))
                if length >= 128:
                    self.assertIn("2400", result.err)
                self.assertOnlyHolds("x.npy", "short.npy")

    def test_flipped_bytes_never_trap(self):
        """Any byte of a small store and archive: the run ends by itself, with an answer or one line."""
        store = self.path("y.zarr")
        self.ok("convert", self.source, store, "--codec", "lz4", "--chunks", "10x10", "--shards", "30x20")
        np.savez_compressed(self.path("y.npz"), a=self.values)
        random = np.random.default_rng(SEED)
        shard = self.path("y.zarr/c/0/0")
        for path, source in [(shard, store), (self.path("y.zarr/zarr.json"), store), (self.path("y.npz"), None),
                             (self.source, None)]:
            data = pathlib.Path(path).read_bytes()
            for case in range(25):
                position, bit = int(random.integers(len(data))), int(random.integers(8))
                if path == self.source:
                    position %= 128
                with self.subTest(f"seed {SEED}: {os.path.basename(path)} byte {position} bit {bit}"):
                    broken = bytearray(data)
                    broken[position] ^= 1 << bit
                    pathlib.Path(path).write_bytes(broken)
                    result = run("convert", source or path, self.path("out.npy"), "--overwrite", timeout=20)
                    self.assertIn(result.code, (0, 1), result)
                    if result.code:
                        self.assertOneLine(result)
            pathlib.Path(path).write_bytes(data)

    def test_claims_larger_than_any_memory_end_at_once(self):
        header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (%s,), }"
        for shape in [b"9223372036854775807", b"1000000000000, 1000000", b"4611686018427387904, 4611686018427387904"]:
            with self.subTest(shape):
                text = header % shape
                text += b" " * (-(11 + len(text)) % 64) + b"\n"
                body = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(64)
                pathlib.Path(self.path("huge.npy")).write_bytes(body)
                self.fails("convert", self.path("huge.npy"), self.path("y.npy"), timeout=10)
        pathlib.Path(self.path("deep.zarr")).mkdir()
        for name, text in {"deep": "[" * 100_000, "open": '{"zarr_format": 3, ' + '"a":{' * 50_000}.items():
            with self.subTest(name):
                pathlib.Path(self.path("deep.zarr/zarr.json")).write_text(text)
                self.fails("info", self.path("deep.zarr"), timeout=10)


class NamedBudgets(TesseraCase):
    """A budget that is too small is refused with one that does for the whole job, where 2 MiB less do not."""

    def check(self, source, *words):
        words = [*words, "--threads", "2"]
        refused = self.fails(*words, "--memory", "64MiB", names=["memory budget is too small"])
        self.assertTrue(refused.err.startswith(f"tessera: error: {source}"), refused)
        self.measure_refusal(words)
        least = int(re.search(r"expected --memory (\d+)MiB or more", refused.err)[1])
        for options in ([], ["--explain"]):
            self.fails(*words, *options, "--memory", f"{least - 2}MiB", names=[f"--memory {least}MiB or more"])
        self.ok(*words, "--explain", "--memory", f"{least}MiB")
        done = run_measured(*words, "--memory", f"{least}MiB")
        self.assertEqual(done.code, 0, done)
        self.assertLessEqual(done.peak_bytes, least * MIB, done)

    def measure_refusal(self, words):
        """Greater budgets are planned with, to name one, within the budget that is refused."""
        refused = run_measured(*words, "--memory", "64MiB")
        self.assertIn("memory budget is too small", refused.err, refused)
        self.assertLessEqual(refused.peak_bytes, 64 * MIB, refused)

    def test_many_features(self):
        x = self.save("x.npy", np.zeros((2, 6_000_000), "f4"))
        for method in ["zscore", "robust"]:
            with self.subTest(method):
                self.measure_refusal(["normalize", x, self.path("z.npy"), "--method", method])
        self.measure_refusal(["reduce", "median,quantile,nanquantile", x, "--q", "0.5", "--axis", "0"])

    def test_passes_after_one_another(self):
        x = self.save("x.npy", self.random("tall").random((1_500_000, 2), dtype="f4"))
        self.check(x, "stats", x, "--axis", "1")
        self.check(x, "stats", x, "--axis", "1", "-o", self.path("s.npz"))

    def test_fitting_and_writing(self):
        x = self.save("x.npy", self.random("wide").random((6, 1_500_000), dtype="f4"))
        for method in ["zscore", "robust"]:
            with self.subTest(method):
                self.check(x, "normalize", x, self.path(f"{method}.npy"), "--method", method)
        self.check(x, "reduce", "std", x, "--axis", "0", "-o", self.path("m.zarr"))

    def test_quantiles(self):
        x = self.save("x.npy", self.random("long").random((2, 4_000_000), dtype="f4"))
        self.ok("convert", x, self.path("x.zarr"), "--chunks", "1x4000000", "--codec", "none")
        self.check(self.path("x.zarr"), "reduce", "nanmedian", self.path("x.zarr"))
        self.check(self.path("x.zarr"), "reduce", "std,median", self.path("x.zarr"), "-o", self.path("m.npz"))

    def test_linear_algebra(self):
        random = self.random("fits")
        x = self.save("x.npy", random.standard_normal((700, 1400), dtype="f4"))
        y = self.save("y.npy", random.standard_normal((700, 4), dtype="f4"))
        self.check(x, "lstsq", x, y, "-o", self.path("l.npz"))
        self.check(x, "svd", x, "-k", "5", "--with-u", "-o", self.path("s.npz"))
        self.check(x, "pca", x, "-k", "5", "-o", self.path("p.npz"))


def _contents(path):
    path = pathlib.Path(path)
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [(str(file), file.read_bytes()) for file in files if file.is_file()]
