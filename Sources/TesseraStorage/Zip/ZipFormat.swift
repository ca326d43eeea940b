// The ZIP format, PKWARE's APPNOTE.TXT: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
// All numbers are little-endian. An archive is
//
//   [local header, data, [data descriptor]] per member, central directory, [ZIP64 end record, ZIP64 locator],
//   end record
//
// Local header (4.3.7), 30 bytes       Central header (4.3.12), 46 bytes     End record (4.3.16), 22 bytes
//    0  4  PK\3\4                         0  4  PK\1\2                          0  4  PK\5\6
//    4  2  version needed                 4  2  version made by                 4  2  this disk
//    6  2  flags                          6  2  version needed                  6  2  disk of the directory
//    8  2  method                         8  2  flags                           8  2  entries on this disk
//   10  4  time, date                    10  2  method                         10  2  entries
//   14  4  CRC-32                        12  4  time, date                     12  4  directory size
//   18  4  compressed size               16  4  CRC-32                         16  4  directory offset
//   22  4  uncompressed size             20  4  compressed size                20  2  comment length
//   26  2  name length                   24  4  uncompressed size              22  …  comment
//   28  2  extra length                  28  2  name length
//   30  …  name, extra                   30  2  extra length                 ZIP64 end (4.3.14), 56 bytes
//                                        32  2  comment length                  0  4  PK\6\6
// ZIP64 locator (4.3.15), 20 bytes       34  2  disk                            4  8  size of the rest
//    0  4  PK\6\7                        36  2  internal attributes            12  4  versions
//    4  4  disk                          38  4  external attributes            16  8  disks
//    8  8  offset of the ZIP64 end       42  4  offset of local header         24  8  entries on this disk
//   16  4  number of disks               46  …  name, extra, comment           32  8  entries
//                                                                              40  8  directory size
//                                                                              48  8  directory offset
//
// Extra fields (4.5) are (id: 2 bytes, size: 2 bytes, data) records. ZIP64's (id 1, 4.5.3) holds those of
// uncompressed size, compressed size, offset (8 bytes each) whose 32-bit field is all ones.

/// Numbers of the format that readers and writers share.
enum ZipFormat {
  static let localSignature = 0x0403_4B50
  static let centralSignature = 0x0201_4B50
  static let endSignature = 0x0605_4B50
  static let zip64EndSignature = 0x0606_4B50
  static let zip64LocatorSignature = 0x0706_4B50

  static let localSize = 30
  static let centralSize = 46
  static let endSize = 22
  static let zip64EndSize = 56
  static let zip64LocatorSize = 20

  static let zip64ExtraID = 0x0001
  /// What Android's zipalign pads with: two bytes of alignment, then zeros.
  static let alignmentExtraID = 0xD935

  static let encryptedFlag = 0x0001
  /// Sizes and checksum follow the data instead of standing in the local header.
  static let descriptorFlag = 0x0008
  static let utf8Flag = 0x0800

  /// The 16- and 32-bit values that say: see the ZIP64 record.
  static let large16 = 0xFFFF
  static let large32 = 0xFFFF_FFFF

  /// The ZIP64 fields of a header's extra field; nil when it has none or its records overrun it.
  static func zip64Fields(_ extra: ArraySlice<UInt8>) -> [UInt64]? {
    let extra = Array(extra)
    var position = 0
    while extra.count - position >= 4 {
      let (id, size) = (extra.uint16(at: position), extra.uint16(at: position + 2))
      position += 4
      guard size <= extra.count - position else { return nil }
      if id == zip64ExtraID {
        return stride(from: 0, to: size - size % 8, by: 8).map {
          extra.littleEndian(at: position + $0, size: 8)
        }
      }
      position += size
    }
    return nil
  }
}
