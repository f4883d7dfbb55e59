internal import NIOCore
internal import SystemPackage

/// Why a server could not start.
public struct PrimeServerError: Error, CustomStringConvertible {
    /// The kind of failure; more kinds may come.
    public struct Code: Hashable, Sendable {
        private enum Kind: Hashable { case addressInUse, notPermitted, addressNotAvailable, bindFailed }
        private let kind: Kind

        /// Another program listens on the port.
        public static let addressInUse = Code(kind: .addressInUse)
        /// The port needs rights that the program does not have.
        public static let notPermitted = Code(kind: .notPermitted)
        /// The host's address is not one of this machine's.
        public static let addressNotAvailable = Code(kind: .addressNotAvailable)
        /// Any other reason.
        public static let bindFailed = Code(kind: .bindFailed)
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong and what to try, in one line.
    public let message: String
    /// The error below, if there was one.
    public let cause: (any Error)?

    /// What went wrong and what to try, in one line.
    public var description: String { self.message }

    /// Translates what binding a socket has thrown.
    init(bindingTo host: String, port: Int, cause: any Error) {
        self.cause = cause
        switch (cause as? IOError).map({ Errno(rawValue: $0.errnoCode) }) {
        case .addressInUse:
            self.code = .addressInUse
            self.message =
                "port \(port) is in use: another program listens there; take another port, or 0 for any free one"
        case .permissionDenied, .notPermitted:
            self.code = .notPermitted
            self.message =
                "port \(port) is not permitted: ports below 1024 need privileges; take one from 1024 to 65535"
        case .addressNotAvailable:
            self.code = .addressNotAvailable
            self.message = "host \(host) is not an address of this machine; leave --host out to listen on all of them"
        default:
            self.code = .bindFailed
            self.message = "cannot listen on host \(host), port \(port): \(cause)"
        }
    }
}
