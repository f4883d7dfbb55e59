import NthPrime
import ProgramOptions

/// The memory that the index may keep, within what the process may use.
enum MemoryBudget {
    /// The error of a budget that is larger than the memory, and would end the process without a word.
    struct DoesNotFit: Error, CustomStringConvertible {
        let size: String
        let wanted: Int
        let limit: Int
        let largest: Int

        var description: String {
            "cannot keep \(self.wanted >> 20) MiB of primes in memory (\(self.size)): this process may use "
                + "\(self.limit >> 20) MiB in all; the largest that fits is \(self.largest >> 20)MiB"
        }
    }

    /// What the server uses besides the index: 21 MiB at start, the rest for connections.
    private static let otherMemory = 64 << 20
    /// The budget if the user gives none, and there is room.
    private static let usual = 64 << 20

    /// Returns the budget for the index.
    ///
    /// - Parameters:
    ///   - size: The user's choice; `nil` for the usual budget, or what fits.
    ///   - limit: How many bytes the process may use.
    /// - Returns: The number of bytes.
    /// - Throws: ``DoesNotFit``.
    static func byteCount(of size: MemorySize?, within limit: Int) throws -> Int {
        // The directories of the blocks take another 32nd.
        let largest = max(0, limit - Self.otherMemory) / 33 * 32
        guard let size else { return min(Self.usual, largest) }
        let wanted = min(size.byteCount(of: limit), PrimeIndex.completeMemoryBudget)
        guard wanted <= largest else {
            throw DoesNotFit(size: size.defaultValueDescription, wanted: wanted, limit: limit, largest: largest)
        }
        return wanted
    }
}
