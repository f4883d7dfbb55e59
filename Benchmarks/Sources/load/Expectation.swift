import ArgumentParser
import LoadGenerator

/// What the answers are checked against.
enum Expectation: ExpressibleByArgument {
    case primes
    /// M times this.
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

    /// Makes the function from M to its right answer.
    func answers() throws -> (UInt32) -> UInt64 {
        switch self {
        case .primes: try ReferenceAnswers().answer(to:)
        case .multiple(let factor): { UInt64($0) * factor }
        }
    }
}
