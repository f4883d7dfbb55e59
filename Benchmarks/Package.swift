// swift-tools-version: 6.2

import PackageDescription

// MARK: - Dependencies

let dependencies: [Package.Dependency] = [
    .package(name: "nth-prime", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let nthPrime = Target.Dependency.product(name: "NthPrime", package: "nth-prime")

// MARK: - Settings

/// As in the package that is measured.
let warningsAreErrors: [SwiftSetting] =
    Context.environment["NTH_PRIME_CHECK"] == nil ? [] : [.treatAllWarnings(as: .error)]

let swiftSettings: [SwiftSetting] =
    warningsAreErrors + [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("ImmutableWeakCaptures"),
        .strictMemorySafety(),
    ]

// MARK: - Targets

/// What both programs stand on.
let libraries: [Target] = [
    // primesieve and primecount, if this machine has them.
    .target(name: "Peers", swiftSettings: swiftSettings),
    // Samples, medians, the table, and what a number must come with: machine, commit, toolchain.
    .target(name: "Measurement", swiftSettings: swiftSettings),
    // Every answer against an independent source.
    .target(name: "Verification", dependencies: ["Peers", nthPrime], swiftSettings: swiftSettings),
]

/// The two programs: they read options and start.
let programs: [Target] = [
    .executableTarget(
        name: "engine-benchmark",
        dependencies: ["Measurement", "Peers", argumentParser, nthPrime],
        swiftSettings: swiftSettings
    ),
    .executableTarget(
        name: "verify",
        dependencies: ["Measurement", "Peers", "Verification", argumentParser, nthPrime],
        swiftSettings: swiftSettings
    ),
]

/// A folder a module.
let tests: [Target] = [
    .testTarget(name: "EngineBenchmarkTests", dependencies: ["engine-benchmark"], swiftSettings: swiftSettings),
    .testTarget(name: "MeasurementTests", dependencies: ["Measurement"], swiftSettings: swiftSettings),
    .testTarget(name: "PeersTests", dependencies: ["Peers"], swiftSettings: swiftSettings),
    .testTarget(name: "VerificationTests", dependencies: ["Peers", "Verification"], swiftSettings: swiftSettings),
]

let package = Package(
    name: "nth-prime-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: dependencies,
    targets: libraries + programs + tests
)
