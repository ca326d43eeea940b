"""The process that answers jobs. A job that ends it (a trap, a hang) is an answer of kind `crash`."""
import json
import select
import subprocess


class Engine:
    def __init__(self, binary: str, limit: float = 60):
        self.binary = binary
        self.limit = limit
        self.process = None

    def ask(self, job: dict) -> dict:
        if self.process is None:
            self.process = subprocess.Popen(
                [self.binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            self.process.stdin.write(json.dumps(job).encode() + b"\n")
            self.process.stdin.flush()
            ready, _, _ = select.select([self.process.stdout], [], [], self.limit)
            line = self.process.stdout.readline() if ready else b""
        except BrokenPipeError:
            ready, line = True, b""
        if line:
            return json.loads(line)
        return self.crash("ended" if ready else f"no answer in {self.limit:g} s")

    def crash(self, how: str) -> dict:
        self.process.kill()
        _, errors = self.process.communicate()
        # Swift's own words for a trap come first; a backtrace follows.
        lines = [text for text in errors.decode(errors="replace").splitlines() if text.strip()]
        words = next((text for text in lines if "Fatal error" in text), lines[0] if lines else "")
        frames = [text.strip() for text in lines if " in " in text and " at " in text][:4]
        self.process = None
        return {"ok": False, "step": None, "kind": "crash", "message": " | ".join([how, words, *frames])[:900]}

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait(10)
            self.process = None
