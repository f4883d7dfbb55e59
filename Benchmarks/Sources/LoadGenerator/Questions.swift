/// What is asked, and what must be answered, both in the form in which they travel.
///
/// Prepared before the clock starts, so that while it runs a request is a pointer into one table, and the check of an
/// answer a comparison with the other.
public struct Questions: Sendable {
    /// The ordinals, most significant byte first.
    let requests: [UInt32]
    /// The right answer to each, most significant byte first.
    let answers: [UInt64]

    /// Prepares questions, which are asked in this order, and then again from the first.
    ///
    /// - Parameters:
    ///   - ordinals: The M of each request; at least one.
    ///   - answer: The right answer to an M; called once for each.
    public init(asking ordinals: [UInt32], expecting answer: (UInt32) -> UInt64) {
        precondition(!ordinals.isEmpty, "there is nothing to ask")
        self.requests = ordinals.map(\.bigEndian)
        self.answers = ordinals.map { answer($0).bigEndian }
    }
}
