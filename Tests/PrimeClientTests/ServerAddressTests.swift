import Glibc
import NIOCore
import NIOPosix
import NameResolution
import PeerSupport
import PrimeClient
import SystemPackage
import Testing

/// Names, and the addresses behind them.
@Suite(.timeLimit(.minutes(1)))
struct ServerAddressTests {
    private static let known = PrimeRule.primes(5000)

    // MARK: - Names

    /// Runs a client with its own resolver.
    private static func withClient(
        retries: Int,
        timeout: Duration,
        lookUp: @escaping @Sendable () throws -> [SocketAddress],
        _ body: (PrimeClient) async throws -> Void
    ) async throws {
        var configuration = PrimeClient.Configuration()
        configuration.retries = retries
        configuration.timeout = timeout
        configuration.lookUp = { _, _ in try lookUp() }
        try await PrimeClient.withClient(host: "a-name", port: 1, configuration: configuration, body)
    }

    @Test
    func `a look-up that fails is repeated, however many tasks ask`() async throws {
        try await RunningServer.with { server in
            let start = ContinuousClock.now
            try await Self.withClient(retries: 5, timeout: .seconds(10)) {
                guard ContinuousClock.now - start > .seconds(1) else {
                    throw AddressResolver.Failure.temporary
                }
                return [try SocketAddress(ipAddress: "127.0.0.1", port: server.port)]
            } _: { client in
                try await withThrowingTaskGroup { group in
                    for number in 0..<50 {
                        group.addTask {
                            try await Task.sleep(for: .milliseconds(10) * number)
                            let prime = try await client.prime(at: 7)
                            #expect(prime == 17)
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test
    func `a question during a slow look-up fails after its own time-out`() async throws {
        try await Self.withClient(retries: 0, timeout: .seconds(0.3)) {
            usleep(5_000_000)
            throw AddressResolver.Failure.notFound
        } _: { client in
            let time = await ContinuousClock().measure {
                for _ in 0..<3 {
                    let error = await #expect(throws: PrimeClientError.self) { try await client.prime(at: 7) }
                    #expect(error?.code == .timedOut)
                }
            }
            #expect(time < .seconds(4))
        }
    }

    // MARK: - Several addresses

    @Test(arguments: [.pipelined, .oneQuestionEach] as [PrimeClient.Configuration.ConnectionUse])
    func `questions fail in time if no address answers`(use: PrimeClient.Configuration.ConnectionUse) async throws {
        try await SilentAddress.with { silent in
            await #expect(throws: PrimeClientError.self) {
                var configuration = PrimeClient.Configuration(connectionUse: use)
                configuration.retries = 0
                configuration.timeout = .seconds(0.5)
                configuration.lookUp = { _, _ in
                    // No program listens on port 1 of this address.
                    try [
                        SocketAddress(ipAddress: "127.0.0.1", port: silent),
                        SocketAddress(ipAddress: "127.0.0.9", port: 1),
                    ]
                }
                try await PrimeClient.withClient(host: "several", port: 1, configuration: configuration) { client in
                    _ = try await client.prime(at: 7)
                }
            }
        }
    }

    @Test(arguments: [.pipelined, .oneQuestionEach] as [PrimeClient.Configuration.ConnectionUse])
    func `the scope ends although an attempt to connect is under way`(
        use: PrimeClient.Configuration.ConnectionUse
    ) async throws {
        try await RunningServer.with { server in
            try await SilentAddress.with { silent in
                var configuration = PrimeClient.Configuration(connectionUse: use)
                // Longer than this test may take.
                configuration.timeout = .seconds(600)
                configuration.lookUp = { _, _ in
                    try [silent, server.port].map { try SocketAddress(ipAddress: "127.0.0.1", port: $0) }
                }
                try await PrimeClient.withClient(host: "several", port: 1, configuration: configuration) { client in
                    let prime = try await client.prime(at: 7)
                    #expect(prime == 17)
                }
            }
        }
    }

    /// Asks for primes at several addresses, for more than a single connection takes.
    private static func ask(
        _ ports: [Int],
        _ use: PrimeClient.Configuration.ConnectionUse,
        retries: Int = 5
    ) async throws {
        var configuration = PrimeClient.Configuration(connectionUse: use, connectionLimit: 8)
        configuration.retries = retries
        configuration.lookUp = { _, _ in try ports.map { try SocketAddress(ipAddress: "127.0.0.1", port: $0) } }
        try await PrimeClient.withClient(host: "several", port: 1, configuration: configuration) { client in
            let count = use == .pipelined ? 100_000 : 5000
            var place = 0
            for try await prime in client.primes(at: (0..<count).lazy.map { UInt32($0 % 5000 + 1) }) {
                #expect(prime == Self.known[place % 5000])
                place += 1
            }
            #expect(place == count)
        }
    }

    @Test(
        arguments: [(.pipelined, 1...8), (.oneQuestionEach, 1600...1700)]
            as [(PrimeClient.Configuration.ConnectionUse, ClosedRange<Int>)]
    )
    func `connections are spread over all addresses`(
        use: PrimeClient.Configuration.ConnectionUse,
        share: ClosedRange<Int>
    ) async throws {
        try await RunningServer.with { server in
            try await FaultProxy.with(port: server.port) { _ in
                FaultPlan()
            } _: { first in
                try await FaultProxy.with(port: server.port) { _ in
                    FaultPlan()
                } _: { second in
                    try await Self.ask([first.port, second.port, server.port], use)
                    #expect(share.contains(first.connectionCount))
                    #expect(share.contains(second.connectionCount))
                }
            }
        }
    }

    @Test(arguments: [.pipelined, .oneQuestionEach] as [PrimeClient.Configuration.ConnectionUse])
    func `an address without answers is avoided, and one without a listener`(
        use: PrimeClient.Configuration.ConnectionUse
    ) async throws {
        let unusedPort = try await Self.unusedPort()
        try await RunningServer.with { server in
            var plan = FaultPlan()
            plan.end = .cut(afterBytes: 0)
            try await FaultProxy.with(port: server.port) { [plan] _ in
                plan
            } _: { proxy in
                try await Self.ask([unusedPort, proxy.port, server.port], use)
                #expect((1...500).contains(proxy.connectionCount))
            }
            // Other addresses are no retries.
            try await Self.ask([unusedPort, server.port], use, retries: 0)
        }
    }

    // MARK: - Time limits

    /// How a server at an address behaves.
    private enum Behaviour: CaseIterable {
        /// No packet comes back.
        case silent
        /// No program listens.
        case refusing
        /// Each connection is reset before its first answer.
        case resetting
        /// Each answer comes up to 30 ms late.
        case slow
    }

    /// The time-outs equal the client's own limits: a late attempt (250 ms), the first pause (100 ms), the pause for a
    /// shortage (50 ms) and the interval of checks (10 ms).
    ///
    /// 249 ms is just below the first.
    private static let timeouts: [Duration] = [249, 250, 100, 50, 10].map { .milliseconds($0) }

    @Test
    func `every question ends, whatever one or two addresses do`() async throws {
        let uses: [PrimeClient.Configuration.ConnectionUse] = [.pipelined, .oneQuestionEach]
        let settings = Self.timeouts.flatMap { timeout in uses.map { (timeout, $0) } }
        try await self.withPorts { ports in
            try await withThrowingDiscardingTaskGroup { group in
                for ((timeout, use), combination) in settings.flatMap({ settings in
                    Self.combinations.map { (settings, $0) }
                }) {
                    group.addTask {
                        var configuration = PrimeClient.Configuration(connectionUse: use)
                        configuration.timeout = timeout
                        configuration.retries = 1
                        configuration.lookUp = { _, _ in
                            // Each address has a port of its own.
                            try combination.enumerated().map { place, behaviour in
                                try SocketAddress(ipAddress: "127.0.0.1", port: #require(ports[behaviour]?[place]))
                            }
                        }
                        let answers = try await PrimeClient.withClient(
                            host: "several",
                            port: 1,
                            configuration: configuration
                        ) { client in
                            await client.answers(to: [5, 6, 7])
                        }
                        let failed = answers.failures.reduce(0) { $0 + $1.places.count }
                        #expect(answers.primes.count { $0 != 0 } + failed == 3, "\(combination)")
                        #expect(
                            zip(answers.primes, [11, 13, 17]).allSatisfy { [0, $1].contains($0) },
                            "\(combination)"
                        )
                        if !combination.contains(.slow) { #expect(failed == 3, "\(combination)") }
                    }
                }
            }
        }
    }

    /// Every order of one or two addresses.
    private static let combinations: [[Behaviour]] = {
        let one = Behaviour.allCases.map { [$0] }
        return one + one.flatMap { first in Behaviour.allCases.map { first + [$0] } }
    }()

    /// Opens two ports for each behaviour while `body` runs.
    private func withPorts(_ body: @escaping @Sendable ([Behaviour: [Int]]) async throws -> Void) async throws {
        try await RunningServer.with { server in
            try await Self.withProxies(of: server.port) {
                var plan = FaultPlan()
                plan.end = .reset(afterBytes: 0)
                return plan
            } _: { resetting in
                try await Self.withProxies(of: server.port) {
                    var plan = FaultPlan()
                    plan.longestDelay = 30_000
                    return plan
                } _: { slow in
                    try await SilentAddress.with { first in
                        try await SilentAddress.with { second in
                            try await body([
                                .silent: [first, second],
                                .refusing: [try await Self.unusedPort(), try await Self.unusedPort()],
                                .resetting: resetting,
                                .slow: slow,
                            ])
                        }
                    }
                }
            }
        }
    }

    private static func withProxies(
        of port: Int,
        _ plan: @escaping @Sendable () -> FaultPlan,
        _ body: @escaping @Sendable ([Int]) async throws -> Void
    ) async throws {
        try await FaultProxy.with(port: port) { _ in
            plan()
        } _: { first in
            try await FaultProxy.with(port: port) { _ in
                plan()
            } _: { second in
                try await body([first.port, second.port])
            }
        }
    }

    private static func unusedPort() async throws -> Int {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = listener.localAddress?.port ?? 0
        try await listener.close()
        return port
    }

    @Test
    func `a look-up without files is a shortage, not a wrong name`() async throws {
        try await Self.withClient(retries: 0, timeout: .seconds(10)) {
            throw AddressResolver.Failure.shortage(.tooManyOpenFiles)
        } _: { client in
            let error = await #expect(throws: PrimeClientError.self) { try await client.prime(at: 7) }
            #expect(error?.code == .shortage)
            #expect(error?.cause as? Errno == .tooManyOpenFiles)
        }
    }
}
