// swift-tools-version: 6.2

import PackageDescription

// MARK: - Products

let products: [Product] = [
    // The M-th prime as a library, without any I/O.
    .library(name: "NthPrime", targets: ["NthPrime"]),
    // The message formats, for other clients and servers.
    .library(name: "PrimeProtocol", targets: ["PrimeProtocol"]),
    // A client of the server, as a library.
    .library(name: "PrimeClient", targets: ["PrimeClient"]),
    .executable(name: "server", targets: ["server"]),
    .executable(name: "client", targets: ["client"]),
]

// MARK: - Dependencies

let dependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.4"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
]

let asyncAlgorithms = Target.Dependency.product(name: "AsyncAlgorithms", package: "swift-async-algorithms")
let basicContainers = Target.Dependency.product(name: "BasicContainers", package: "swift-collections")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

// MARK: - Settings

/// Warnings are errors in `make check` only, because a newer compiler may add warnings.
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

/// The engine: computes the M-th prime.
let engine: [Target] = [
    // The number of primes in each block of 30,720 numbers: data only, embedded by the C compiler.
    .target(name: "CheckpointData", exclude: ["checkpoints.bin"]),
    // The prefetch instruction, which Swift cannot express.
    .target(name: "Prefetch"),
    .target(name: "NthPrime", dependencies: ["CheckpointData", "Prefetch"], swiftSettings: swiftSettings),
    // Regenerates `checkpoints.bin` (`make table`).
    .executableTarget(
        name: "CheckpointTool",
        dependencies: ["NthPrime", argumentParser, systemPackage],
        swiftSettings: swiftSettings
    ),
]

/// The message formats, and the server and client as libraries.
let network: [Target] = [
    .target(name: "PrimeProtocol", swiftSettings: swiftSettings),
    // From a host's name to its addresses, for the client to connect to and the server to listen on; the system's errors.
    .target(name: "NameResolution", dependencies: [nioCore, nioPosix, systemPackage], swiftSettings: swiftSettings),
    .target(
        name: "PrimeServer",
        dependencies: [
            "NameResolution", "NthPrime", "PrimeProtocol", basicContainers, deque, logging, nioCore, nioPosix,
            serviceLifecycle,
            systemPackage,
        ],
        path: "server/Sources/PrimeServer",
        swiftSettings: swiftSettings
    ),
    .target(
        name: "PrimeClient",
        dependencies: [
            "NameResolution", "PrimeProtocol", asyncAlgorithms, deque, nioCore, nioPosix, systemPackage,
        ],
        path: "client/Sources/PrimeClient",
        swiftSettings: swiftSettings
    ),
    // Restores the terminal however the client ends. It is in C because it runs in signal handlers.
    .target(name: "TerminalGuard", path: "client/Sources/TerminalGuard"),
    // The client's user interface: the prompt on a terminal, and batch mode for pipes and arguments.
    .target(
        name: "PrimeConsole",
        dependencies: [
            "PrimeClient", "ProgramOptions", "TerminalGuard", asyncAlgorithms, deque, nioPosix, systemPackage,
        ],
        path: "client/Sources/PrimeConsole",
        swiftSettings: swiftSettings
    ),
]

/// The two programs: each parses its options and starts.
let programs: [Target] = [
    // The commit of the sources, for `--version`.
    .target(
        name: "BuildCommit",
        cSettings: [.define("NTH_PRIME_COMMIT", to: "\"\(Context.environment["NTH_PRIME_COMMIT"] ?? "")\"")]
    ),
    // What the two programs share: option types, exit codes, and printable text on stdout and stderr.
    .target(
        name: "ProgramOptions",
        dependencies: ["BuildCommit", "PrimeProtocol", argumentParser, systemPackage],
        swiftSettings: swiftSettings
    ),
    .executableTarget(
        name: "server",
        dependencies: [
            "NthPrime", "PrimeClient", "PrimeProtocol", "PrimeServer", "ProgramOptions", argumentParser, logging,
            nioCore, nioPosix, serviceLifecycle, systemPackage, unixSignals,
        ],
        path: "server/Sources/server",
        swiftSettings: swiftSettings
    ),
    .executableTarget(
        name: "client",
        dependencies: [
            "PrimeClient", "PrimeConsole", "PrimeProtocol", "ProgramOptions", argumentParser, nioCore, systemPackage,
        ],
        path: "client/Sources/client",
        swiftSettings: swiftSettings
    ),
]

/// One folder per module, and two for tests that run the programs as processes.
let tests: [Target] = [
    .testTarget(
        name: "NthPrimeTests",
        dependencies: ["NthPrime", subprocess],
        resources: [.embedInCode("Resources/nth-primes.tsv")],
        swiftSettings: swiftSettings
    ),
    // Runs under the thread sanitizer. As a separate program, it rebuilds only the modules that it needs.
    .executableTarget(
        name: "ThreadCheck",
        dependencies: ["NthPrime"],
        path: "Tests/ThreadCheck",
        swiftSettings: swiftSettings
    ),
    .testTarget(name: "PrimeProtocolTests", dependencies: ["PrimeProtocol"], swiftSettings: swiftSettings),
    // Makes `accept4` fail in a test program. It is in C because it replaces a function of the C library.
    .target(name: "AcceptFaults", path: "Tests/AcceptFaults"),
    .testTarget(
        name: "PrimeServerTests",
        dependencies: [
            "AcceptFaults", "NthPrime", "PrimeClient", "PrimeProtocol", "PrimeServer", logging, nioCore, nioEmbedded,
            nioPosix, serviceLifecycle,
        ],
        swiftSettings: swiftSettings
    ),
    .testTarget(
        name: "PrimeClientTests",
        dependencies: ["server", "NameResolution", "PeerSupport", "PrimeClient", nioCore, nioPosix, systemPackage],
        swiftSettings: swiftSettings
    ),
    .testTarget(
        name: "PrimeConsoleTests",
        dependencies: ["PeerSupport", "PrimeConsole", "ProgramOptions", systemPackage],
        swiftSettings: swiftSettings
    ),
    // Support for tests: the programs as processes, and peers that misbehave.
    .target(
        name: "PeerSupport",
        dependencies: [nioCore, nioPosix, subprocess, systemPackage],
        path: "Tests/PeerSupport",
        swiftSettings: swiftSettings
    ),
    // Holds idle connections in processes of their own, because one process may not open enough files.
    .executableTarget(
        name: "IdlePeers",
        dependencies: ["PeerSupport", systemPackage],
        path: "Tests/IdlePeers",
        swiftSettings: swiftSettings
    ),
    // Crashes with a Swift trap while the terminal is in raw mode.
    .executableTarget(
        name: "TrappingPrompt",
        dependencies: ["TerminalGuard", systemPackage],
        path: "Tests/TrappingPrompt",
        swiftSettings: swiftSettings
    ),
    .testTarget(
        name: "ProgramTests",
        dependencies: [
            "server", "client", "TrappingPrompt", "PeerSupport", "PrimeProtocol", "ProgramOptions", nioCore, nioPosix,
            subprocess, systemPackage,
        ],
        swiftSettings: swiftSettings
    ),
    // Tests of the server under load. They measure, so nothing else may run at the same time.
    .testTarget(
        name: "LoadTests",
        dependencies: ["server", "IdlePeers", "PeerSupport", subprocess, systemPackage],
        swiftSettings: swiftSettings
    ),
]

let package = Package(
    name: "nth-prime",
    products: products,
    dependencies: dependencies,
    targets: engine + network + programs + tests,
    cLanguageStandard: .c2x
)
