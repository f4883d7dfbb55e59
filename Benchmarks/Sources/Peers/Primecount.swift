/// Kim Walisch's libprimecount, the fastest known way to find the n-th prime without a table.
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

    /// Loads the library; fails if it is not installed.
    public init?() {
        // Safe if the types above agree with `primecount.h`.
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

    /// Finds the M-th prime.
    ///
    /// - Parameters:
    ///   - ordinal: M, from 1.
    ///   - threads: The number of threads; the library has one such setting for the whole process.
    /// - Returns: The prime.
    public func prime(at ordinal: UInt32, threads: Int) -> UInt64 {
        self.setThreads(CInt(threads))
        return UInt64(self.nthPrime(Int64(ordinal)))
    }
}
