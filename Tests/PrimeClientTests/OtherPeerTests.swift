import Glibc
import NIOCore
import NIOPosix
import PeerSupport
import PrimeClient
import Synchronization
import Testing

/// Peers that speak another protocol, or use the other byte order.
@Suite(.timeLimit(.minutes(1)))
struct OtherPeerTests {
    /// Asks a peer that sends bytes without being asked, and reads nothing, for a prime.
    ///
    /// - Returns: The failure, and what the client told before it tried again.
    private static func failure(
        greeting: [UInt8],
        closes: Bool = false,
        resets: Bool = false,
        use: PrimeClient.Configuration.ConnectionUse
    ) async throws -> (PrimeClientError?, told: [PrimeClientError.Code]) {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer {
                $0.pipeline.addHandler(Greeter(greeting: greeting, closes: closes, resets: resets))
            }
            .childChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0).get()
        let told = Mutex<[PrimeClientError.Code]>([])
        var configuration = PrimeClient.Configuration(connectionUse: use)
        (configuration.timeout, configuration.retries) = (.seconds(0.2), 2)
        configuration.onTrouble = { error in told.withLock { $0.append(error.code) } }
        let error = await #expect(throws: PrimeClientError.self) {
            try await PrimeClient.withClient(
                host: "127.0.0.1",
                port: listener.localAddress?.port ?? 0,
                configuration: configuration
            ) { try await $0.prime(at: 1000) }
        }
        try await listener.close()
        return (error, told.withLock(\.self))
    }

    @Test(
        arguments: [
            ("", "no answer within 0.2 s; it may speak another protocol"),
            ("\0\0\0\u{1}", "only 4 of 8 bytes within 0.2 s; it may speak another protocol"),
            ("hello\r\n", "only 7 of 8 bytes within 0.2 s; it may speak another protocol"),
            ("220 hi\r\n", "is it a server of primes?"),
            ("SSH-2.0-OpenSSH_9.6\r\n", "the server sent more than it was asked for; is it a server of primes?"),
        ],
        [.pipelined, .oneQuestionEach] as [PrimeClient.Configuration.ConnectionUse]
    )
    func `the failure says that the peer may speak another protocol, and a retry is told once`(
        _ peer: (greeting: String, message: String),
        use: PrimeClient.Configuration.ConnectionUse
    ) async throws {
        let (greeting, message) = peer
        let (error, told) = try await Self.failure(greeting: Array(greeting.utf8), use: use)
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
        #expect(told == (greeting.utf8.count < 8 ? [.timedOut] : []))
    }

    @Test(
        arguments: [(0, false), (0, true), (4, false), (4, true)],
        [.pipelined, .oneQuestionEach] as [PrimeClient.Configuration.ConnectionUse]
    )
    func `the end of a connection says so, too`(
        _ peer: (byteCount: Int, resets: Bool),
        use: PrimeClient.Configuration.ConnectionUse
    ) async throws {
        let greeting = [UInt8](repeating: 0, count: peer.byteCount)
        let (error, told) = try await Self.failure(greeting: greeting, closes: true, resets: peer.resets, use: use)
        #expect(error?.code == .closedEarly)
        #expect(error?.message.contains(" of 8 bytes") == true)
        #expect(error?.message.hasSuffix("; it may speak another protocol: is it a server of primes?") == true)
        #expect(told == [.closedEarly])
    }

    @Test
    func `the failure names the other byte order if only the answers are swapped`() async throws {
        // The 1000th prime is 7919 = 1eef in hexadecimal.
        let (error, _) = try await Self.failure(greeting: [0xEF, 0x1E, 0, 0, 0, 0, 0, 0], use: .pipelined)
        #expect(error?.message.hasSuffix("try --byte-order little") == true)
    }

    @Test(arguments: [1, 7, 1000, 4_000_000_000] as [UInt32])
    func `the failure names the other byte order if the answer looks swapped`(ordinal: UInt32) async throws {
        for (server, client) in [("little", PrimeClient.Configuration().byteOrder), ("big", .little)] {
            try await RunningServer.with(["--byte-order", server]) { server in
                var configuration = PrimeClient.Configuration()
                configuration.byteOrder = client
                let error = await #expect(throws: PrimeClientError.self) {
                    try await PrimeClient.withClient(
                        host: "127.0.0.1",
                        port: server.port,
                        configuration: configuration
                    ) { try await $0.prime(at: ordinal) }
                }
                #expect(error?.code == .protocolViolation)
                let other = client == .big ? "little" : "big"
                #expect(error?.message.hasSuffix("try --byte-order \(other)") == true)
            }
        }
    }

    @Test
    func `without a time-out the client waits for the answer`() async throws {
        try await HoldingPeer.with { peer, port in
            var configuration = PrimeClient.Configuration()
            configuration.timeout = nil
            try await PrimeClient.withClient(host: "127.0.0.1", port: port, configuration: configuration) { client in
                async let prime = client.prime(at: 7)
                // Longer than the shortest time between two checks of the limits.
                try await Task.sleep(for: .milliseconds(100))
                try await peer.answer(7, with: 17)
                let answer = try await prime
                #expect(answer == 17)
            }
        }
    }
}

/// Sends bytes as soon as a connection is open, and then may close it.
private final class Greeter: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let greeting: [UInt8]
    private let closes: Bool
    private let resets: Bool

    init(greeting: [UInt8], closes: Bool, resets: Bool) {
        self.greeting = greeting
        self.closes = closes
        self.resets = resets
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: self.greeting)), promise: nil)
        guard self.closes else { return }
        if self.resets, let socket = context.channel as? any SocketOptionProvider {
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
        }
        context.close(promise: nil)
    }
}
