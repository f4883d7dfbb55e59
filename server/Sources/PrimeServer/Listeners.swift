internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NameResolution
internal import SystemPackage

/// The listening sockets of a server: one for each address of its host.
struct Listeners: Sendable {
    /// How often to look for a port that is free on all addresses, if the system chooses it.
    private static let portAttempts = 10

    private let listeners: [Listener]

    /// Listens on all addresses of a host, or on none.
    ///
    /// An address that this machine does not have is left out if there are others: `localhost` often includes the address
    /// of IPv6 on machines without it.
    ///
    /// - Parameters:
    ///   - host: A name or an address; `nil` for all interfaces.
    ///   - port: The port; 0 for one that is free on all addresses.
    ///   - lookUp: Finds the addresses of a host, with the port; may block.
    ///   - eventLoop: Where the listeners' own promises and timers live.
    ///   - logger: Receives addresses that are left out.
    ///   - log: Receives failures as warnings.
    ///   - makeBootstrap: Makes the bootstrap of each channel.
    /// - Throws: ``PrimeServerError``; `CancellationError` if the task is cancelled during the look-up.
    init(
        host: String?,
        port: Int,
        lookUp: @escaping @Sendable (String, Int) throws -> [SocketAddress],
        eventLoop: any EventLoop,
        logger: Logger,
        log: OverloadLog,
        makeBootstrap: @escaping Listener.MakeBootstrap
    ) async throws {
        let addresses = try await Self.addresses(of: host, port: port, by: lookUp)
        for attempt in 1... {
            var listeners: [Listener] = []
            var missing: [PrimeServerError] = []
            do throws(PrimeServerError) {
                // Without a host, the first address includes the second.
                for var address in addresses where host != nil || listeners.isEmpty {
                    // The others take the port that the system chose for the first.
                    address.port = listeners.first?.address.port ?? port
                    do {
                        let listener = try await Listener(
                            on: address,
                            isOnlyAddress: host == nil || addresses.count == 1,
                            eventLoop: eventLoop,
                            log: log,
                            makeBootstrap: makeBootstrap
                        )
                        listeners.append(listener)
                    } catch {
                        let error = PrimeServerError(bindingTo: host, address, cause: error)
                        guard error.code == .addressNotAvailable else { throw error }
                        missing.append(error)
                    }
                }
                if listeners.isEmpty, let error = missing.first { throw error }
                for error in missing { logger.notice("address left out", metadata: ["reason": "\(error)"]) }
                self.listeners = listeners
                return
            } catch {
                for listener in listeners { listener.close() }
                guard port == 0, error.code == .addressInUse, attempt < Self.portAttempts else { throw error }
            }
        }
        preconditionFailure("the last attempt neither succeeded nor failed")
    }

    private static func addresses(
        of host: String?,
        port: Int,
        by lookUp: @escaping @Sendable (String, Int) throws -> [SocketAddress]
    ) async throws -> [SocketAddress] {
        guard let host else {
            // "::" includes IPv4; on a machine without IPv6, "0.0.0.0" is all interfaces.
            return try ["::", "0.0.0.0"].map { try SocketAddress(ipAddress: $0, port: port) }
        }
        // A stream, because the wait for it ends with the task.
        let (results, result) = AsyncStream.makeStream(of: Result<[SocketAddress], any Error>.self)
        AddressResolver.addresses(of: host, port: port, by: lookUp) { result.yield($0) }
        for await found in results {
            do {
                return try found.get()
            } catch {
                throw PrimeServerError(lookingUp: host, cause: error)
            }
        }
        throw CancellationError()
    }

    /// The address of each socket.
    var addresses: [SocketAddress] { self.listeners.map(\.address) }

    /// Returns when every socket is closed.
    ///
    /// - Parameter failed: Called if a socket accepts no more connections; it must stop the others.
    /// - Throws: The first error of a socket.
    func run(whenFailed failed: @escaping @Sendable (any Error) -> Void) async throws {
        try await withThrowingTaskGroup { group in
            for listener in self.listeners {
                group.addTask {
                    do {
                        try await listener.run()
                    } catch {
                        failed(error)
                        throw error
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// See ``Listener/stop(acceptedConnections:)``.
    func stop(acceptedConnections: @escaping @Sendable () -> Int) {
        for listener in self.listeners { listener.stop(acceptedConnections: acceptedConnections) }
    }
}
