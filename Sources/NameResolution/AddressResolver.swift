internal import Glibc
package import NIOCore
internal import NIOPosix
package import SystemPackage

/// The system's resolver: name to addresses.
package enum AddressResolver {
    /// Why a look-up found no address.
    package enum Failure: Error, Equatable {
        /// The name does not exist, or has no address.
        case notFound
        /// No name server answered; a later look-up may succeed.
        case temporary
        /// The process or the machine lacks files or memory; a later look-up may succeed.
        case shortage(Errno)

        /// Whether a later look-up may succeed.
        package var isTemporary: Bool { self != .notFound }
    }

    /// Looks a name up on a thread of its own, because that may take seconds and all shared threads may be blocked.
    ///
    /// - Parameters:
    ///   - host: A name, an IPv4 or an IPv6 address.
    ///   - port: The port of each address found.
    ///   - lookUp: The function that blocks until it has the addresses.
    ///   - done: Called on that thread with the addresses in the order of preference, each once, or with a ``Failure``.
    package static func addresses(
        of host: String,
        port: Int,
        by lookUp: @escaping @Sendable (String, Int) throws -> [SocketAddress],
        _ done: @escaping @Sendable (Result<[SocketAddress], any Error>) -> Void
    ) {
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        thread.submit { _ in
            done(Result { try lookUp(host, port) })
            // The pool is idle now, so its shutdown cannot fail.
            thread.shutdownGracefully { _ in }
        }
    }

    /// Looks a name up with `getaddrinfo`, and blocks until it returns.
    @Sendable
    package static func lookUp(_ host: String, port: Int) throws -> [SocketAddress] {
        // Safe: a hint has no pointer set.
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        unsafe hints.ai_protocol = CInt(IPPROTO_TCP)
        var list: UnsafeMutablePointer<addrinfo>?
        // A name that could not be read from a file for lack of files is reported as not found; only `errno` tells why.
        errno = 0
        // Safe: all arguments outlive the call; the list is freed once it has been read.
        let code = unsafe getaddrinfo(host, "\(port)", &hints, &list)
        let reason = Errno(rawValue: code == EAI_MEMORY ? ENOMEM : errno)
        defer { if let list = unsafe list { unsafe freeaddrinfo(list) } }
        guard code == 0 else {
            if reason.isShortage { throw Failure.shortage(reason) }
            throw code == EAI_AGAIN ? Failure.temporary : .notFound
        }
        var addresses: [SocketAddress] = []
        var entry = unsafe list
        while let info = unsafe entry {
            if let address = unsafe self.address(info.pointee), !addresses.contains(address) {
                addresses.append(address)
            }
            unsafe entry = info.pointee.ai_next
        }
        guard !addresses.isEmpty else { throw Failure.notFound }
        return addresses
    }

    private static func address(_ info: addrinfo) -> SocketAddress? {
        guard let address = unsafe UnsafeRawPointer(info.ai_addr) else { return nil }
        // Safe: the family tells the type of the address.
        switch unsafe info.ai_family {
        case AF_INET: return unsafe SocketAddress(address.loadUnaligned(as: sockaddr_in.self))
        case AF_INET6: return unsafe SocketAddress(address.loadUnaligned(as: sockaddr_in6.self))
        default: return nil
        }
    }
}
