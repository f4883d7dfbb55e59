internal import NIOCore
internal import SystemPackage

/// Why a question was not answered.
public struct PrimeClientError: Error, CustomStringConvertible {
    /// The kind of failure; more kinds may come.
    public struct Code: Hashable, Sendable {
        private enum Kind: Hashable {
            case hostNotFound, unreachable, closedEarly, timedOut, noSuchPrime, protocolViolation, cancelled, closed
        }
        private let kind: Kind

        /// The host's name does not resolve.
        public static let hostNotFound = Code(kind: .hostNotFound)
        /// No connection came about: nobody listens, or there is no way to the host.
        public static let unreachable = Code(kind: .unreachable)
        /// The peer closed the connection before it had answered.
        public static let closedEarly = Code(kind: .closedEarly)
        /// There was no connection or no answer in time.
        public static let timedOut = Code(kind: .timedOut)
        /// The server says that there is no such prime.
        public static let noSuchPrime = Code(kind: .noSuchPrime)
        /// The peer sent what no server of primes would.
        public static let protocolViolation = Code(kind: .protocolViolation)
        /// The task that asked was cancelled.
        public static let cancelled = Code(kind: .cancelled)
        /// The client's scope had ended.
        public static let closed = Code(kind: .closed)
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
        switch cause {
        case let error as IOError where Errno(rawValue: error.errnoCode) == .connectionRefused:
            self.code = .unreachable
            self.message = "nobody listens on \(host), port \(port); is the server running there?"
        case let error as IOError where Errno(rawValue: error.errnoCode) != .timedOut:
            self.code = .unreachable
            self.message = "cannot connect to \(host), port \(port): \(Errno(rawValue: error.errnoCode))"
        case is IOError, ChannelError.connectTimeout:
            self.code = .timedOut
            self.message = "no connection to \(host), port \(port) came about in time; is there a firewall between?"
        default:
            self.code = .unreachable
            self.message = "cannot connect to \(host), port \(port): \(cause)"
        }
    }
}

extension PrimeClientError {
    static let cancelled = Self(code: .cancelled, message: "the question was cancelled")
    static let closed = Self(code: .closed, message: "the client's scope has ended; ask within it")
    static let tooManyAnswers = Self(
        code: .protocolViolation,
        message: "the server sent more answers than there were questions; is it a server of primes?"
    )

    static func impossible(_ prime: UInt64, for ordinal: UInt32) -> Self {
        Self(
            code: .protocolViolation,
            message: "the server answered \(prime) for M = \(ordinal), which cannot be; "
                + "is it a server of primes, with the same byte order?"
        )
    }

    static func hostNotFound(_ host: String) -> Self {
        Self(code: .hostNotFound, message: "host \(host) does not resolve to an address; check its spelling")
    }

    static func hostTimedOut(_ host: String) -> Self {
        Self(code: .timedOut, message: "the address of host \(host) was not found in time; is its name server there?")
    }

    static func closedEarly(afterBytes byteCount: Int) -> Self {
        Self(code: .closedEarly, message: "the server closed the connection after \(byteCount) of 8 bytes")
    }

    static func broken(_ cause: any Error) -> Self {
        Self(code: .closedEarly, message: "the connection broke before the answer came", cause: cause)
    }

    static func timedOut(after timeout: TimeAmount) -> Self {
        Self(code: .timedOut, message: "no answer within \(Double(timeout.nanoseconds) / 1e9) s")
    }

    static func noSuchPrime(for ordinal: UInt32) -> Self {
        Self(code: .noSuchPrime, message: "the server knows no prime for M = \(ordinal)")
    }
}
