import TesseraCore

extension ZipDirectory {
  /// The file's bytes that hold the member's data, compressed or not, after its local header.
  ///
  /// - Throws: when the local header contradicts the directory, and for members that are encrypted or
  ///   compressed in a way other than deflate.
  package func locate(_ entry: ZipEntry, in source: some ByteSource) throws -> Range<Int> {
    if entry.isEncrypted {
      throw TesseraError(
        .unsupported, "member '\(entry.name)' cannot be opened", expected: "no encryption",
        got: "encrypted data")
    }
    if case .other(let number) = entry.method {
      throw TesseraError(
        .unsupported, "member '\(entry.name)' cannot be opened", expected: "stored or deflated data",
        got: "compression method \(number)\(ZipDirectory.name(ofMethod: number))")
    }
    let fixed = try source.bytes(at: entry.headerOffset, count: ZipFormat.localSize)
    guard fixed.uint32(at: 0) == ZipFormat.localSignature else {
      throw entry.corrupt("a local header at offset \(entry.headerOffset)", "other bytes")
    }
    let (nameLength, extraLength) = (fixed.uint16(at: 26), fixed.uint16(at: 28))
    let start = entry.headerOffset + ZipFormat.localSize + nameLength + extraLength
    guard start <= entry.limit, entry.compressedSize <= entry.limit - start else {
      throw entry.corrupt(
        "\(entry.compressedSize) bytes of data before offset \(entry.limit)", "\(max(entry.limit - start, 0))"
      )
    }
    let rest = try source.bytes(at: entry.headerOffset + ZipFormat.localSize, count: nameLength + extraLength)
    try entry.check(fixed, name: rest[..<nameLength], extra: rest[nameLength...])
    return start..<(start + entry.compressedSize)
  }

  private static func name(ofMethod number: Int) -> String {
    ZipEntry.Method.otherNames[number].map { " (\($0))" } ?? ""
  }
}

extension ZipEntry {
  /// Compares a local header with what the directory says.
  fileprivate func check(_ fixed: [UInt8], name bytes: ArraySlice<UInt8>, extra: ArraySlice<UInt8>) throws {
    let localName = try ZipName.decode(bytes, isUTF8: flags & ZipFormat.utf8Flag != 0)
    guard localName == name else {
      throw corrupt("its name in the local header", "'\(localName.prefix(200))'")
    }
    guard fixed.uint16(at: 8) == method.number else {
      throw corrupt("method \(method.number) in the local header", "\(fixed.uint16(at: 8))")
    }
    let localFlags = fixed.uint16(at: 6)
    guard localFlags & ZipFormat.encryptedFlag == 0 else {
      throw corrupt("no encryption in the local header", "encrypted data")
    }
    // Written without seeking back, it could not know its sizes and checksum.
    if localFlags & ZipFormat.descriptorFlag != 0 { return }
    guard fixed.uint32(at: 14) == Int(crc32) else {
      throw corrupt(
        "CRC-32 \(hexadecimal(Int(crc32))) in the local header", hexadecimal(fixed.uint32(at: 14)))
    }
    // Local headers have both sizes in the ZIP64 field, whichever of them needs it.
    let large = ZipFormat.zip64Fields(extra) ?? []
    let fields = [(fixed.uint32(at: 22), uncompressedSize), (fixed.uint32(at: 18), compressedSize)]
    for (index, (field, size)) in fields.enumerated() {
      let isLarge = field == ZipFormat.large32 && index < large.count
      let value = isLarge ? Int(clamping: large[index]) : field
      guard value == size else { throw corrupt("size \(size) in the local header", "\(value)") }
    }
  }

  fileprivate func corrupt(_ expected: String, _ got: String) -> TesseraError {
    TesseraError(.corrupt, "inconsistent archive member '\(name)'", expected: expected, got: got)
  }

  private func hexadecimal(_ value: Int) -> String { "0x" + String(value, radix: 16) }
}
