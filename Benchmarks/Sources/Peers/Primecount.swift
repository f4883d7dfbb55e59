/// Finds the n-th prime with Kim Walisch's libprimecount, the fastest that needs no table.
///
/// Source: <https://github.com/kimwalisch/primecount>, its C interface.
public struct Primecount: Sendable {
    private typealias NthPrime = @convention(c) @Sendable (Int64) -> Int64
    private typealias SetThreads = @convention(c) @Sendable (CInt) -> Void
    private typealias Version = @convention(c) @Sendable () -> UnsafePointer<CChar>

    /// The library's version, such as `7.6`.
    public let version: String

    private let nthPrime: NthPrime
    private let setThreads: SetThreads

    /// Opens the library; fails if it is not installed.
    public init?() {
        // Safe, if the types above say what `primecount.h` says.
        guard
            let library = DynamicLibrary(named: "primecount", versions: 7...8),
            let nthPrime = unsafe library.function("primecount_nth_prime", as: NthPrime.self),
            let setThreads = unsafe library.function("primecount_set_num_threads", as: SetThreads.self),
            let version = unsafe library.function("primecount_version", as: Version.self)
        else { return nil }
        self.nthPrime = nthPrime
        self.setThreads = setThreads
        self.version = unsafe String(cString: version())
    }

    /// Finds a prime by its place, counting from 2.
    ///
    /// - Parameters:
    ///   - ordinal: The place, from 1.
    ///   - threads: How many threads share the work; the library keeps one such number for the whole process.
    /// - Returns: The prime.
    public func prime(at ordinal: UInt32, threads: Int) -> UInt64 {
        self.setThreads(CInt(threads))
        return UInt64(self.nthPrime(Int64(ordinal)))
    }
}
