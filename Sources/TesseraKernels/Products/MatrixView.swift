/// A matrix in memory: element (i, j) lies i * `row` + j * `column` elements behind the first.
package struct MatrixView {
  package var elements: UnsafeRawPointer
  package var row: Int
  package var column: Int

  package init(_ elements: UnsafeRawPointer, row: Int, column: Int) {
    (self.elements, self.row, self.column) = (elements, row, column)
  }

  /// The part that begins at an element.
  package func from(row: Int, column: Int, itemSize: Int) -> MatrixView {
    MatrixView(
      elements + (row * self.row + column * self.column) * itemSize, row: self.row, column: self.column)
  }
}
