/// One turn of a case: our times, and the peer's times measured directly after them.
///
/// The speed of a shared machine changes over minutes. A case and its peer are therefore compared within each turn, and the
/// median over the turns is reported.
public struct Turn: Sendable {
    /// Our times.
    public let ours: Samples
    /// The peer's times for the same task; `nil` if there is no peer.
    public let peer: Samples?

    /// Pairs our times with the peer's.
    public init(ours: Samples, peer: Samples? = nil) {
        self.ours = ours
        self.peer = peer
    }

    /// The peer's median time divided by ours; `nil` without a peer.
    public var ratio: Double? { self.peer.map { $0.median / self.ours.median } }
}
