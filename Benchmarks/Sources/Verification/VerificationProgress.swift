/// The progress of a check as text: `sieving: 12 %, 18 million primes a second, 210 s left`.
public struct VerificationProgress: CustomStringConvertible {
    private let title: String
    private let done: Int
    private let total: Int
    private let elapsed: Duration

    /// Takes the state of the check.
    ///
    /// - Parameters:
    ///   - title: The name of the check.
    ///   - done: The number of primes compared so far, at least 1.
    ///   - total: The number of primes to compare.
    ///   - elapsed: The time since the start.
    public init(title: String, done: Int, total: Int, elapsed: Duration) {
        self.title = title
        self.done = done
        self.total = total
        self.elapsed = elapsed
    }

    /// The share that is done, the rate, and the remaining time at this rate.
    public var description: String {
        let seconds = Double(self.elapsed / .milliseconds(1)) / 1_000
        let rate = Double(self.done) / seconds
        let left = Double(self.total - self.done) / rate
        return """
            \(self.title): \(self.done * 100 / self.total) %, \(Int(rate / 1e6)) million primes a second, \
            \(Int(left.rounded(.up))) s left
            """
    }
}
