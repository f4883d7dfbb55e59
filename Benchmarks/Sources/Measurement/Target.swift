/// A performance target of a case.
public enum Target: Sendable {
    /// A median of at most this many nanoseconds.
    case nanoseconds(atMost: Double)
    /// A speed of at least this many times the peer's.
    case ratio(atLeast: Double)

    /// Returns whether a result meets the target.
    ///
    /// - Parameters:
    ///   - nanoseconds: The measured median.
    ///   - ratio: The peer's time divided by ours; `nil` without a peer.
    /// - Returns: `nil` if the target needs a peer and there is none.
    func isMet(nanoseconds: Double, ratio: Double?) -> Bool? {
        switch self {
        case .nanoseconds(let limit): nanoseconds <= limit
        case .ratio(let limit): ratio.map { $0 >= limit }
        }
    }
}

extension Target: CustomStringConvertible {
    /// The limit, as the table shows it.
    public var description: String {
        switch self {
        case .nanoseconds(let limit): "<= \(TimeText(nanoseconds: limit))"
        case .ratio(let limit): ">= \(limit.threeDigits)x"
        }
    }
}
