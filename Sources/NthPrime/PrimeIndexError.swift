/// The reason why a ``PrimeIndex`` could not be made or filled.
public struct PrimeIndexError: Error, CustomStringConvertible {
    /// A kind of failure; later versions may add kinds.
    public struct Code: Hashable, Sendable {
        private enum Kind: Hashable { case damagedTable, outOfMemory, noThreads }
        private let kind: Kind

        /// The table that is embedded in the program has changed since it was built.
        public static let damagedTable = Code(kind: .damagedTable)
        /// The system has no room for the memory budget.
        public static let outOfMemory = Code(kind: .outOfMemory)
        /// The system starts no thread to fill the memory budget.
        public static let noThreads = Code(kind: .noThreads)
    }

    /// The kind of failure.
    public let code: Code
    /// One sentence that says what went wrong.
    public let message: String

    /// The ``message``.
    public var description: String { self.message }
}
