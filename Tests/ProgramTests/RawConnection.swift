import Glibc
import NIOCore
import NIOPosix

/// A peer that speaks bytes, well-formed or not.
struct RawConnection {
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var received = ByteBuffer()

    /// Connects to a server on this machine for as long as `body` runs.
    ///
    /// - Parameters:
    ///   - port: The server's.
    ///   - resets: Whether the connection ends by a reset rather than in order.
    ///   - body: Speaks with the server.
    /// - Returns: What `body` returns.
    /// - Throws: What connecting throws, or `body`.
    static func with<Result: Sendable>(
        port: Int,
        resets: Bool = false,
        _ body: (inout RawConnection) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
        if resets, let options = channel.channel as? any SocketOptionProvider {
            // To wait for no time at all is to reset.
            try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        return try await channel.executeThenClose { inbound, outbound in
            var connection = RawConnection(outbound: outbound, inbound: inbound.makeAsyncIterator())
            return try await body(&connection)
        }
    }

    private init(
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    ) {
        self.outbound = outbound
        self.inbound = inbound
    }

    /// Sends bytes.
    func send(_ bytes: [UInt8]) async throws {
        try await self.outbound.write(ByteBuffer(bytes: bytes))
    }

    /// Sends requests, glued together.
    func ask(_ ordinals: [UInt32]) async throws {
        var buffer = ByteBuffer()
        for ordinal in ordinals { buffer.writeInteger(ordinal) }
        try await self.outbound.write(buffer)
    }

    /// Closes the sending side.
    func finish() {
        self.outbound.finish()
    }

    /// Waits for answers.
    ///
    /// - Returns: So many, or fewer if the stream ended before.
    mutating func answers(_ count: Int) async throws -> [UInt64] {
        while self.received.readableBytes < 8 * count, var more = try await self.inbound.next(isolation: #isolation) {
            self.received.writeBuffer(&more)
        }
        var answers: [UInt64] = []
        while answers.count < count, let answer = self.received.readInteger(as: UInt64.self) { answers.append(answer) }
        return answers
    }

    /// Waits for the end of the stream.
    ///
    /// - Returns: The bytes that came before it.
    mutating func rest() async throws -> [UInt8] {
        while var more = try await self.inbound.next(isolation: #isolation) { self.received.writeBuffer(&more) }
        return Array(self.received.readableBytesView)
    }
}
