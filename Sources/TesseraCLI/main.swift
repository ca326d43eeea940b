import Glibc

StandardStream.openMissing()
Interruption.install()
exit(
  runTessera(
    ProcessArguments.all,
    session: Session(
      output: StandardStream.output, errors: StandardStream.errors,
      cancellation: { Interruption.takeOver() })))
