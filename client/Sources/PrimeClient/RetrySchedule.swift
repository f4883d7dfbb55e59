/// How long to wait before what has failed is tried again: twice as long after each failure, and never quite alike.
///
/// Many clients that lost the same server would else all come back at the same moment.
package struct RetrySchedule: Sendable {
    /// The pause after the first failure, before it is jittered.
    package var firstPause: Duration = .milliseconds(100)
    /// No pause is longer, before it is jittered.
    package var longestPause: Duration = .seconds(5)
    /// A pause is longer or shorter by up to this part of it.
    package var jitter = 0.25

    /// Makes the schedule of every client.
    package init() {}

    /// The pause after so many failures.
    ///
    /// - Parameters:
    ///   - failures: How many there were in a row, at least 1.
    ///   - generator: Gives the jitter.
    /// - Returns: From three to five quarters of `firstPause` × 2^(failures − 1), or of `longestPause` if that is less.
    package func pause(after failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        // Beyond 30 doublings the longest pause is reached, and the shift would overflow.
        let pause = min(self.firstPause * (1 << min(max(failures - 1, 0), 30)), self.longestPause)
        return pause * Double.random(in: 1 - self.jitter...1 + self.jitter, using: &generator)
    }

    /// The pause after so many failures, jittered by the system's random numbers.
    func pause(after failures: Int) -> Duration {
        var generator = SystemRandomNumberGenerator()
        return self.pause(after: failures, using: &generator)
    }
}
