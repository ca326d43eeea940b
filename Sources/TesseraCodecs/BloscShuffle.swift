import CTesseraKernels

/// How the bytes of a block are reordered before compression; a remainder that is no whole element
/// stays where it is, at the end.
package enum BloscShuffle: String, Sendable, CaseIterable {
  case none = "noshuffle"
  /// All first bytes of the elements, then all second bytes, and so on.
  case byte = "shuffle"
  /// The same for bits; blocks whose number of elements is no multiple of 8 are left alone.
  case bit = "bitshuffle"

  /// numcodecs' number for it.
  var number: Int {
    switch self {
    case .none: 0
    case .byte: 1
    case .bit: 2
    }
  }

  /// What has to be done to a block of `length` bytes.
  func effective(typesize: Int, length: Int) -> BloscShuffle {
    switch self {
    case .none: .none
    case .byte: typesize > 1 && length >= typesize ? .byte : .none
    case .bit: length >= typesize && length / typesize % 8 == 0 ? .bit : .none
    }
  }
}

extension BloscShuffle {
  /// Reorders `block` into `target` (as long); `work`, as long again, is used for bits.
  func apply(
    _ block: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer,
    work: UnsafeMutableRawBufferPointer, typesize: Int
  ) {
    let shuffle = effective(typesize: typesize, length: block.count)
    let whole = shuffle == .none ? 0 : block.count / typesize * typesize
    if let block = block.bytePointer, let target = target.bytePointer, let work = work.bytePointer {
      switch shuffle {
      case .none: break
      case .byte: tessera_shuffle(block, target, typesize, whole / typesize)
      case .bit: tessera_bit_shuffle(block, target, work, typesize, whole / typesize)
      }
    }
    target.part(from: whole).copyMemory(from: UnsafeRawBufferPointer(rebasing: block[whole...]))
  }

  /// The inverse of `apply` on a contiguous block.
  func revert(
    _ block: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer,
    work: UnsafeMutableRawBufferPointer, typesize: Int
  ) {
    let shuffle = effective(typesize: typesize, length: block.count)
    let whole = shuffle == .none ? 0 : block.count / typesize * typesize
    if let block = block.bytePointer, let target = target.bytePointer, let work = work.bytePointer {
      let count = whole / typesize
      switch shuffle {
      case .none: break
      case .byte: BloscShuffle.join((0..<typesize).map { block + $0 * count }, into: target, count: count)
      case .bit: tessera_bit_unshuffle(block, target, work, typesize, count)
      }
    }
    target.part(from: whole).copyMemory(from: UnsafeRawBufferPointer(rebasing: block[whole...]))
  }

  /// Joins byte planes of `count` bytes, one per byte of an element, wherever they lie.
  static func join(_ planes: [UnsafePointer<UInt8>], into target: UnsafeMutablePointer<UInt8>, count: Int) {
    planes.map(Optional.some).withUnsafeBufferPointer {
      tessera_unshuffle($0.baseAddress, target, planes.count, count)
    }
  }
}

extension UnsafeRawBufferPointer {
  var bytePointer: UnsafePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }
}

extension UnsafeMutableRawBufferPointer {
  var bytePointer: UnsafeMutablePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }
}
