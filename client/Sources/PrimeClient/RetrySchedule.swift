/// The pauses between attempts: each is twice as long as the one before, with a random part.
///
/// The random part spreads out the attempts of many clients that lost the same server at the same moment.
package struct RetrySchedule: Sendable {
    /// The pause after the first failure, without jitter.
    package var firstPause: Duration = .milliseconds(100)
    /// The longest pause, without jitter.
    package var longestPause: Duration = .seconds(5)
    /// The largest random change of a pause, as a part of it.
    package var jitter = 0.25

    /// Creates the schedule that every client uses.
    package init() {}

    /// Returns the pause after a number of failures.
    ///
    /// - Parameters:
    ///   - failures: The number of failures in a row, at least 1.
    ///   - generator: The source of the jitter.
    /// - Returns: From three to five quarters of `firstPause` × 2^(failures − 1), or of `longestPause` if that is less.
    package func pause(after failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        // After 30 doublings the longest pause is reached; the shift must not overflow.
        let pause = min(self.firstPause * (1 << min(max(failures - 1, 0), 30)), self.longestPause)
        return pause * Double.random(in: 1 - self.jitter...1 + self.jitter, using: &generator)
    }

    /// Returns the pause after a number of failures, with the system's random numbers.
    func pause(after failures: Int) -> Duration {
        var generator = SystemRandomNumberGenerator()
        return self.pause(after: failures, using: &generator)
    }
}
