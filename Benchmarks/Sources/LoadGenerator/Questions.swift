/// Requests and their right answers, both in wire format.
///
/// They are prepared before the measurement. During it, sending a request is a pointer into one table, and checking an
/// answer is one comparison with the other.
public struct Questions: Sendable {
    /// The M of each request, most significant byte first.
    let requests: [UInt32]
    /// The right answer to each request, most significant byte first.
    let answers: [UInt64]

    /// Prepares questions; they are asked in this order, and then again from the first.
    ///
    /// - Parameters:
    ///   - ordinals: The M of each request, at least one.
    ///   - answer: Returns the right answer to an M; called once for each.
    public init(asking ordinals: [UInt32], expecting answer: (UInt32) -> UInt64) {
        precondition(!ordinals.isEmpty, "a run needs at least one question")
        self.requests = ordinals.map(\.bigEndian)
        self.answers = ordinals.map { answer($0).bigEndian }
    }
}
