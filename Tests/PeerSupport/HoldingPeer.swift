internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A server whose answers, and their time, the test decides.
package final class HoldingPeer: Sendable {
    private struct State {
        /// The connection of each question that is not answered yet.
        var asked: [UInt32: any Channel] = [:]
        /// The calls of ``answer(_:with:copies:)`` whose question has not arrived yet.
        var waiting: [UInt32: CheckedContinuation<any Channel, Never>] = [:]
    }

    private let state = Mutex(State())
    private let (closes, tellClosed) = AsyncStream.makeStream(of: Void.self)

    private init() {}

    /// Runs a peer until `body` returns.
    ///
    /// - Parameter body: Receives the peer and its port.
    /// - Throws: What binding the port or `body` throws.
    package static func with(_ body: (HoldingPeer, Int) async throws -> Void) async throws {
        let peer = HoldingPeer()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Listening(peer: peer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(peer, listener.localAddress?.port ?? 0)
        } catch {
            try await listener.close()
            throw error
        }
        try await listener.close()
    }

    /// Answers a question as soon as it has arrived.
    ///
    /// - Parameters:
    ///   - ordinal: The M of the question.
    ///   - prime: The answer.
    ///   - copies: How many times to send the answer; a correct server sends it once.
    /// - Throws: What sending throws.
    package func answer(_ ordinal: UInt32, with prime: UInt64, copies: Int = 1) async throws {
        let channel = await withCheckedContinuation { continuation in
            let channel = self.state.withLock { state in
                let channel = state.asked.removeValue(forKey: ordinal)
                if channel == nil { state.waiting[ordinal] = continuation }
                return channel
            }
            if let channel { continuation.resume(returning: channel) }
        }
        var bytes = ByteBuffer()
        for _ in 0..<copies { bytes.writeInteger(prime) }
        try await channel.writeAndFlush(bytes).get()
    }

    /// Waits until a client closes a connection.
    package func closed() async {
        var closes = self.closes.makeAsyncIterator()
        await closes.next()
    }

    private func received(_ ordinal: UInt32, on channel: any Channel) {
        let waiting = self.state.withLock { state in
            let waiting = state.waiting.removeValue(forKey: ordinal)
            if waiting == nil { state.asked[ordinal] = channel }
            return waiting
        }
        waiting?.resume(returning: channel)
    }

    private final class Listening: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let peer: HoldingPeer
        private var received = ByteBuffer()

        init(peer: HoldingPeer) {
            self.peer = peer
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.peer.tellClosed.yield()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = self.unwrapInboundIn(data)
            self.received.writeBuffer(&bytes)
            while let ordinal = self.received.readInteger(as: UInt32.self) {
                self.peer.received(ordinal, on: context.channel)
            }
        }
    }
}
