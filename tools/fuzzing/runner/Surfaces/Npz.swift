import TesseraStorage

extension Surface {
  /// A whole ZIP archive of `.npy` members.
  static let npz = Surface("npz") { bytes in
    let path = Workplace.write("x.npz", bytes)
    attempt { try StoredArray.contents(of: path) }
    let archive = try NpzArchive(path)
    let report = attempt { try Verification(path, options: Workplace.options).run() }
    for member in archive.members.prefix(4) {
      attempt { try archive.text(member.name) }
      attempt { try archive.describe(member) }
      guard let driver = attempt({ try archive.driver(member) }) else { continue }
      if report?.problems.isEmpty == true {
        must("a member that was verified") { try Reading.check(StoredArray(driver)) }
      } else {
        attempt { try Reading.check(StoredArray(driver)) }
      }
    }
  }
}
