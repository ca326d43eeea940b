import Tessera
import TesseraCore
let a = CommandLine.arguments
do {
  if a[1] == "convert" {
    var l = ArrayLayout()
    if a.count > 4 { l.codec = ArrayLayout.Codec(rawValue: a[4])! }
    var o = TransferOptions(overwrite: true)
    if a.count > 5 { o.memory = Int(a[5])! << 20 }
    print(try Conversion(from: a[2], to: a[3], layout: l, options: o).run())
  }
} catch { print(error) }
