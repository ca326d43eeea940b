import TesseraCore

/// Numbers as people read them.
enum Quantity {
  /// `0.6 GB/s`, `85 MB/s`: decimal units, as disks are sold.
  static func rate(_ bytesPerSecond: Double) -> String {
    if bytesPerSecond >= 0.0995e9 { return "\(ByteSize.fixed(bytesPerSecond / 1e9, decimals: 1)) GB/s" }
    if bytesPerSecond >= 0.0995e6 { return "\(ByteSize.fixed(bytesPerSecond / 1e6, decimals: 1)) MB/s" }
    return "\(ByteSize.fixed(bytesPerSecond / 1e3, decimals: 1)) kB/s"
  }

  /// `12 ms`, `1.8 s`.
  static func seconds(_ seconds: Double) -> String {
    if seconds < 0.9995 { return "\(ByteSize.fixed(seconds * 1000, decimals: seconds < 0.00995 ? 1 : 0)) ms" }
    return "\(ByteSize.fixed(seconds, decimals: 1)) s"
  }

  /// `0:07`, `12:30`, `3:05:00`: whole seconds, rounded up.
  static func clock(_ seconds: Double) -> String {
    guard seconds < 100 * 3600 else { return "over 99 h" }
    let whole = Int(seconds.rounded(.up))
    func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0 ? "\(hours):\(padded(minutes)):\(padded(rest))" : "\(minutes):\(padded(rest))"
  }

  /// `1 array`, `3 arrays`.
  static func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
    "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
  }

  /// `once`, `1.3 times`.
  static func times(_ number: Double) -> String {
    number == 1 ? "once" : number == 0 ? "never" : "\(ByteSize.fixed(number, decimals: 1)) times"
  }

  /// How many times smaller `stored` is than `logical`; nil when either is not known or nothing is stored.
  static func ratio(_ logical: Int?, _ stored: Int?) -> Double? {
    guard let logical, let stored, stored > 0 else { return nil }
    return Double(logical) / Double(stored)
  }

  /// Six digits, in scientific notation where there would be many zeros: `0.25`, `1.5e-07`, `nan`.
  static func significant(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var mantissa = value.magnitude
    var exponent = 0
    while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    var digits = ByteSize.fixed(mantissa, decimals: 5)
    if digits.hasPrefix("10") { (digits, exponent) = ("1.00000", exponent + 1) }
    if (-4..<6).contains(exponent) {
      return withoutTrailingZeros(ByteSize.fixed(value, decimals: 5 - exponent))
    }
    let power = "\(exponent.magnitude)"
    let sign = exponent < 0 ? "-" : "+"
    return (value < 0 ? "-" : "") + withoutTrailingZeros(digits)
      + "e\(sign)\(power.count < 2 ? "0" : "")\(power)"
  }

  private static func withoutTrailingZeros(_ text: String) -> String {
    guard text.contains(".") else { return text }
    let kept = text.reversed().drop { $0 == "0" }
    return String(kept.drop { $0 == "." }.reversed())
  }
}
