internal import Glibc
internal import NIOCore
internal import NIOPosix

/// Finds the addresses of a name.
enum AddressResolver {
    /// Why there are none.
    struct Failure: Error {
        /// Whether it may be otherwise soon.
        var isTemporary: Bool
    }

    /// Looks a name up, on a thread of its own: that may take seconds, and shared threads may all be blocked.
    ///
    /// - Parameters:
    ///   - host: A name, an IPv4 or an IPv6 address.
    ///   - port: Becomes part of each address.
    ///   - lookUp: Does it.
    ///   - eventLoop: Where the result is wanted.
    /// - Returns: The addresses in the order of preference, each once, or a ``Failure``.
    static func addresses(
        of host: String,
        port: Int,
        by lookUp: @escaping @Sendable (String, Int) throws -> [SocketAddress],
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<[SocketAddress]> {
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        let found = thread.runIfActive(eventLoop: eventLoop) { try lookUp(host, port) }
        // The thread has nothing left to do by then, so nothing can fail.
        found.whenComplete { _ in thread.shutdownGracefully { _ in } }
        return found
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
