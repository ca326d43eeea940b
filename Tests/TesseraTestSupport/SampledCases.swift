/// Which cases of a long series are tried: all of them in an optimised build; in a debug build, where each takes up to ten
/// times as long, every `step`th.
///
/// - Parameter phase: where the series begins in a debug build; series of the same cases that begin at different places
///   have tried most of them between them.
package func sampled(_ cases: Range<Int>, every step: Int, phase: Int = 0) -> StrideTo<Int> {
  #if DEBUG
    stride(from: cases.lowerBound + phase % step, to: cases.upperBound, by: step)
  #else
    stride(from: cases.lowerBound, to: cases.upperBound, by: 1)
  #endif
}
