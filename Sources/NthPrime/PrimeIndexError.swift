/// Why a ``PrimeIndex`` could not be made or filled.
public struct PrimeIndexError: Error, CustomStringConvertible {
    /// The kind of failure; more kinds may come.
    public struct Code: Hashable, Sendable {
        private enum Kind: Hashable { case damagedTable, outOfMemory, noThreads }
        private let kind: Kind

        /// The table that is embedded in the program is not what was built into it.
        public static let damagedTable = Code(kind: .damagedTable)
        /// The system has no room for the memory budget.
        public static let outOfMemory = Code(kind: .outOfMemory)
        /// The system starts no thread to fill the memory budget.
        public static let noThreads = Code(kind: .noThreads)
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, in a sentence.
    public let message: String

    /// What went wrong, in a sentence.
    public var description: String { self.message }
}
