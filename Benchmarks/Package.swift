// swift-tools-version: 6.2

import PackageDescription

// MARK: - Dependencies

let dependencies: [Package.Dependency] = [
    .package(name: "nth-prime", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nthPrime = Target.Dependency.product(name: "NthPrime", package: "nth-prime")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

// MARK: - Settings

/// The same as in the package under measurement.
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

/// The libraries behind the programs.
let libraries: [Target] = [
    // libprimesieve and libprimecount, loaded at run time if they are installed.
    .target(name: "Peers", swiftSettings: swiftSettings),
    // Samples, medians, the result table, and the conditions of a run: machine, commit, toolchain.
    .target(name: "Measurement", swiftSettings: swiftSettings),
    // Checks every answer against libprimesieve.
    .target(name: "Verification", dependencies: ["Peers", nthPrime], swiftSettings: swiftSettings),
    // Sends requests as fast as the server answers; checks and times every answer.
    .target(
        name: "LoadGenerator",
        dependencies: ["CEpoll", "Measurement", histogram, nioCore, nthPrime, systemPackage],
        swiftSettings: swiftSettings
    ),
    .systemLibrary(name: "CEpoll"),
]

/// The programs: each only reads its options and starts.
let programs: [Target] = [
    .executableTarget(
        name: "engine-benchmark",
        dependencies: ["Measurement", "Peers", "Verification", argumentParser, nthPrime],
        swiftSettings: swiftSettings
    ),
    .executableTarget(
        name: "verify",
        dependencies: ["Measurement", "Peers", "Verification", argumentParser, nthPrime],
        swiftSettings: swiftSettings
    ),
    .executableTarget(
        name: "load",
        dependencies: ["LoadGenerator", argumentParser, nioCore],
        swiftSettings: swiftSettings
    ),
    // Starts servers and measures them in alternation.
    .executableTarget(
        name: "server-benchmark",
        dependencies: ["LoadGenerator", "Measurement", nthPrime, argumentParser, nioCore, subprocess, systemPackage],
        swiftSettings: swiftSettings
    ),
    // A bare epoll loop in C with the same protocol and no look-up: the least that a server costs.
    .executableTarget(name: "epoll-server", path: "peers/epoll-server"),
]

/// One test target per module.
let tests: [Target] = [
    .testTarget(
        name: "EngineBenchmarkTests",
        dependencies: ["engine-benchmark", argumentParser],
        swiftSettings: swiftSettings
    ),
    .testTarget(name: "MeasurementTests", dependencies: ["Measurement"], swiftSettings: swiftSettings),
    .testTarget(name: "PeersTests", dependencies: ["Peers"], swiftSettings: swiftSettings),
    .testTarget(name: "VerificationTests", dependencies: ["Peers", "Verification"], swiftSettings: swiftSettings),
]

let package = Package(
    name: "nth-prime-benchmarks",
    dependencies: dependencies,
    targets: libraries + programs + tests,
    cLanguageStandard: .c2x
)
