// swift-tools-version: 6.2
// Tessera's side of the differential tests: it uses the public library and nothing else.

import PackageDescription

let package = Package(
  name: "tessera-differential",
  dependencies: [.package(name: "tessera", path: "../../..")],
  targets: [
    .executableTarget(
      name: "tessera-differential",
      dependencies: [.product(name: "Tessera", package: "tessera")],
      path: "Sources/Differential")
  ]
)
