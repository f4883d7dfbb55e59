internal import NIOCore
internal import NameResolution
internal import SystemPackage

/// The error of a server that could not listen, or not go on.
public struct PrimeServerError: Error, CustomStringConvertible {
    /// A kind of failure; further kinds may come.
    public struct Code: Hashable, Sendable {
        private enum Kind: Hashable {
            case addressInUse, notPermitted, addressNotAvailable, hostNotFound, bindFailed, acceptFailed
        }
        private let kind: Kind

        /// Another socket listens on the port.
        public static let addressInUse = Code(kind: .addressInUse)
        /// The port needs privileges that the process does not have.
        public static let notPermitted = Code(kind: .notPermitted)
        /// The host is not an address of this machine.
        public static let addressNotAvailable = Code(kind: .addressNotAvailable)
        /// The host's name does not resolve to an address.
        public static let hostNotFound = Code(kind: .hostNotFound)
        /// The server cannot listen for any other reason.
        public static let bindFailed = Code(kind: .bindFailed)
        /// The server could not go on accepting connections.
        public static let acceptFailed = Code(kind: .acceptFailed)
    }

    /// The kind of failure.
    public let code: Code
    /// What failed and what to try, in one line.
    public let message: String
    /// The underlying error, if there is one.
    public let cause: (any Error)?

    /// What failed and what to try, in one line.
    public var description: String { self.message }

    /// Translates an error of the resolver.
    init(lookingUp host: String, cause: any Error) {
        self.cause = cause
        self.code = .hostNotFound
        self.message =
            switch cause as? AddressResolver.Failure {
            case .temporary: "looking up host \(host) failed: no name server answered; use an address, or try again"
            case .shortage(let error): "looking up host \(host) failed: \(error); raise the limit (ulimit -n)"
            default: "host \(host) does not resolve to an address; check the spelling, or use an address"
            }
    }

    /// Translates an error of `accept`.
    init(acceptingWith cause: any Error) {
        self.cause = cause
        self.code = .acceptFailed
        self.message = "cannot accept connections any more: \(cause.systemDescription)"
    }

    /// Translates the error of binding a socket.
    init(bindingTo host: String?, _ address: SocketAddress, cause: any Error) {
        let port = address.port ?? 0
        let ipAddress = address.ipAddress ?? ""
        let place = host.map { $0 == ipAddress ? $0 : "\($0) (\(ipAddress))" } ?? ipAddress
        self.cause = cause
        switch cause.systemError {
        case .addressInUse:
            self.code = .addressInUse
            self.message =
                "port \(port) is in use: another program listens there; take another port, or 0 for any free one"
        case .permissionDenied, .notPermitted:
            self.code = .notPermitted
            self.message =
                "port \(port) is not permitted: ports below 1024 need privileges; take one from 1024 to 65535"
        // The system calls an address invalid that lacks the interface (`%eth0`), or cannot be listened on.
        case .addressNotAvailable, .addressFamilyNotSupported, .invalidArgument:
            self.code = .addressNotAvailable
            self.message =
                "host \(place) is not an address of this machine; use one that is, or none to listen on all of them"
        default:
            self.code = .bindFailed
            self.message = "cannot listen on host \(place), port \(port): \(cause.systemDescription)"
        }
    }
}
