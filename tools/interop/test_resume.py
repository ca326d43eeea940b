"""A conversion that is killed goes on with `--resume`; one that is interrupted leaves nothing."""
import json
import os
import signal
import subprocess
import time

import numpy as np

import peers
from support import MIB, TesseraCase, start, tree_bytes

ROWS, COLUMNS = 150_000, 64
# How far a `.npy` file is complete is noted every 256 MiB.
LONG = 768 * 1024


class Resume(TesseraCase):
    def setUp(self):
        super().setUp()
        random = np.random.default_rng(7)
        self.values = (random.standard_normal((ROWS, COLUMNS), dtype="float32") * 8).round(1)
        self.source = self.save("x.npy", self.values)
        self.command = ["convert", self.source, self.path("x.zarr"), "--codec", "gzip", "--level", "6",
                        "--chunks", "2000x64", "--shards", "10000x64", "--threads", "1"]

    def _stop(self, how):
        """Starts the conversion and sends `how` once some shards are on disk; false when it was too quick."""
        base = tree_bytes(self.folder)
        process = start(*self.command)
        try:
            deadline = time.monotonic() + 60
            while process.poll() is None and time.monotonic() < deadline:
                if tree_bytes(self.folder) - base > 4 * MIB:
                    process.send_signal(how)
                    break
                time.sleep(0.005)
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            process.stderr.close()
        return process.returncode

    def test_killed_then_resumed(self):
        self.assertEqual(self._stop(signal.SIGKILL), -signal.SIGKILL, "ended before it could be killed")
        self.assertFalse(os.path.exists(self.path("x.zarr/zarr.json")), "a half store must not look whole")
        self.ok(*self.command, "--resume")
        self.assertSame(peers.zarrs(self.path("x.zarr")), self.values)
        self.ok("verify", self.path("x.zarr"))
        self.assertOnlyHolds("x.npy", "x.zarr")

    def test_killed_then_started_afresh(self):
        self.assertEqual(self._stop(signal.SIGKILL), -signal.SIGKILL, "ended before it could be killed")
        self.ok(*self.command)
        self.assertSame(peers.zarrs(self.path("x.zarr")), self.values)
        self.assertOnlyHolds("x.npy", "x.zarr")

    def test_resume_after_the_source_changed_does_not_mix(self):
        self.assertEqual(self._stop(signal.SIGKILL), -signal.SIGKILL, "ended before it could be killed")
        changed = self.values + 1
        np.save(self.source, changed)
        self.fails(*self.command, "--resume", code=2)
        self.ok(*self.command)
        self.assertSame(peers.zarrs(self.path("x.zarr")), changed)

    def test_interrupted_leaves_nothing(self):
        self.assertEqual(self._stop(signal.SIGINT), 130)
        self.assertOnlyHolds("x.npy")

    def test_resume_with_nothing_to_resume_is_a_plain_run(self):
        small = self.save("small.npy", self.values[:1000])
        self.ok("convert", small, self.path("small.zarr"), "--resume")
        self.assertSame(peers.zarr_python(self.path("small.zarr")), self.values[:1000])


class ResumedFile(TesseraCase):
    """A `.npy` file goes on from the last note of how far it is complete."""

    def setUp(self):
        super().setUp()
        self.destination, self.staging = self.path("y.npy"), self.path(".y.npy.tessera-partial")

    def noted(self):
        try:
            with open(f"{self.staging}/resume.json") as file:
                return json.load(file)["blocks"]
        except FileNotFoundError:
            return 0

    def check(self, command, *words):
        self.ok(command, *words, self.path("whole.npy"), "--threads", "1")
        process = start(command, *words, self.destination, "--threads", "1")
        try:
            deadline = time.monotonic() + 60
            while process.poll() is None and not self.noted() and time.monotonic() < deadline:
                time.sleep(0.001)
            process.kill()
            process.wait(60)
        finally:
            process.kill()
            process.stderr.close()
        self.assertEqual(process.returncode, -signal.SIGKILL, "ended before it could be killed")
        self.assertGreater(self.noted(), 0)
        # What is changed in the part that is complete is not written again.
        with open(f"{self.staging}/payload", "r+b") as file:
            file.seek(128)
            file.write(np.float32(12345).tobytes())
        self.ok(command, *words, self.destination, "--threads", "1", "--resume")
        got, expected = np.load(self.destination, mmap_mode="r"), np.load(self.path("whole.npy"), mmap_mode="r")
        self.assertEqual(got[0, 0], 12345)
        self.assertSame(got[0, 1:], expected[0, 1:])
        for first in range(1, LONG, LONG // 16):
            self.assertSame(got[first:first + LONG // 16], expected[first:first + LONG // 16], f"rows from {first}")
        self.assertFalse(os.path.exists(self.staging))

    def source(self):
        self.ok("random", f"{LONG}x128", self.path("x.npy"), "--dist", "normal")
        return self.path("x.npy")

    def test_convert(self):
        self.check("convert", self.source())

    def test_normalize(self):
        self.check("normalize", self.source())

    def test_matmul(self):
        self.ok("random", f"{LONG}x8", self.path("a.npy"))
        self.ok("random", "8x128", self.path("b.npy"))
        self.check("matmul", self.path("a.npy"), self.path("b.npy"))
