import Glibc
import NIOCore
import NIOPosix

/// A client connection that sends and receives raw bytes, well-formed or not.
struct RawConnection {
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var received = ByteBuffer()

    /// Connects to a server on 127.0.0.1, and closes the connection when `body` returns.
    ///
    /// - Parameters:
    ///   - port: The server's port.
    ///   - resets: Whether the connection ends with a reset instead of a close.
    ///   - body: Receives the connection.
    /// - Returns: What `body` returns.
    /// - Throws: What connecting or `body` throws.
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
            // A linger time of 0 makes close send a reset.
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

    /// Sends requests without anything between them.
    func ask(_ ordinals: [UInt32]) async throws {
        var buffer = ByteBuffer()
        for ordinal in ordinals { buffer.writeInteger(ordinal) }
        try await self.outbound.write(buffer)
    }

    /// Shuts down the sending side (half-close).
    func finish() {
        self.outbound.finish()
    }

    /// Receives a number of answers.
    ///
    /// - Returns: The answers; fewer than `count` if the stream ends first.
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
    /// - Returns: All bytes before the end that were not received yet.
    mutating func rest() async throws -> [UInt8] {
        while var more = try await self.inbound.next(isolation: #isolation) { self.received.writeBuffer(&more) }
        return Array(self.received.readableBytesView)
    }
}
