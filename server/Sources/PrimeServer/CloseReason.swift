/// Why a connection ended.
package enum CloseReason: Int, CaseIterable, Sendable {
    /// The peer has closed it, or its sending side, and has all its answers.
    case peer
    /// The peer has reset it, or the network failed.
    case failed
    /// Nothing came for too long.
    case idle
    /// A request began, but did not become whole in time.
    case requestTimeout
    /// The peer did not take its answers in time.
    case writeTimeout
    /// It was old.
    case age
    /// It was idle, and others needed its place.
    case displaced
    /// The server stops.
    case stopping
    /// The server stops, and the answers took too long.
    case drainTimeout
}
