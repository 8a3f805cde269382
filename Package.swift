// swift-tools-version: 6.1
import PackageDescription

// The arrows of Docs/ARCHITECTURE.md: a target lists what it uses, and nothing points back.
// No target sets compiler options: packages that do cannot be depended upon by version. So the C
// targets are optimized in release builds alone, in which the tests run too.

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

let package = Package(
  name: "siren-hyper",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "siren", targets: ["siren"]),
    .executable(name: "siren-hyper", targets: ["siren-hyper"]),
    .library(name: "Fields", targets: ["DifferentiableCore", "Training", "Fields"]),
    .library(name: "HyperPrior", targets: ["HyperPrior", "DatasetCatalog", "Signals"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.0.0"),
  ],
  targets: [
    // C: kernels, codecs, and the system libraries behind them.
    .target(name: "CKernels"),
    .target(name: "CImageCodecs", dependencies: ["CLibPNG", "CLibJPEG"]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CLibJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
    .systemLibrary(
      name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
    .systemLibrary(name: "CSndFile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),

    // One seeded generator for everything that is random, on both sides.
    .target(name: "RandomNumbers"),

    // One lock for everything that several threads share.
    .target(name: "Locks"),

    // The learning side: knows no file.
    .target(
      name: "DifferentiableCore", dependencies: ["RandomNumbers", "Locks", "CKernels", "COpenBLAS"]),
    .target(name: "Training", dependencies: ["DifferentiableCore", "CKernels"]),
    .target(name: "Fields", dependencies: ["DifferentiableCore", "RandomNumbers", "Locks"]),

    // The signal side: knows no gradient.
    .target(name: "Signals", dependencies: ["RandomNumbers", "CImageCodecs", "CSndFile"]),
    .target(name: "DatasetCatalog", dependencies: ["Signals", "RandomNumbers", "Locks", grdb]),

    // How measurements are made; the workloads lie beside the code that they measure.
    .target(name: "Benchmarking", dependencies: ["DifferentiableCore"]),

    // Where they meet.
    .target(name: "Fitting", dependencies: ["Training", "Fields", "Signals", "Benchmarking"]),
    .target(
      name: "HyperPrior",
      dependencies: [
        "Fitting", "Training", "Fields", "Signals", "DatasetCatalog", "DifferentiableCore",
        "RandomNumbers", "Benchmarking",
      ]),
    .target(name: "Reporting", dependencies: ["Training", "Signals", "CCairo", mustache]),
    .target(
      name: "Notebook",
      dependencies: [
        "Fitting", "Reporting", "Training", "Fields", "Signals", "DifferentiableCore",
        "RandomNumbers",
      ]),
    .target(
      name: "CommandSupport", dependencies: ["Benchmarking", "DifferentiableCore", argumentParser]),
    .executableTarget(
      name: "siren",
      dependencies: ["CommandSupport", "Reporting", "Notebook", "Fitting", argumentParser]),
    .executableTarget(
      name: "siren-hyper",
      dependencies: [
        "CommandSupport", "Reporting", "HyperPrior", "Fitting", "DatasetCatalog", "RandomNumbers",
        argumentParser,
      ]),

    // Tests: one target a module, and the built programs end to end.
    .target(
      name: "TestSupport", dependencies: ["DifferentiableCore", "Signals"],
      path: "Tests/TestSupport"),
    .testTarget(name: "TestSupportTests", dependencies: ["TestSupport"]),
    .testTarget(
      name: "DifferentiableCoreTests",
      dependencies: ["DifferentiableCore", "RandomNumbers", "CKernels", "TestSupport"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: ["Training", "DifferentiableCore", "RandomNumbers", "TestSupport"],
      resources: [.copy("Goldens")]),
    .testTarget(
      name: "FieldsTests",
      dependencies: [
        "Fields", "Training", "DifferentiableCore", "RandomNumbers", "Signals", "TestSupport",
      ],
      resources: [.copy("Goldens")]),
    .testTarget(
      name: "SignalsTests", dependencies: ["Signals", "RandomNumbers", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "DatasetCatalogTests",
      dependencies: ["DatasetCatalog", "Signals", "RandomNumbers", "TestSupport", grdb]),
    .testTarget(
      name: "BenchmarkingTests", dependencies: ["Benchmarking", "Fitting", "HyperPrior"]),
    .testTarget(
      name: "FittingTests",
      dependencies: [
        "Fitting", "Fields", "Training", "Signals", "DifferentiableCore", "RandomNumbers",
        "TestSupport",
      ]),
    .testTarget(
      name: "HyperPriorTests",
      dependencies: [
        "HyperPrior", "Fields", "Training", "Signals", "DifferentiableCore", "RandomNumbers",
        "Locks", "TestSupport",
      ],
      resources: [.copy("Goldens")]),
    .testTarget(name: "ReportingTests", dependencies: ["Reporting", "Signals", "TestSupport"]),
    .testTarget(
      name: "NotebookTests",
      dependencies: [
        "Notebook", "Fitting", "Fields", "Reporting", "Signals", "RandomNumbers", "TestSupport",
      ]),
    .testTarget(
      name: "CommandSupportTests", dependencies: ["CommandSupport", argumentParser]),
    .testTarget(name: "EndToEndTests", dependencies: ["Signals", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
