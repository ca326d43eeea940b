// swift-tools-version: 6.2
// Tessera: out-of-core arrays. The manifest is the architecture: one target per room, and imports
// run downward only (`swift build --explicit-target-dependency-import-check error` guards it).

import Foundation
import PackageDescription

/// Whether a C header is installed where the compiler looks by default, by `CPATH`, or in a folder of OpenBLAS.
func isInstalled(_ header: String) -> Bool {
  let named = ProcessInfo.processInfo.environment["CPATH"]?.split(separator: ":").map(String.init)
  return (["/usr/include", "/usr/local/include"] + (named ?? []) + openBLASFolders).contains {
    FileManager.default.fileExists(atPath: "\($0)/\(header)")
  }
}

#if arch(x86_64)
  let architecture = "x86_64"
#else
  let architecture = "aarch64"
#endif

/// Debian keeps the headers of each way to build OpenBLAS (threads, OpenMP, neither) in a folder of its own.
let openBLASFolders = ["pthread", "openmp", "serial"].map {
  "/usr/include/\(architecture)-linux-gnu/openblas-\($0)"
}

/// Optional libraries, each a trait that is on by default where its header is found.
let optionalLibraries: [(trait: Trait, header: String)] = [
  (.trait(name: "Zlib", description: "Deflated .npz members and the gzip codec (zlib)"), "zlib.h"),
  (.trait(name: "Zstd", description: "The zstd codec (libzstd)"), "zstd.h"),
  (
    .trait(name: "BLAS", description: "Fast matrix products, and linear algebra (OpenBLAS, LAPACK)"),
    "cblas.h"
  ),
]

let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// glibc's vector routines for mathematical functions, which CTesseraKernels calls on x86-64.
#if arch(x86_64)
  let vectorMath: [LinkerSetting] = [.linkedLibrary("mvec", .when(platforms: [.linux]))]
#else
  let vectorMath: [LinkerSetting] = []
#endif

/// A Swift room: its source folder has its own name, and it follows the package's language settings.
func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

/// A test room; what it reads from its `Fixtures` folder, beside the scripts that made them, is no source.
///
/// In an optimised build, tests are compiled without optimisation, which is sooner done; but for those that spend their
/// time in loops of their own, over what kernels are compared with.
func tests(
  _ name: String, _ dependencies: [Target.Dependency], fixtures: [String] = [], hasLoops: Bool = false
) -> Target {
  let unoptimized = SwiftSetting.unsafeFlags(["-Onone"], .when(configuration: .release))
  return .testTarget(
    name: name, dependencies: dependencies + ["TesseraTestSupport"], exclude: fixtures,
    swiftSettings: swiftSettings + (hasLoops ? [] : [unoptimized]))
}

let package = Package(
  name: "tessera",
  products: [
    .library(name: "Tessera", targets: ["Tessera"]),
    .executable(name: "tessera", targets: ["TesseraCLI"]),
  ],
  traits: Set(optionalLibraries.map(\.trait)).union([
    .default(
      enabledTraits: Set(optionalLibraries.filter { isInstalled($0.header) }.map(\.trait.name)))
  ]),
  targets: [
    // Floor 0: the system's C libraries, and the innermost loops in C.
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    // Declares OpenBLAS's functions, and loads the library when they are first needed.
    .target(name: "COpenBLAS", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "CTesseraKernels", linkerSettings: vectorMath),
    // Linux system calls that Swift's Glibc module does not show; only TesseraIO uses it.
    .target(name: "CLinux"),

    // Floor 1: what an array is (dtype, shape, region, selection, chunk grid, errors). No I/O, no C.
    room("TesseraCore", []),

    // Floor 2: siblings that do not know one another.
    // Files, mappings, threads and the process's limits; the only target that calls libc.
    room("TesseraIO", ["TesseraCore", "CLinux"]),
    // Compression and checksums: bytes in, bytes out; never sees a file.
    room(
      "TesseraCodecs",
      [
        "TesseraCore", "CTesseraKernels", "CLZ4",
        .target(name: "CZlib", condition: .when(traits: ["Zlib"])),
        .target(name: "CZstd", condition: .when(traits: ["Zstd"])),
      ]),
    // Loops over typed memory (strided copy, cast, fill); never sees a file or a chunk.
    room("TesseraKernels", ["TesseraCore", "CTesseraKernels"]),

    // Floor 3: the forms on disk (.npy, .npz, Zarr v2 and v3, CSV) and the streamed way from one
    // to another.
    room("TesseraStorage", ["TesseraCore", "TesseraIO", "TesseraCodecs", "TesseraKernels"]),

    // Floor 4: lazy arrays, the planner, and the passes that compute them block by block.
    room("TesseraEngine", ["TesseraCore", "TesseraIO", "TesseraKernels", "TesseraStorage"]),

    // Floor 5: matrix products in tiles, Gram matrices, decompositions and solvers, in memory and out of core.
    room(
      "TesseraLinearAlgebra",
      [
        "TesseraCore", "TesseraIO", "TesseraKernels", "TesseraStorage", "TesseraEngine",
        .target(name: "COpenBLAS", condition: .when(traits: ["BLAS"])),
      ]),

    // Floor 6: the library's face; re-exports only.
    room("Tessera", ["TesseraCore", "TesseraStorage", "TesseraEngine", "TesseraLinearAlgebra"]),

    // Floor 7: the command line, one file per subcommand.
    .executableTarget(
      name: "TesseraCLI",
      dependencies: [
        "Tessera", "TesseraCore", "TesseraIO", "TesseraCodecs", "TesseraKernels", "TesseraStorage",
        "TesseraEngine", "TesseraLinearAlgebra",
      ],
      swiftSettings: swiftSettings),

    // What the differential tests against NumPy ask: the public library and nothing else; in no product.
    .executableTarget(
      name: "tessera-differential", dependencies: ["Tessera"], path: "tools/differential/runner"),
    // What reads bytes from outside, for libFuzzer and to replay its corpus; in no product.
    .executableTarget(
      name: "tessera-fuzz",
      dependencies: ["TesseraCore", "TesseraIO", "TesseraCodecs", "TesseraStorage"],
      path: "tools/fuzzing/runner", swiftSettings: swiftSettings),
    // What the test rooms share (seeded numbers, temporary folders); in no product.
    .target(
      name: "TesseraTestSupport", dependencies: ["TesseraCore", "TesseraIO"],
      path: "Tests/TesseraTestSupport", swiftSettings: swiftSettings),
    // What tests of arrays share (drivers that count what is read of them); in no product.
    .target(
      name: "TesseraEngineTestSupport", dependencies: ["TesseraCore", "TesseraStorage", "TesseraEngine"],
      path: "Tests/TesseraEngineTestSupport", swiftSettings: swiftSettings),
    tests("TesseraCoreTests", ["TesseraCore"]),
    tests("TesseraIOTests", ["TesseraIO", "TesseraCore"]),
    tests("TesseraCodecsTests", ["TesseraCodecs", "TesseraIO", "TesseraCore"], hasLoops: true),
    tests("TesseraKernelsTests", ["TesseraKernels", "TesseraCore"], fixtures: ["Fixtures"], hasLoops: true),
    tests(
      "TesseraStorageTests", ["TesseraStorage", "TesseraIO", "TesseraCodecs", "TesseraCore"],
      fixtures: ["Fixtures"]),
    tests(
      "TesseraEngineTests",
      [
        "TesseraEngine", "TesseraStorage", "TesseraKernels", "TesseraIO", "TesseraCore",
        "TesseraEngineTestSupport",
      ]),
    tests(
      "TesseraLinearAlgebraTests",
      [
        "TesseraLinearAlgebra", "TesseraEngine", "TesseraStorage", "TesseraKernels", "TesseraIO",
        "TesseraCore", "TesseraEngineTestSupport",
      ], hasLoops: true),
    tests("TesseraCLITests", ["TesseraCLI", "TesseraIO", "TesseraStorage", "TesseraCore"]),
  ],
  swiftLanguageModes: [.v6]
)
