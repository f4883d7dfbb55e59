internal import NIOCore
internal import NameResolution
internal import PrimeProtocol
internal import SystemPackage

/// The failure of a question.
public struct PrimeClientError: Error, CustomStringConvertible {
    /// The kind of failure; more kinds may come.
    public struct Code: Hashable, Sendable {
        private enum Kind: Hashable {
            case hostNotFound, unreachable, closedEarly, timedOut, noSuchPrime, protocolViolation, shortage, cancelled
            case closed
        }
        private let kind: Kind

        /// The host's name does not resolve to an address.
        public static let hostNotFound = Code(kind: .hostNotFound)
        /// No connection was made: no program listens there, or no route leads to the host.
        public static let unreachable = Code(kind: .unreachable)
        /// The peer closed the connection before it answered.
        public static let closedEarly = Code(kind: .closedEarly)
        /// No connection was made, or no answer came, in time.
        public static let timedOut = Code(kind: .timedOut)
        /// The server answered that there is no such prime; only M = 0 has none.
        public static let noSuchPrime = Code(kind: .noSuchPrime)
        /// The peer sent something other than answers: it speaks another protocol, or uses the other byte order.
        public static let protocolViolation = Code(kind: .protocolViolation)
        /// This process or machine lacks files, ports or memory.
        public static let shortage = Code(kind: .shortage)
        /// The task that asked was cancelled.
        public static let cancelled = Code(kind: .cancelled)
        /// The client was closed.
        public static let closed = Code(kind: .closed)
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong and what to try, in one line of English.
    public let message: String
    /// The underlying error, if there was one.
    public let cause: (any Error)?

    /// The message.
    public var description: String { self.message }

    init(code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Translates a failure to look a name up.
    init(lookingUp host: String, _ failure: AddressResolver.Failure) {
        switch failure {
        case .notFound:
            self.init(
                code: .hostNotFound,
                message: "host \(host) does not resolve to an address; check the spelling",
                cause: failure
            )
        case .temporary: self = .hostTimedOut(host)
        case .shortage(let error):
            self.init(
                code: .shortage,
                message: "cannot look up host \(host): \(error); if files are short, raise the limit (ulimit -n)",
                cause: error
            )
        }
    }

    /// Translates a failure to connect.
    init(connectingTo host: String, port: Int, cause: any Error, isShortage: Bool) {
        self.cause = cause
        switch cause {
        case let error as IOError where Errno(rawValue: error.errnoCode) == .connectionRefused:
            self.code = .unreachable
            self.message = "no server listens on \(host), port \(port); is it running there?"
        case let error as IOError where Errno(rawValue: error.errnoCode) != .timedOut:
            self.code = isShortage ? .shortage : .unreachable
            let hint = error.mayBeShortageOfPorts ? "; no local address or port is left for it" : ""
            self.message = "cannot connect to \(host), port \(port): \(Errno(rawValue: error.errnoCode))\(hint)"
        case is IOError, ChannelError.connectTimeout:
            self.code = .timedOut
            self.message = "connecting to \(host), port \(port) took too long; does a firewall block it?"
        default:
            self.code = .unreachable
            self.message = "cannot connect to \(host), port \(port): \(cause)"
        }
    }
}

extension PrimeClientError {
    static let cancelled = Self(code: .cancelled, message: "the question was cancelled")
    static let closed = Self(code: .closed, message: "the client is closed; ask while it is open")
    static let tooManyAnswers = Self(
        code: .protocolViolation,
        message: "the server sent more than it was asked for; is it a server of primes?"
    )

    static func impossible(_ prime: UInt64, for ordinal: UInt32, byteOrder: ByteOrder) -> Self {
        // A server with the other byte order has read another M, and so has answered it; or only its answers are swapped.
        let isSwapped = [ordinal, ordinal.byteSwapped].contains { PrimeAnswer.isPossible(prime.byteSwapped, for: $0) }
        let other = ByteOrder.allCases.first { $0 != byteOrder } ?? byteOrder
        return Self(
            code: .protocolViolation,
            message: "the server answered \(prime) for M = \(ordinal), which is impossible; "
                + (isSwapped
                    ? "it looks like the other byte order: try --byte-order \(other.rawValue)"
                    : "is it a server of primes?")
        )
    }

    static func hostTimedOut(_ host: String) -> Self {
        Self(code: .timedOut, message: "looking up host \(host) took too long; is its name server running?")
    }

    /// - Parameters:
    ///   - byteCount: The number of bytes of the answer that came.
    ///   - isKnown: Whether the server has answered before.
    /// - Returns: The error.
    static func closedEarly(afterBytes byteCount: Int, isKnown: Bool) -> Self {
        Self(
            code: .closedEarly,
            message: "the server closed the connection after \(byteCount) of 8 bytes\(Self.doubt(isKnown))"
        )
    }

    /// - Parameters:
    ///   - byteCount: The number of bytes of the answer that came.
    ///   - isKnown: Whether the server has answered before.
    ///   - cause: The system's error.
    /// - Returns: The error.
    static func broken(afterBytes byteCount: Int, isKnown: Bool, _ cause: any Error) -> Self {
        let reason = (cause as? IOError).map { ": \(Errno(rawValue: $0.errnoCode))" } ?? ""
        return Self(
            code: .closedEarly,
            message: "the connection broke after \(byteCount) of 8 bytes\(reason)\(Self.doubt(isKnown))",
            cause: cause
        )
    }

    /// - Parameters:
    ///   - timeout: The time-out.
    ///   - byteCount: The number of bytes of the answer that came.
    ///   - isKnown: Whether the server has answered before.
    /// - Returns: The error.
    static func timedOut(after timeout: TimeAmount, byteCount: Int, isKnown: Bool) -> Self {
        let answer = byteCount > 0 ? "only \(byteCount) of 8 bytes" : "no answer"
        let seconds = Double(timeout.nanoseconds) / 1e9
        return Self(code: .timedOut, message: "\(answer) within \(seconds) s\(Self.doubt(isKnown))")
    }

    private static func doubt(_ isKnown: Bool) -> String {
        isKnown ? "" : "; it may speak another protocol: is it a server of primes?"
    }

    package static func noSuchPrime(for ordinal: UInt32) -> Self {
        let doubt = ordinal == 0 ? "" : "; is it a server of primes?"
        return Self(code: .noSuchPrime, message: "the server says that there is no such prime\(doubt)")
    }
}
