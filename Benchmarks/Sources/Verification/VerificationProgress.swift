/// How far a check has come, for a person who waits: `sieving: 12 %, 18.2 million primes a second, 210 s left`.
public struct VerificationProgress: CustomStringConvertible {
    private let title: String
    private let done: Int
    private let total: Int
    private let elapsed: Duration

    /// Takes the state of the check.
    ///
    /// - Parameters:
    ///   - title: What is checked.
    ///   - done: How many primes have been compared, from 1.
    ///   - total: How many there are to compare.
    ///   - elapsed: The time since the beginning.
    public init(title: String, done: Int, total: Int, elapsed: Duration) {
        self.title = title
        self.done = done
        self.total = total
        self.elapsed = elapsed
    }

    /// The share that is done, the rate, and the time that is left at this rate.
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
