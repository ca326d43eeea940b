// swift-tools-version: 6.2
// Tessera's side of the benchmarks that time the work inside the process: the public library and nothing else.

import PackageDescription

let package = Package(
  name: "tessera-bench",
  dependencies: [.package(name: "tessera", path: "../../..")],
  targets: [
    .executableTarget(
      name: "tessera-bench",
      dependencies: [.product(name: "Tessera", package: "tessera")],
      path: "Sources/TesseraBench"),
    .executableTarget(
      name: "tessera-engine-bench",
      dependencies: [.product(name: "Tessera", package: "tessera")],
      path: "Sources/TesseraEngineBench"),
  ]
)
