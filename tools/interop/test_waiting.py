"""Processes that write to the same place: with `--wait` one after another, and nothing is lost."""
import os
import signal
import subprocess
import sys

import numpy as np

import peers
from support import TesseraCase, binary, start

WRITERS, ROWS = 8, 30


class Waiting(TesseraCase):
    def _together(self, commands):
        """Runs commands at the same time; what each said on standard error."""
        processes = [
            subprocess.Popen([binary(), *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            for command in commands]
        said = [process.communicate(timeout=120)[1] for process in processes]
        for process, command, text in zip(processes, commands, said):
            self.assertEqual(process.returncode, 0, f"{command}: {text}")
            for line in text.splitlines():
                self.assertRegex(line, r"^tessera: waiting: .* is writing here$")
            self.assertLessEqual(len(text.splitlines()), 1, text)
        return said

    def _parts(self):
        """Rows of each writer: its number, and the number of the row."""
        parts = [np.stack([np.full(ROWS, writer), np.arange(ROWS)], 1).astype("int32") for writer in range(WRITERS)]
        return [(self.save(f"part{writer}.npy", part), part) for writer, part in enumerate(parts)]

    def _check_rows(self, got, parts):
        """All parts are there, each in one piece, after the row that was there before."""
        self.assertEqual(got.shape, (1 + WRITERS * ROWS, 2))
        self.assertEqual(got[0].tolist(), [-1, -1])
        for block in np.split(got[1:], WRITERS):
            self.assertSame(block, parts[block[0, 0]][1])
        self.assertEqual(set(got[1::ROWS, 0].tolist()), set(range(WRITERS)))

    def test_rows_of_all_appenders_are_there(self):
        parts = self._parts()
        first = self.save("first.npy", np.full((1, 2), -1, dtype="int32"))
        for name, layout in [("x.npy", []), ("x.zarr", ["--chunks", "7x2", "--shards", "21x2", "--codec", "lz4"]),
                             ("v2.zarr", ["--zarr-format", "2", "--chunks", "7x2"])]:
            with self.subTest(name):
                target = self.path(name)
                self.ok("convert", first, target, *layout)
                self._together([["append", target, source, "--wait"] for source, _ in parts])
                self._check_rows(np.load(target) if name == "x.npy" else peers.zarr_python(target), parts)
                self.ok("verify", target)

    def test_rows_of_all_appenders_where_the_file_is_written_anew(self):
        parts = self._parts()
        # Fortran order: rows do not end the file.
        target = self.save("x.npy", np.asfortranarray(np.full((1, 2), -1, dtype="int32")))
        with open(target, "rb") as file:
            header = file.read().replace(b"'fortran_order': False", b"'fortran_order': True ")
        with open(target, "wb") as file:
            file.write(header)
        self._together([["append", target, source, "--wait"] for source, _ in parts])
        self._check_rows(np.load(target), parts)

    def test_members_of_one_group_are_all_listed(self):
        parts = self._parts()
        self._together([["convert", source, self.path(f"g.zarr/deep/m{number}"), "--wait"]
                        for number, (source, _) in enumerate(parts)])
        import zarr
        group = zarr.open_group(self.path("g.zarr"), mode="r", use_consolidated=True)
        for number, (_, part) in enumerate(parts):
            self.assertSame(group[f"deep/m{number}"][:], part)

    def test_of_several_that_replace_one_is_there(self):
        parts = self._parts()
        for name in ("x.npy", "x.zarr"):
            self._together([["convert", source, self.path(name), "--overwrite", "--wait"] for source, _ in parts])
            got = np.load(self.path(name)) if name == "x.npy" else peers.zarr_python(self.path(name))
            self.assertSame(got, parts[got[0, 0]][1])
        self.assertOnlyHolds("x.npy", "x.zarr", *(os.path.basename(source) for source, _ in parts))

    def test_it_says_for_whom_it_waits_until_it_is_interrupted(self):
        source, _ = self._parts()[0]
        target = self.save("x.npy", np.full((1, 2), -1, dtype="int32"))
        with open(target, "rb") as before:
            bytes_ = before.read()
        holder = subprocess.Popen(
            [sys.executable, "-c", "import fcntl, sys; f = open(sys.argv[1], 'rb+'); "
             "fcntl.flock(f, fcntl.LOCK_EX); print('locked', flush=True); sys.stdin.read()", target],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            self.assertEqual(holder.stdout.readline(), "locked\n")
            self.fails("append", target, source, names=["another process is writing here (--wait waits for it)"])
            process = start("append", target, source, "--wait")
            with process.stderr as errors:
                line = errors.readline()
                self.assertTrue(line.startswith(f"tessera: waiting: {target}: "), line)
                if os.path.exists("/proc/locks"):
                    self.assertRegex(line, rf"(process {holder.pid} \(python|another process is writing here$)")
                process.send_signal(signal.SIGINT)
                self.assertEqual(errors.read(), "tessera: interrupted\n")
            self.assertEqual(process.wait(60), 130)
            with open(target, "rb") as after:
                self.assertEqual(after.read(), bytes_)
        finally:
            holder.communicate()
        self.ok("append", target, source, "--wait")
