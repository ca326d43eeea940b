/// Lists that share axes of what all are broadcast to, as one list.
struct IndexGroup {
  /// Of the view; ascending.
  let axes: [Int]
  /// The axes of what lists are broadcast to that are its own; ascending. Without any it has one position.
  let own: [Int]
  /// In C order of `axes`, for each place in C order of `own`.
  let positions: [Int]
}
