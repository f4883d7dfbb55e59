/// The reason why a connection closed; further cases may come.
public enum CloseReason: Int, CaseIterable, Sendable {
    /// The peer closed the connection or its sending side, and all its requests are answered.
    case peer
    /// The peer reset the connection, or the network failed.
    case failed
    /// The connection exceeded ``PrimeServer/TimeLimits/idle``.
    case idle
    /// A request exceeded ``PrimeServer/TimeLimits/request``.
    case requestTimeout
    /// Unsent answers exceeded ``PrimeServer/TimeLimits/write``.
    case writeTimeout
    /// The connection reached its maximum age.
    case age
    /// The connection was idle, and the connection limit was near.
    case displaced
    /// The server stops.
    case stopping
    /// The server stops, and answering exceeded the drain timeout.
    case drainTimeout
}
