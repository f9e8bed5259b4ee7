// swift-tools-version: 6.2
import PackageDescription

// The manifest is the dependency diagram: `engine` targets turn weights and a prompt into tokens and
// never import the harness; `harness` targets measure; `TachoWorkloads` is the one bridge between them.

let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let cSettings: [CSetting] = [.treatAllWarnings(as: .error)]

func layer(
  _ folder: String, _ name: String, _ dependencies: [Target.Dependency], documents: [String] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "\(folder)\(name)",
    exclude: documents, swiftSettings: swiftSettings)
}

/// Runs models.
///
/// Knows nothing of suites, stores or reports.
func engine(_ name: String, imports dependencies: Target.Dependency...) -> Target {
  layer("Sources/Engine/", name, dependencies)
}

/// Measures things.
///
/// Knows workloads, not engines.
func harness(
  _ name: String, imports dependencies: Target.Dependency..., documents: [String] = []
) -> Target {
  layer("Sources/Harness/", name, dependencies, documents: documents)
}

func cTarget(
  _ folder: String, _ name: String, libraries: [String] = [], documents: [String] = []
) -> Target {
  .target(
    name: name, path: "\(folder)\(name)", exclude: documents, cSettings: cSettings,
    linkerSettings: libraries.map { .linkedLibrary($0) })
}

func tests(of name: String, _ dependencies: Target.Dependency..., resources: [Resource] = [])
  -> Target
{
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies,
    path: "Tests/\(name)Tests", resources: resources, swiftSettings: swiftSettings)
}

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "tacho",
  products: [
    .executable(name: "tacho", targets: ["tacho"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // Names, knobs and configurations: what both layers agree on.
    layer("Sources/", "TachoCatalog", []),

    // Engine: weights and a prompt become tokens.
    cTarget("Sources/Engine/", "CTachoKernels", libraries: ["m"], documents: ["KERNELS.md"]),
    .systemLibrary(
      name: "COpenBLAS", path: "Sources/Engine/COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"])]),
    engine("TachoKernels", imports: "CTachoKernels", "COpenBLAS", "TachoCatalog"),
    engine("TachoModelFiles", imports: "TachoKernels", "TachoCatalog"),
    engine("TachoTokenizers", imports: "TachoModelFiles", "TachoCatalog"),
    engine(
      "TachoEngine", imports: "TachoTokenizers", "TachoModelFiles", "TachoKernels", "TachoCatalog"),
    engine("TachoTasks", imports: "TachoCatalog"),
    cTarget("Sources/Engine/", "CTachoTraining", libraries: ["m"]),
    engine(
      "TachoTraining",
      imports: "TachoTasks", "CTachoTraining", "TachoModelFiles", "TachoKernels", "TachoCatalog",
      yams),

    // Harness: suite -> plan -> run -> store -> analysis -> report.
    harness("TachoRecord", imports: "TachoCatalog"),
    harness("TachoAnalysis", imports: "TachoRecord", "TachoCatalog"),
    harness("TachoSuite", imports: "TachoRecord", "TachoCatalog", yams),
    harness("TachoTune", imports: "TachoSuite", "TachoAnalysis", "TachoRecord", "TachoCatalog"),
    harness("TachoPlan", imports: "TachoSuite", "TachoRecord", "TachoCatalog"),
    cTarget("Sources/Harness/", "CTachoPerf"),
    .systemLibrary(
      name: "CPFM", path: "Sources/Harness/CPFM", providers: [.apt(["libpfm4-dev"])]),
    harness("TachoCounters", imports: "TachoRecord", "TachoCatalog", "CTachoPerf", "CPFM"),
    harness(
      "TachoRun",
      imports: "TachoPlan", "TachoAnalysis", "TachoCounters", "TachoRecord", "TachoCatalog",
      "CTachoPerf", "CPFM", logging, documents: ["WorkerProtocol.md"]),
    harness(
      "TachoBuilds", imports: "TachoAnalysis", "TachoCatalog", "CTachoPerf",
      documents: ["Layout.md"]),
    harness("TachoStore", imports: "TachoRecord", "TachoCatalog", grdb, sqlite),
    harness("TachoReport", imports: "TachoAnalysis", "TachoRecord", "TachoCatalog"),

    // The bridge: the only target that imports both layers.
    harness(
      "TachoWorkloads", imports: "TachoCounters", "TachoRecord", "TachoCatalog", "CTachoPerf",
      "TachoEngine", "TachoTokenizers", "TachoModelFiles", "TachoKernels"),

    .executableTarget(
      name: "tacho",
      dependencies: [
        "TachoWorkloads", "TachoReport", "TachoStore", "TachoBuilds", "TachoRun", "TachoPlan",
        "TachoTune", "TachoSuite",
        "TachoAnalysis", "TachoCounters", "TachoRecord", "TachoTraining", "TachoTasks",
        "TachoEngine", "TachoTokenizers",
        "TachoModelFiles", "TachoKernels", "TachoCatalog", argumentParser, logging,
      ],
      path: "Sources/tacho", swiftSettings: swiftSettings),

    tests(of: "TachoCatalog"),
    tests(of: "TachoKernels", "CTachoKernels", "TachoCatalog"),
    tests(
      of: "TachoModelFiles", "TachoKernels", "TachoCatalog", resources: [.copy("Golden")]),
    tests(
      of: "TachoTokenizers", "TachoModelFiles", "TachoCatalog", resources: [.copy("Golden")]),
    tests(
      of: "TachoEngine", "TachoTokenizers", "TachoModelFiles", "TachoKernels", "TachoCatalog",
      resources: [.copy("Golden")]),
    tests(of: "TachoTasks", "TachoCatalog"),
    tests(
      of: "TachoTraining", "TachoTasks", "CTachoTraining", "TachoEngine", "TachoTokenizers",
      "TachoModelFiles", "TachoKernels", "TachoCatalog", resources: [.copy("Golden")]),
    tests(of: "TachoRecord", "TachoCatalog"),
    tests(of: "TachoCounters", "TachoRecord", "TachoCatalog", "CTachoPerf"),
    tests(of: "TachoAnalysis", "TachoRecord", "TachoCatalog", resources: [.copy("Golden")]),
    tests(of: "TachoSuite", "TachoRecord", "TachoCatalog"),
    tests(of: "TachoTune", "TachoSuite", "TachoRecord", "TachoCatalog"),
    tests(of: "TachoPlan", "TachoSuite", "TachoRecord", "TachoCatalog"),
    tests(
      of: "TachoRun", "TachoPlan", "TachoSuite", "TachoAnalysis", "TachoRecord", "TachoCatalog"),
    tests(of: "TachoBuilds", "TachoAnalysis", "TachoCatalog"),
    tests(
      of: "TachoStore", "TachoTune", "TachoRecord", "TachoCatalog",
      resources: [.copy("schema.sql")]),
    tests(of: "TachoReport", "TachoAnalysis", "TachoRecord", "TachoCatalog"),
    tests(
      of: "TachoWorkloads", "TachoAnalysis", "TachoCounters", "CTachoPerf", "TachoEngine",
      "TachoModelFiles", "TachoKernels",
      "TachoPlan",
      "TachoSuite", "TachoRecord", "TachoCatalog", resources: [.copy("Golden")]),
    .testTarget(
      name: "TachoEndToEndTests",
      dependencies: ["tacho", "TachoStore", "TachoRecord", "TachoCatalog", grdb],
      path: "Tests/TachoEndToEndTests",
      swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)
