import Glibc
import NIOCore
import NIOPosix
import PeerSupport
import PrimeClient
import Testing

/// The library as a service uses it, against the server program.
@Suite(.timeLimit(.minutes(1)))
struct PrimeClientTests {
    private static let known = PrimeRule.primes(20_000)

    @Test
    func `three lines ask a server`() async throws {
        try await RunningServer.with { server in
            try await PrimeClient.withClient(host: "localhost", port: server.port) { client in
                let prime = try await client.prime(at: 1_000_000)
                #expect(prime == 15_485_863)
            }
        }
    }

    @Test
    func `many tasks share the connections`() async throws {
        try await RunningServer.with { server in
            try await FaultProxy.with(port: server.port) { _ in
                FaultPlan()
            } _: { proxy in
                try await PrimeClient.withClient(host: "127.0.0.1", port: proxy.port) { client in
                    try await withThrowingTaskGroup(of: (Int, UInt64).self) { group in
                        for place in 0..<3000 {
                            group.addTask { (place, try await client.prime(at: UInt32(place + 1))) }
                        }
                        for try await (place, prime) in group { #expect(prime == Self.known[place]) }
                    }
                }
                #expect(proxy.connectionCount <= 4)
            }
        }
    }

    @Test
    func `a sequence of M becomes a sequence of primes in its order`() async throws {
        try await RunningServer.with { server in
            try await PrimeClient.withClient(host: "127.0.0.1", port: server.port) { client in
                var primes: [UInt64] = []
                for try await prime in client.primes(at: (1...20_000).reversed()) { primes.append(prime) }
                #expect(primes == Self.known.reversed())
                for try await _ in client.primes(at: []) { Issue.record("there is no prime at no place") }
            }
        }
    }

    @Test
    func `M that come one after another become primes before the next one comes`() async throws {
        try await RunningServer.with { server in
            try await PrimeClient.withClient(host: "127.0.0.1", port: server.port) { client in
                let (ordinals, source) = AsyncThrowingStream.makeStream(of: UInt32.self)
                var primes = client.primes(at: ordinals).makeAsyncIterator()
                for place in 0..<100 {
                    source.yield(UInt32(place + 1))
                    let prime = try await primes.next()
                    #expect(prime == Self.known[place])
                }
                for place in 0..<5000 { source.yield(UInt32(place + 1)) }
                source.finish()
                for place in 0..<5000 {
                    let prime = try await primes.next()
                    #expect(prime == Self.known[place])
                }
                let end = try await primes.next()
                #expect(end == nil)
            }
        }
    }

    @Test
    func `a prime that is not to be had is thrown in its place, and ends the sequence`() async throws {
        try await RunningServer.with { server in
            try await PrimeClient.withClient(host: "127.0.0.1", port: server.port) { client in
                var primes = client.primes(at: [1, 2, 0, 3]).makeAsyncIterator()
                let first = try await primes.next()
                let second = try await primes.next()
                #expect([first, second] == [2, 3])
                do {
                    _ = try await primes.next()
                    Issue.record("there is no prime at 0")
                } catch {
                    #expect((error as? PrimeClientError)?.code == .noSuchPrime)
                }
                let end = try await primes.next()
                #expect(end == nil)
            }
        }
    }

    /// Somebody who takes connections and never answers.
    private func withSilentPeer(_ body: (Int) async throws -> Void) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        try await body(listener.localAddress?.port ?? 0)
        try await listener.close()
    }

    @Test(arguments: [.pipelined, .oneQuestionEach] as [PrimeClient.Configuration.ConnectionUse])
    func `a question ends at once when its task is cancelled`(
        use: PrimeClient.Configuration.ConnectionUse
    ) async throws {
        try await self.withSilentPeer { port in
            let configuration = PrimeClient.Configuration(connectionUse: use)
            try await PrimeClient.withClient(host: "127.0.0.1", port: port, configuration: configuration) { client in
                let start = ContinuousClock.now
                await withTaskGroup { group in
                    for _ in 0..<100 {
                        group.addTask {
                            let error = await #expect(throws: PrimeClientError.self) { try await client.prime(at: 7) }
                            #expect(error?.code == .cancelled)
                        }
                    }
                    group.cancelAll()
                }
                #expect(ContinuousClock.now - start < .seconds(5))
            }
        }
    }

    /// The server would close a connection that asks nothing, but only after the time of this test.
    @Test(arguments: [.pipelined, .oneQuestionEach] as [PrimeClient.Configuration.ConnectionUse])
    func `a question that is cancelled takes no connection away from others`(
        use: PrimeClient.Configuration.ConnectionUse
    ) async throws {
        try await RunningServer.with(["--idle-timeout", "600"]) { server in
            let configuration = PrimeClient.Configuration(connectionUse: use, connectionLimit: 1)
            try await PrimeClient.withClient(
                host: "127.0.0.1",
                port: server.port,
                configuration: configuration
            ) { client in
                for _ in 0..<100 {
                    let cancelled = Task { try await client.prime(at: 7) }
                    cancelled.cancel()
                    _ = await cancelled.result
                    let prime = try await client.prime(at: 7)
                    #expect(prime == 17)
                }
            }
        }
    }

    @Test
    func `what was asked ahead ends when nobody iterates any more`() async throws {
        var configuration = PrimeClient.Configuration()
        // Nothing else closes a connection within this test's time.
        configuration.timeout = .seconds(600)
        try await HoldingPeer.with { [configuration] peer, port in
            try await PrimeClient.withClient(host: "127.0.0.1", port: port, configuration: configuration) { client in
                async let answered: Void = {
                    // As many as are asked together.
                    for place in 0..<1024 { try await peer.answer(UInt32(place + 1), with: Self.known[place]) }
                }()
                for try await _ in client.primes(at: 1...100_000) { break }
                try await answered
                await peer.closed()
            }
        }
    }

    @Test
    func `a server that does not answer in time is asked again, and then given up`() async throws {
        try await self.withSilentPeer { port in
            var configuration = PrimeClient.Configuration()
            configuration.timeout = .milliseconds(50)
            configuration.retries = 1
            try await PrimeClient.withClient(host: "127.0.0.1", port: port, configuration: configuration) { client in
                let start = ContinuousClock.now
                let error = await #expect(throws: PrimeClientError.self) { try await client.prime(at: 7) }
                #expect(error?.code == .timedOut)
                // Twice the timeout, and three quarters of the first pause.
                #expect(ContinuousClock.now - start >= .milliseconds(175))
            }
        }
    }

    @Test(arguments: [.pipelined, .oneQuestionEach] as [PrimeClient.Configuration.ConnectionUse])
    func `questions beyond the scope are refused`(use: PrimeClient.Configuration.ConnectionUse) async throws {
        try await RunningServer.with { server in
            let configuration = PrimeClient.Configuration(connectionUse: use)
            let client = try await PrimeClient.withClient(
                host: "127.0.0.1",
                port: server.port,
                configuration: configuration
            ) { $0 }
            let error = await #expect(throws: PrimeClientError.self) { try await client.prime(at: 7) }
            #expect(error?.code == .closed)
        }
    }

    @Test
    func `a stream of M that never fails becomes primes, too`() async throws {
        try await RunningServer.with { server in
            try await PrimeClient.withClient(host: "127.0.0.1", port: server.port) { client in
                let (ordinals, send) = AsyncStream.makeStream(of: UInt32.self)
                for ordinal: UInt32 in 1...3 { send.yield(ordinal) }
                send.finish()
                var primes: [UInt64] = []
                for try await prime in client.primes(at: ordinals) { primes.append(prime) }
                #expect(primes == [2, 3, 5])
            }
        }
    }

    // MARK: - Deadlines

    /// When the first is given up, another takes its place; the second's own time is over no later for that.
    @Test
    func `each question has its own deadline`() async throws {
        try await self.withSilentPeer { port in
            var configuration = PrimeClient.Configuration(connectionUse: .oneQuestionEach, connectionLimit: 2)
            configuration.timeout = .seconds(3)
            configuration.retries = 0
            try await PrimeClient.withClient(host: "127.0.0.1", port: port, configuration: configuration) { client in
                await withTaskGroup { group in
                    for ordinal: UInt32 in 1...3 {
                        group.addTask {
                            // One each half second, so that the third waits for the first one's place.
                            try? await Task.sleep(for: .milliseconds(500) * (Int(ordinal) - 1))
                            let start = ContinuousClock.now
                            let error = await #expect(throws: PrimeClientError.self) {
                                try await client.prime(at: ordinal)
                            }
                            #expect(error?.code == .timedOut)
                            // Not five and a half.
                            if ordinal == 2 { #expect(ContinuousClock.now - start < .seconds(5)) }
                        }
                    }
                }
            }
        }
    }

    // MARK: - Names

    /// Runs a client whose names are looked up by a function.
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
    func `a name that cannot be looked up for a while is looked up again, however many ask`() async throws {
        try await RunningServer.with { server in
            let start = ContinuousClock.now
            try await Self.withClient(retries: 5, timeout: .seconds(10)) {
                guard ContinuousClock.now - start > .seconds(1) else {
                    throw AddressResolver.Failure(isTemporary: true)
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
    func `who asks while a name is looked up for too long waits no longer than others`() async throws {
        try await Self.withClient(retries: 0, timeout: .seconds(0.3)) {
            usleep(5_000_000)
            throw AddressResolver.Failure(isTemporary: false)
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
    func `when no address answers, that is told in time`(use: PrimeClient.Configuration.ConnectionUse) async throws {
        try await SilentAddress.with { silent in
            await #expect(throws: PrimeClientError.self) {
                var configuration = PrimeClient.Configuration(connectionUse: use)
                configuration.retries = 0
                configuration.timeout = .seconds(0.5)
                configuration.lookUp = { _, _ in
                    // Nobody listens on port 1 of this address.
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
    func `the scope ends though a connection is still to come about`(
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
    func `an address that gives no answers is passed over, and one at which nobody listens`(
        use: PrimeClient.Configuration.ConnectionUse
    ) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let unusedPort = listener.localAddress?.port ?? 0
        try await listener.close()
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
}
