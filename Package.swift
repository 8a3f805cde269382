// swift-tools-version: 6.1
import PackageDescription

// The arrows of Docs/ARCHITECTURE.md: a target lists what it uses, and nothing points back.
// No target sets compiler options: packages that do cannot be depended upon by version. So the C
// targets are optimized in release builds alone, in which the tests run too.

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let openMPI = Target.Dependency.target(name: "COpenMPI", condition: .when(traits: ["MPI"]))

// The modules that other packages may import, one product each under the module's name: a dependent
// target lists what it imports, and builds no more. Modules that serve only the programs (drawings,
// pages, benchmarks, messages) are in no product, so they may change without notice.
let libraries = [
  "Numerics", "Files", "DifferentiableCore", "Training", "Fields", "Signals", "SyntheticData",
  "DatasetCatalog", "Fitting", "ImagePriors", "SubspacePriors", "HyperNetworks",
  "Interpolation", "GridPriors", "InpaintingEvaluation", "PriorPipelines", "FitPipelines",
]

// `make docs` alone sets this: otherwise every dependent package would fetch the plugin as well.
let documentation: [Package.Dependency] =
  Context.environment["SIREN_DOCUMENTATION"] == nil
  ? [] : [.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0")]

// `make fuzz` alone sets this, and builds in a folder of its own: libFuzzer brings the main function.
let fuzzers: [Target] =
  Context.environment["SIREN_FUZZ"] == nil
  ? []
  : [
    .executableTarget(name: "siren-fuzz", dependencies: ["FuzzTargets", "Numerics"], path: "Fuzz")
  ]

let package = Package(
  name: "siren-hyper",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "siren", targets: ["siren"]),
    .executable(name: "siren-hyper", targets: ["siren-hyper"]),
  ] + libraries.map { .library(name: $0, targets: [$0]) },
  traits: [
    .trait(
      name: "MPI",
      description:
        "Shares the work of the programs among machines by Open MPI; see Docs/CLUSTER.md.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.0.0"),
  ] + documentation,
  targets: [
    // C: kernels, codecs, and the system libraries behind them.
    .target(name: "CKernels"),
    .target(
      name: "CImageCodecs",
      dependencies: ["CLibPNG", "CLibJPEG", "CLibTIFF", "CLibWebP", "CZLib"]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CLibJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
    .systemLibrary(name: "CLibTIFF", pkgConfig: "libtiff-4", providers: [.apt(["libtiff-dev"])]),
    .systemLibrary(name: "CLibWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),
    .systemLibrary(name: "CZLib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
    .systemLibrary(name: "CSndFile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
    .systemLibrary(name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
    .systemLibrary(name: "COpenMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),

    // Both sides: random streams, threads, matrices; knows no derivative.
    .target(name: "Numerics", dependencies: ["CKernels", "COpenBLAS"]),

    // Processes on many machines: the members of a group, and their messages.
    .target(name: "MessagePassing", dependencies: ["Numerics", openMPI]),

    // Bytes on disk: files written whole or not at all and read with limits, hashes, safetensors, npy.
    .target(name: "Files", dependencies: ["Numerics", "CKernels", "CNettle"]),

    // The learning side: knows no signal.
    .target(name: "DifferentiableCore", dependencies: ["Numerics", "CKernels"]),
    .target(
      name: "Training", dependencies: ["DifferentiableCore", "Numerics", "Files", "CKernels"]),
    .target(name: "Fields", dependencies: ["DifferentiableCore", "Numerics"]),

    // The signal side: knows no gradient.
    .target(name: "Signals", dependencies: ["Files", "Numerics", "CImageCodecs", "CSndFile"]),
    .target(name: "SyntheticData", dependencies: ["Signals", "Files", "Numerics"]),
    .target(name: "DatasetCatalog", dependencies: ["Signals", "Files", "Numerics", grdb]),

    // Where they meet: one field for one signal, then priors over pictures.
    .target(
      name: "Fitting",
      dependencies: ["Training", "Fields", "Signals", "Files", "DifferentiableCore", "Numerics"]),
    .target(
      name: "ImagePriors",
      dependencies: [
        "Fitting", "Training", "Fields", "Signals", "Files", "DifferentiableCore", "Numerics",
      ]),
    // The simple methods, which know no prior.
    .target(name: "Interpolation", dependencies: ["Signals", "Numerics"]),
    .target(
      name: "GridPriors",
      dependencies: [
        "ImagePriors", "Interpolation", "Fitting", "Training", "Fields", "Signals", "Files",
        "DifferentiableCore", "Numerics",
      ]),
    .target(
      name: "SubspacePriors",
      dependencies: [
        "ImagePriors", "Fitting", "Training", "Fields", "Signals", "Files", "DifferentiableCore",
        "Numerics",
      ]),
    .target(
      name: "HyperNetworks",
      dependencies: [
        "ImagePriors", "Training", "Fields", "Signals", "Files", "DifferentiableCore", "Numerics",
      ]),
    .target(
      name: "InpaintingEvaluation",
      dependencies: ["ImagePriors", "Interpolation", "Signals", "Numerics"]),
    .target(
      name: "PriorPipelines",
      dependencies: [
        "InpaintingEvaluation", "Interpolation", "GridPriors", "SubspacePriors", "HyperNetworks",
        "ImagePriors", "DatasetCatalog", "Fitting", "Training", "Fields", "Signals", "Files",
        "Numerics",
      ]),

    // What is measured, shown and printed.
    .target(
      name: "Benchmarks",
      dependencies: [
        "SubspacePriors", "HyperNetworks", "ImagePriors", "Fitting", "Training", "Fields",
        "SyntheticData", "Signals", "DifferentiableCore", "Numerics",
      ]),
    .target(name: "Reporting", dependencies: ["Signals", "Files", "CCairo", mustache]),
    // Pages that evaluate a field in a browser. Their scripts are embedded, so an installed program finds them.
    .target(
      name: "LivePages",
      dependencies: ["Fitting", "Fields", "Signals", "Files"],
      resources: [.embedInCode("Resources")]),
    .target(
      name: "PriorPages",
      dependencies: [
        "LivePages", "SubspacePriors", "GridPriors", "ImagePriors", "SyntheticData", "Signals",
        "Files",
      ]),
    .target(
      name: "FitPipelines",
      dependencies: [
        "Fitting", "LivePages", "Reporting", "Training", "Fields", "Signals", "Files",
        "DifferentiableCore", "Numerics",
      ]),
    .target(
      name: "Notebook",
      dependencies: [
        "Fitting", "LivePages", "Reporting", "SyntheticData", "Training", "Fields", "Signals",
        "DifferentiableCore", "Numerics",
      ]),
    .target(
      name: "CommandSupport",
      dependencies: ["Benchmarks", "MessagePassing", "Files", "Numerics", argumentParser]),
    .executableTarget(
      name: "siren",
      dependencies: [
        "CommandSupport", "LivePages", "Reporting", "Notebook", "FitPipelines", "Fitting",
        "Benchmarks", "Training", "Fields",
        "Signals", "Files", "DifferentiableCore", "Numerics", argumentParser,
      ]),
    .executableTarget(
      name: "siren-hyper",
      dependencies: [
        "CommandSupport", "PriorPages", "LivePages", "Reporting", "PriorPipelines", "GridPriors",
        "SubspacePriors", "HyperNetworks", "ImagePriors", "InpaintingEvaluation", "Fitting",
        "DatasetCatalog", "SyntheticData", "Benchmarks", "Training", "Fields", "Signals", "Files",
        "Numerics", argumentParser,
      ]),

    // Tests: one target per module, and the built programs end to end.
    .target(
      name: "TestSupport", dependencies: ["Signals", "Numerics"],
      path: "Tests/TestSupport"),
    .target(
      name: "PriorTestSupport",
      dependencies: [
        "SubspacePriors", "HyperNetworks", "ImagePriors", "DifferentiableCore", "Numerics",
      ],
      path: "Tests/PriorTestSupport"),
    // Readers of untrusted files, for the fuzzer and for a test with fixed mutations.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "PriorPipelines", "FitPipelines", "GridPriors", "SubspacePriors", "HyperNetworks",
        "ImagePriors", "Fitting", "Training", "Fields", "DatasetCatalog", "Signals", "Files",
        "DifferentiableCore", "Numerics", "TestSupport", "PriorTestSupport", grdb,
      ],
      path: "Tests/FuzzTargets"),
    .testTarget(
      name: "FuzzTargetsTests", dependencies: ["FuzzTargets", "Numerics", "TestSupport"],
      exclude: ["Findings"]),
    .testTarget(name: "TestSupportTests", dependencies: ["Signals", "Numerics", "TestSupport"]),
    .testTarget(
      name: "NumericsTests",
      dependencies: ["DifferentiableCore", "Numerics", "TestSupport"]),
    .testTarget(
      name: "DifferentiableCoreTests",
      dependencies: ["DifferentiableCore", "Numerics", "CKernels", "TestSupport"]),
    .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: ["Training", "DifferentiableCore", "Files", "Numerics", "TestSupport"],
      resources: [.copy("Goldens")]),
    .testTarget(
      name: "FieldsTests",
      dependencies: [
        "Fields", "Training", "Signals", "Files", "DifferentiableCore", "Numerics", "TestSupport",
      ],
      resources: [.copy("Goldens")]),
    .testTarget(
      name: "SignalsTests",
      dependencies: ["Signals", "Files", "DifferentiableCore", "Numerics", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "SyntheticDataTests",
      dependencies: ["SyntheticData", "Signals", "TestSupport"]),
    .testTarget(
      name: "DatasetCatalogTests",
      dependencies: ["DatasetCatalog", "Signals", "Files", "Numerics", grdb]),
    .testTarget(
      name: "BenchmarksTests", dependencies: ["Benchmarks", "DifferentiableCore"]),
    .testTarget(
      name: "FittingTests",
      dependencies: [
        "Fitting", "Fields", "Training", "SyntheticData", "Signals", "Files", "DifferentiableCore",
        "CKernels", "Numerics", "TestSupport",
      ]),
    .testTarget(
      name: "FitPipelinesTests",
      dependencies: [
        "FitPipelines", "Fitting", "Training", "Fields", "Signals", "Files", "Numerics",
        "TestSupport",
      ]),
    .testTarget(
      name: "ImagePriorsTests",
      dependencies: [
        "PriorTestSupport", "PriorPipelines", "Interpolation", "InpaintingEvaluation",
        "SubspacePriors",
        "HyperNetworks", "ImagePriors", "Fitting", "Fields", "Signals", "Numerics", "TestSupport",
      ]),
    .testTarget(
      name: "SubspacePriorsTests",
      dependencies: [
        "PriorTestSupport", "PriorPipelines", "Interpolation", "InpaintingEvaluation",
        "SubspacePriors",
        "ImagePriors", "Training", "Signals", "Files", "DifferentiableCore", "Numerics",
        "TestSupport",
      ]),
    .testTarget(
      name: "HyperNetworksTests",
      dependencies: [
        "PriorTestSupport", "HyperNetworks", "ImagePriors", "Fitting", "Fields", "Training",
        "Signals", "Files", "DifferentiableCore", "Numerics", "TestSupport",
      ],
      resources: [.copy("Goldens")]),
    .testTarget(
      name: "InterpolationTests",
      dependencies: ["Interpolation", "Signals", "Numerics", "TestSupport"],
      resources: [.copy("Goldens")]),
    .testTarget(
      name: "GridPriorsTests",
      dependencies: [
        "GridPriors", "ImagePriors", "Interpolation", "Fitting", "Fields", "Training", "Signals",
        "Files", "SyntheticData", "DifferentiableCore", "Numerics", "TestSupport",
      ]),
    .testTarget(
      name: "InpaintingEvaluationTests",
      dependencies: [
        "PriorTestSupport", "InpaintingEvaluation", "Interpolation", "ImagePriors", "Signals",
        "Numerics", "TestSupport",
      ]),
    .testTarget(
      name: "PriorPipelinesTests",
      dependencies: [
        "PriorTestSupport", "PriorPipelines", "InpaintingEvaluation", "Interpolation", "GridPriors",
        "SubspacePriors", "HyperNetworks", "ImagePriors", "DatasetCatalog", "SyntheticData",
        "Training", "Fields", "Fitting", "Signals", "Files", "Numerics", "TestSupport",
      ]),
    .target(
      name: "BrowserTestSupport", dependencies: ["TestSupport"], path: "Tests/BrowserTestSupport"),
    .testTarget(
      name: "LivePagesTests",
      dependencies: [
        "BrowserTestSupport", "PriorTestSupport", "PriorPages", "LivePages", "SubspacePriors",
        "GridPriors", "SyntheticData", "Interpolation", "ImagePriors", "Fitting", "Fields",
        "Signals", "Files", "Numerics", "TestSupport",
      ]),
    .testTarget(
      name: "ReportingTests", dependencies: ["Reporting", "Signals", "Files", "TestSupport"]),
    .testTarget(
      name: "NotebookTests",
      dependencies: [
        "Notebook", "Reporting", "Fitting", "Fields", "SyntheticData", "Signals", "Numerics",
        "TestSupport",
      ]),
    .testTarget(
      name: "CommandSupportTests",
      dependencies: ["CommandSupport", "Benchmarks", "Numerics", "TestSupport", argumentParser]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: ["BrowserTestSupport", "Signals", "DifferentiableCore", "TestSupport"]),
  ] + fuzzers,
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
