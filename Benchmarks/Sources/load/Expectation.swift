import ArgumentParser
import LoadGenerator

/// The rule by which answers are checked.
enum Expectation: ExpressibleByArgument {
    case primes
    /// The right answer is M times this factor.
    case multiple(UInt64)

    var defaultValueDescription: String { "primes" }

    init?(argument: String) {
        if argument == "primes" {
            self = .primes
        } else if argument.hasPrefix("multiple="), let factor = UInt64(argument.dropFirst(9)), factor < 1 << 32 {
            self = .multiple(factor)
        } else {
            return nil
        }
    }

    /// Returns the function from M to its right answer.
    func answers() throws -> (UInt32) -> UInt64 {
        switch self {
        case .primes: try ReferenceAnswers().answer(to:)
        case .multiple(let factor): { UInt64($0) * factor }
        }
    }
}
