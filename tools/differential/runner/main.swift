// tessera-differential   reads one job per line (JSON) and answers each with one line (JSON)
//
// A job is a list of steps that make arrays, the ones to compute together, and how (see Job). The answer is
// {"ok": true, "outputs": [{"dtype", "shape", "path"}]}, or {"ok": false, "step", "kind", "message"} with the
// number of the step that threw, null when it was the evaluation.

import Glibc
import Tessera

while let line = readLine() {
  print(answer(line))
  // Whoever asked waits for the line.
  fflush(nil)
}

func answer(_ line: String) -> String {
  do {
    return try Job(parsing: line).run().text()
  } catch {
    return JobFailure(step: nil, error).answer.text()
  }
}
