// swift-tools-version: 6.2
// A package that uses Tessera as yours would: one dependency, one product, no flags.

import PackageDescription

let package = Package(
  name: "read-rows",
  dependencies: [
    // Yours would name Tessera's repository here.
    .package(name: "tessera", path: "../../..")
  ],
  targets: [
    .executableTarget(
      name: "read-rows",
      dependencies: [.product(name: "Tessera", package: "tessera")],
      path: "Sources/ReadRows")
  ]
)
