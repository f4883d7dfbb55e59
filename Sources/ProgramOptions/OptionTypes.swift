public import ArgumentParser
public import PrimeProtocol

/// A length of time on the command line, in seconds: `10`, `0.5`.
public struct Seconds: ExpressibleByArgument, ExpressibleByIntegerLiteral, Sendable {
    /// The same as the library takes it.
    public let duration: Duration
    /// As it was written.
    public let defaultValueDescription: String

    /// Takes whole seconds, for default values.
    public init(integerLiteral seconds: Int) {
        self.duration = .seconds(seconds)
        self.defaultValueDescription = "\(seconds)"
    }

    /// Reads seconds, from 0 to a century; `nil` if it is no number, or out of range.
    ///
    /// - Parameter argument: What the user wrote.
    public init?(argument: String) {
        // A century is more than anybody waits, and small enough to be counted in nanoseconds.
        guard let seconds = Double(argument), (0...3_155_760_000).contains(seconds) else { return nil }
        self.duration = .seconds(seconds)
        self.defaultValueDescription = argument
    }
}

extension ByteOrder: ExpressibleByArgument {}
