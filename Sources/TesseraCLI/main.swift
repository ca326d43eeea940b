import Glibc

StandardStream.openMissing()
Interruption.install()
exit(
  runTessera(
    Array(CommandLine.arguments.dropFirst()),
    session: Session(
      output: StandardStream.output, errors: StandardStream.errors,
      cancellation: { Interruption.takeOver() })))
