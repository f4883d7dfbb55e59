internal import Glibc
internal import NIOCore
internal import NIOPosix

/// Finds the addresses of a name.
package enum AddressResolver {
    /// Why there are none.
    package struct Failure: Error {
        /// Whether it may be otherwise soon.
        let isTemporary: Bool

        /// Says that there are none.
        package init(isTemporary: Bool) {
            self.isTemporary = isTemporary
        }
    }

    /// Looks a name up, on a thread of its own: that may take seconds, and shared threads may all be blocked.
    ///
    /// - Parameters:
    ///   - host: A name, an IPv4 or an IPv6 address.
    ///   - port: Becomes part of each address.
    ///   - lookUp: Does it.
    ///   - done: Gets, on that thread, the addresses in the order of preference, each once, or a ``Failure``.
    static func addresses(
        of host: String,
        port: Int,
        by lookUp: @escaping @Sendable (String, Int) throws -> [SocketAddress],
        _ done: @escaping @Sendable (Result<[SocketAddress], any Error>) -> Void
    ) {
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        thread.submit { _ in
            done(Result { try lookUp(host, port) })
            // It has nothing left to do, so nothing can fail.
            thread.shutdownGracefully { _ in }
        }
    }

    /// Asks the system, and blocks until it answers.
    @Sendable
    static func lookUp(_ host: String, port: Int) throws -> [SocketAddress] {
        // Safe: a hint has no pointer set.
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        unsafe hints.ai_protocol = CInt(IPPROTO_TCP)
        var list: UnsafeMutablePointer<addrinfo>?
        // Safe: all that is passed outlives the call; the list is freed once it has been read.
        let code = unsafe getaddrinfo(host, "\(port)", &hints, &list)
        defer { if let list = unsafe list { unsafe freeaddrinfo(list) } }
        guard code == 0 else { throw Failure(isTemporary: code == EAI_AGAIN) }
        var addresses: [SocketAddress] = []
        var entry = unsafe list
        while let info = unsafe entry {
            if let address = unsafe self.address(info.pointee), !addresses.contains(address) {
                addresses.append(address)
            }
            unsafe entry = info.pointee.ai_next
        }
        guard !addresses.isEmpty else { throw Failure(isTemporary: false) }
        return addresses
    }

    private static func address(_ info: addrinfo) -> SocketAddress? {
        guard let address = unsafe UnsafeRawPointer(info.ai_addr) else { return nil }
        // Safe: the family says what kind of address stands there.
        switch unsafe info.ai_family {
        case AF_INET: return unsafe SocketAddress(address.loadUnaligned(as: sockaddr_in.self))
        case AF_INET6: return unsafe SocketAddress(address.loadUnaligned(as: sockaddr_in6.self))
        default: return nil
        }
    }
}
