package import TesseraCore
package import TesseraIO

/// An array whose elements lie one after another in a file, in C or Fortran order: the body of a `.npy` file
/// or of a stored `.npz` member.
package struct FlatDriver: ArrayDriver {
  package let description: ArrayDescription
  private let elements: StridedFile
  private let identity: String

  /// - Parameter identity: what tells this version of the data from another, beside the file's stamp.
  /// - Throws: `.corrupt` when the file ends before the elements do.
  package init(
    _ description: ArrayDescription, mapping: Mapping, dataOffset: Int, order: ByteOrder,
    identity: String = ""
  ) throws {
    let dtype = try description.supportedDType()
    let shape = description.shape
    let bytes = shape.count * dtype.itemSize
    guard dataOffset >= 0, mapping.count >= dataOffset, mapping.count - dataOffset >= bytes else {
      throw TesseraError(
        .corrupt, "truncated file", path: description.path, expected: "\(dataOffset + bytes) bytes",
        got: "\(mapping.count)")
    }
    self.description = description
    self.identity = identity
    let strides =
      description.isFortranOrder
      ? Array(Shape.strides(of: shape.dimensions.reversed()).reversed()) : shape.strides
    elements = StridedFile(
      mapping, offset: dataOffset, strides: strides.map { $0 * dtype.itemSize }, itemSize: dtype.itemSize,
      swapUnit: order == .native ? 1 : dtype.swapUnit)
  }

  /// The same elements in C order under another shape; nil when the file holds them in Fortran order.
  package func reshaped(_ shape: Shape) -> FlatDriver? {
    guard shape.count == description.shape.count else { return nil }
    guard !description.isFortranOrder || description.shape.rank < 2 else { return nil }
    return FlatDriver(self, shape)
  }

  private init(_ other: FlatDriver, _ shape: Shape) {
    var description = other.description
    description.shape = shape
    description.isFortranOrder = false
    self.description = description
    identity = other.identity
    let elements = other.elements
    self.elements = StridedFile(
      elements.mapping, offset: elements.offset, strides: shape.strides.map { $0 * elements.itemSize },
      itemSize: elements.itemSize, swapUnit: elements.swapUnit)
  }

  /// Whether boxes without steps can be read by calls alone, with nothing mapped.
  package var isCopied: Bool { elements.swapUnit == 1 }

  /// A page's worth along the fastest axis: what lies beside an element comes with it.
  package var granule: [Int] {
    var granule = [Int](repeating: 1, count: description.shape.rank)
    let fastest = description.isFortranOrder ? 0 : granule.count - 1
    if granule.indices.contains(fastest) {
      granule[fastest] = max(1, min(4096 / elements.itemSize, description.shape[fastest]))
    }
    return granule
  }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    try elements.read(selection, into: target, strides: strides, scratch: scratch)
  }

  package func place(of selection: StridedRegion, strides: [Int]) -> MappedBytes? {
    elements.place(of: selection, strides: strides)
  }

  package func storedBytes() throws -> Int { try elements.mapping.file.size() }

  package func fingerprint() throws -> String {
    let stamp = try elements.mapping.file.stamp()
    return "\(stamp.size) \(stamp.modified) \(stamp.inode) \(identity)"
  }
}
