internal import Glibc
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NameResolution
internal import Synchronization
internal import SystemPackage

/// A listening socket, which outlives the channels that accept on it.
///
/// SwiftNIO closes a listening channel at most errors of `accept`, although nearly all of them concern only the connection
/// that was to be accepted: see accept(2). So a second descriptor keeps the socket and its accept queue, and another
/// channel takes over.
final class Listener: Sendable {
    /// Makes the bootstrap of a channel, and completes its promise when the channel is closed.
    ///
    /// The promise fails if an error has closed the channel.
    typealias MakeBootstrap = @Sendable (EventLoopPromise<Void>) -> ServerBootstrap

    private struct State {
        var channel: any Channel
        var ended: EventLoopFuture<Void>
        /// A second descriptor of the channel's socket; `nil` once the socket is to close, because each keeps it open.
        var socket: SystemPackage.FileDescriptor?
    }

    /// The length of the accept queue; `net.core.somaxconn` may lower it.
    static let backlog: Int32 = 4096
    /// The time before another channel takes over, so that an error that stays does not take all the processor's time.
    private static let pause = Duration.milliseconds(10)
    /// How many times a stopping listener checks its accept queue, every 0.1 s.
    private static let lastChecks = 10
    /// The errors of `accept` that concern the socket itself; at EBADF and EFAULT SwiftNIO traps.
    private static let fatalErrors: [Errno] = [.invalidArgument, .notSocket]

    /// The address with the port that the system chose, if it had to choose one.
    let address: SocketAddress
    private let eventLoop: any EventLoop
    private let makeBootstrap: MakeBootstrap
    private let log: OverloadLog
    private let state: Mutex<State>

    /// Binds a socket, and begins to accept.
    ///
    /// - Parameters:
    ///   - address: The address; port 0 takes a free one.
    ///   - isOnlyAddress: Whether a wildcard address of IPv6 includes IPv4.
    ///   - eventLoop: Where the channel and its promise live.
    ///   - log: Receives failures as warnings.
    ///   - makeBootstrap: See ``MakeBootstrap``.
    /// - Throws: `IOError`.
    init(
        on address: SocketAddress,
        isOnlyAddress: Bool,
        eventLoop: any EventLoop,
        log: OverloadLog,
        makeBootstrap: @escaping MakeBootstrap
    ) async throws {
        let ended = eventLoop.makePromise(of: Void.self)
        do {
            let bootstrap = makeBootstrap(ended)
            if address.ipAddress == "::" {
                // The system's default depends on the machine (`net.ipv6.bindv6only`).
                let option = ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only)
                _ = bootstrap.serverChannelOption(option, value: isOnlyAddress ? 0 : 1)
            }
            let channel = try await bootstrap.bind(to: address).get()
            let copy = try await channel.eventLoop.submit {
                // Safe: the copy is another descriptor, and the channel keeps its own.
                try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: CInt.self) {
                    try SystemPackage.FileDescriptor(rawValue: $0).duplicate()
                }
            }.get()
            guard let copy else { preconditionFailure("the channel \(channel) has no descriptor") }
            self.address = channel.localAddress ?? address
            self.state = Mutex(State(channel: channel, ended: ended.futureResult, socket: copy))
        } catch {
            ended.succeed()
            throw error
        }
        self.eventLoop = eventLoop
        self.makeBootstrap = makeBootstrap
        self.log = log
    }

    /// Returns after ``stop(acceptedConnections:)`` or ``close()``, when the socket is closed.
    ///
    /// - Throws: An error of the socket, which accepts no more connections.
    func run() async throws {
        while true {
            do {
                return try await self.state.withLock(\.ended).get()
            } catch {
                if self.state.withLock({ $0.socket == nil }) { return }
                if let code = error.systemError, Self.fatalErrors.contains(code) { throw error }
                self.log.warning(
                    "a connection could not be accepted: accepting goes on",
                    ["error": "\(error.systemDescription)"]
                )
            }
            try await self.reopen()
        }
    }

    /// Opens another channel on the socket, unless the socket is closed; waits while no files are left.
    private func reopen() async throws {
        while true {
            try? await Task.sleep(for: Self.pause)
            let ended = self.eventLoop.makePromise(of: Void.self)
            do {
                guard let copy = try self.state.withLock({ try $0.socket?.duplicate() }) else { return ended.succeed() }
                let channel = try await self.makeBootstrap(ended).withBoundSocket(copy.rawValue).get()
                return self.state.withLock { state in
                    (state.channel, state.ended) = (channel, ended.futureResult)
                    guard let socket = state.socket else { return channel.close(promise: nil) }
                    // SwiftNIO has made the accept queue of an existing socket shorter.
                    listen(socket.rawValue, Self.backlog)
                }
            } catch {
                ended.succeed()
                guard error.isShortage else { throw error }
            }
        }
    }

    // MARK: - Stopping

    /// Accepts the connections that wait in the accept queue, and then closes the socket, because closing resets them.
    ///
    /// The queue is taken as empty if the server accepts no connection between two checks; the last check closes in any
    /// case. A second call changes nothing.
    ///
    /// - Parameter acceptedConnections: Returns how many connections the server has accepted.
    func stop(acceptedConnections: @escaping @Sendable () -> Int) {
        self.state.withLock(\.channel).read()
        self.close(acceptedConnections, before: nil, checksLeft: Self.lastChecks)
    }

    private func close(_ acceptedConnections: @escaping @Sendable () -> Int, before: Int?, checksLeft: Int) {
        self.eventLoop.scheduleTask(in: ConnectionGroup.sweepInterval) {
            let now = acceptedConnections()
            if now == before || checksLeft == 0 {
                self.close()
            } else {
                self.close(acceptedConnections, before: now, checksLeft: checksLeft - 1)
            }
        }
    }

    /// Closes the socket at once.
    func close() {
        self.state.withLock { state in
            state.channel.close(promise: nil)
            // Nothing was written to it, so no data can be lost.
            try? state.socket?.close()
            state.socket = nil
        }
    }
}
