import AcceptFaults
import Glibc
import NIOCore
import NIOPosix
import NthPrime
import PrimeClient
import PrimeServer
import Synchronization
import Testing

/// The server's listening sockets: several of them, and errors of `accept`.
///
/// Serial, because the faults are those of the whole process.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct ListenerTests {
    private static func firstPrime(at address: SocketAddress, retries: Int = 0) async throws -> UInt64 {
        var configuration = PrimeClient.Configuration(connectionUse: .oneQuestionEach)
        configuration.retries = retries
        configuration.timeout = .seconds(20)
        return try await PrimeClient.withClient(
            host: address.ipAddress ?? "",
            port: address.port ?? 0,
            configuration: configuration
        ) { try await $0.prime(at: 1) }
    }

    private static func expectAnswers(at address: SocketAddress, retries: Int = 0) async throws {
        let prime = try await Self.firstPrime(at: address, retries: retries)
        #expect(prime == 2)
    }

    // MARK: - Addresses

    @Test
    func `a name with several addresses is served at all of them, with the same port`() async throws {
        let hosts = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
        try await TestServer.with {
            $0.host = "three.test"
            $0.lookUp = { _, port in try hosts.map { try SocketAddress(ipAddress: $0, port: port) } }
        } _: { addresses in
            #expect(addresses.map(\.ipAddress) == hosts)
            #expect(Set(addresses.map(\.port)).count == 1)
            for address in addresses { try await Self.expectAnswers(at: address) }
        }
    }

    // 192.0.2.0/24 is reserved for documentation: RFC 5737.
    @Test(arguments: [["192.0.2.1", "127.0.0.1"], ["127.0.0.1", "192.0.2.1"]])
    func `an address that this machine does not have is left out`(hosts: [String]) async throws {
        try await TestServer.with {
            $0.host = "two.test"
            $0.lookUp = { _, port in try hosts.map { try SocketAddress(ipAddress: $0, port: port) } }
        } _: { addresses in
            #expect(addresses.map(\.ipAddress) == ["127.0.0.1"])
            try await Self.expectAnswers(at: addresses[0])
        }
    }

    @Test
    func `a name without any address of this machine is an error that names both`() async throws {
        let error = await #expect(throws: PrimeServerError.self) {
            try await TestServer.with {
                $0.host = "far.test"
                $0.lookUp = { _, port in [try SocketAddress(ipAddress: "192.0.2.1", port: port)] }
            } _: { _ in
            }
        }
        #expect(error?.code == .addressNotAvailable)
        #expect(error?.message.hasPrefix("host far.test (192.0.2.1) is not an address of this machine") == true)
    }

    @Test
    func `a port that is in use at one of several addresses is an error, and the other addresses are free again`()
        async throws
    {
        try await TestServer.with {
            $0.host = "127.0.0.2"
        } _: { taken in
            let port = try #require(taken[0].port)
            let error = await #expect(throws: PrimeServerError.self) {
                try await TestServer.with {
                    ($0.host, $0.port) = ("two.test", port)
                    $0.lookUp = { _, port in
                        try ["127.0.0.1", "127.0.0.2"].map { try SocketAddress(ipAddress: $0, port: port) }
                    }
                } _: { _ in
                }
            }
            #expect(error?.code == .addressInUse)
            try await TestServer.with {
                $0.port = port
            } _: { addresses in
                try await Self.expectAnswers(at: addresses[0])
            }
        }
    }

    @Test
    func `a name that does not resolve is an error that names it`() async throws {
        let error = await #expect(throws: PrimeServerError.self) {
            // RFC 6761: no name below "invalid" exists.
            try await TestServer.with {
                $0.host = "no-host.invalid"
            } _: { _ in
            }
        }
        #expect(error?.code == .hostNotFound)
        #expect(error?.message.hasPrefix("host no-host.invalid does not resolve") == true)
    }

    @Test
    func `at the connection limit, every listening socket goes on when any connection closes`() async throws {
        try await TestServer.with {
            ($0.host, $0.maxConnections) = ("two.test", 1)
            $0.lookUp = { _, port in
                try ["127.0.0.1", "127.0.0.2"].map { try SocketAddress(ipAddress: $0, port: port) }
            }
        } _: { addresses in
            for _ in 0..<20 {
                let open = try await TestServer.connect(to: addresses[0])
                async let first = Self.firstPrime(at: addresses[0])
                async let second = Self.firstPrime(at: addresses[1])
                try await open.close()
                let primes = try await [first, second]
                #expect(primes == [2, 2])
            }
        }
    }

    // MARK: - Errors of accept

    /// The errors of a connection that accept(2) names, and those that a firewall or a module of the kernel may give.
    private static let connectionErrors = [
        ECONNABORTED, EPROTO, EPERM, EHOSTUNREACH, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EOPNOTSUPP, ENETUNREACH,
        ETIMEDOUT, ECONNRESET, EACCES, EMFILE, ENFILE, ENOBUFS, ENOMEM,
    ]

    @Test(arguments: connectionErrors, [1, 5])
    func `connections that cannot be accepted are lost, and the next one is served`(
        error: CInt,
        count: Int
    ) async throws {
        try await TestServer.with { addresses in
            try await Self.expectAnswers(at: addresses[0])
            accept_faults_arm(CInt(addresses[0].port ?? 0), error, CInt(count))
            try await Self.expectAnswers(at: addresses[0], retries: count)
            #expect(accept_faults_left() == 0)
        }
    }

    @Test
    func `connections that wait while one cannot be accepted are not lost`() async throws {
        try await TestServer.with { addresses in
            accept_faults_arm(CInt(addresses[0].port ?? 0), EPROTO, 1)
            let answered = await withTaskGroup { group in
                for _ in 0..<100 { group.addTask { try? await Self.firstPrime(at: addresses[0]) } }
                return await group.reduce(0) { $0 + ($1 == 2 ? 1 : 0) }
            }
            #expect(answered == 99)
        }
    }

    @Test
    func `a stopping server answers the connections that wait although one cannot be accepted`() async throws {
        let ends = Mutex<[EventLoopFuture<Int>]>([])
        try await TestServer.with {
            $0.maxConnections = 1
        } _: { addresses in
            // The only connection that is accepted; the others wait in the accept queue until the limit is lifted.
            _ = try await TestServer.connect(to: addresses[0])
            for _ in 0..<20 {
                let channel = try await TestServer.connect(to: addresses[0])
                let end = channel.eventLoop.makePromise(of: Int.self)
                try await channel.eventLoop.submit { try channel.pipeline.syncOperations.addHandler(ByteCounter(end)) }
                    .get()
                try await channel.writeAndFlush(ByteBuffer(bytes: [0, 0, 0, 1]))
                ends.withLock { $0.append(end.futureResult) }
            }
            accept_faults_arm(CInt(addresses[0].port ?? 0), EPROTO, 1)
        }
        var byteCounts: [Int] = []
        for end in ends.withLock(\.self) { byteCounts.append(try await end.get()) }
        #expect(byteCounts.sorted() == [0] + Array(repeating: 8, count: 19))
    }

    @Test(arguments: [EINVAL, ENOTSOCK])
    func `a socket that cannot go on ends the server with an error`(error: CInt) async throws {
        let (listening, isListening) = AsyncStream.makeStream(of: [SocketAddress].self)
        let server = PrimeServer(
            configuration: .init(host: "127.0.0.1", port: 0),
            index: try PrimeIndex(),
            logger: TestServer.logger,
            onListening: { isListening.yield($0) }
        )
        let ending = await #expect(throws: PrimeServerError.self) {
            async let ended: Void = server.run()
            var addresses = listening.makeAsyncIterator()
            let address = try #require(await addresses.next()?.first)
            accept_faults_arm(CInt(address.port ?? 0), error, 1)
            try await TestServer.connect(to: address).closeFuture.get()
            try await ended
        }
        #expect(ending?.code == .acceptFailed)
    }
}

/// Counts the bytes that a connection receives until it ends.
private final class ByteCounter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let end: EventLoopPromise<Int>
    private var count = 0

    init(_ end: EventLoopPromise<Int>) {
        self.end = end
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.count += self.unwrapInboundIn(data).readableBytes
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.end.succeed(self.count)
    }
}
