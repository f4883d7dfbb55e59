internal import NIOCore
internal import NIOPosix
internal import SystemPackage

/// Why a question was not answered.
public struct PrimeClientError: Error, CustomStringConvertible {
    /// The kind of failure; more kinds may come.
    public struct Code: Hashable, Sendable {
        private enum Kind: Hashable { case hostNotFound, unreachable, closedEarly, timedOut, noSuchPrime }
        private let kind: Kind

        /// The host's name does not resolve.
        public static let hostNotFound = Code(kind: .hostNotFound)
        /// No connection came about: nobody listens, or there is no way to the host.
        public static let unreachable = Code(kind: .unreachable)
        /// The peer closed the connection before it had answered.
        public static let closedEarly = Code(kind: .closedEarly)
        /// There was no answer in time.
        public static let timedOut = Code(kind: .timedOut)
        /// The server says that there is no such prime.
        public static let noSuchPrime = Code(kind: .noSuchPrime)
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong and what to try, in one line.
    public let message: String
    /// The error below, if there was one.
    public let cause: (any Error)?

    /// What went wrong and what to try, in one line.
    public var description: String { self.message }

    init(code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Translates what connecting has thrown.
    init(connectingTo host: String, port: Int, cause: any Error) {
        self.cause = cause
        guard let failure = cause as? NIOConnectionError else {
            self.code = .unreachable
            self.message = "cannot connect to \(host), port \(port): \(cause)"
            return
        }
        guard let attempt = failure.connectionErrors.last else {
            self.code = .hostNotFound
            self.message = "host \(host) does not resolve to an address; check its spelling"
            return
        }
        switch attempt.error {
        case let error as IOError where Errno(rawValue: error.errnoCode) == .connectionRefused:
            self.code = .unreachable
            self.message = "nobody listens on \(host), port \(port); is the server running there?"
        case let error as IOError:
            self.code = .unreachable
            self.message = "cannot connect to \(host), port \(port): \(Errno(rawValue: error.errnoCode))"
        default:
            self.code = .timedOut
            self.message = "no connection to \(host), port \(port) came about in time; is there a firewall between?"
        }
    }
}
