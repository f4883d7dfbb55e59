/// One turn of a case: what we took, and right beside it in time, what its peer took.
///
/// The machine may be shared and noisy, and its speed changes over minutes. So a case and its peer are measured in
/// turns, compared within each turn, and the median over the turns is believed.
public struct Turn: Sendable {
    /// Our times.
    public let ours: Samples
    /// The peer's times for the same task; `nil` if there is no peer.
    public let peer: Samples?

    /// Pairs up the two.
    public init(ours: Samples, peer: Samples? = nil) {
        self.ours = ours
        self.peer = peer
    }

    /// How many times as fast as the peer we were.
    public var ratio: Double? { self.peer.map { $0.median / self.ours.median } }
}
