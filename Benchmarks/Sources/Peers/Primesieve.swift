/// Kim Walisch's libprimesieve, the fastest known sieve: it counts and lists primes.
///
/// Source: <https://github.com/kimwalisch/primesieve>, its C interface, which has kept these functions since version 5.
@safe
public struct Primesieve: Sendable {
    private typealias Count = @convention(c) @Sendable (UInt64, UInt64) -> UInt64
    private typealias NthPrime = @convention(c) @Sendable (Int64, UInt64) -> UInt64
    private typealias Generate =
        @convention(c) @Sendable (UInt64, UInt64, UnsafeMutablePointer<Int>, CInt) -> UnsafeMutableRawPointer?
    private typealias GenerateCount = @convention(c) @Sendable (UInt64, UInt64, CInt) -> UnsafeMutableRawPointer?
    private typealias Free = @convention(c) @Sendable (UnsafeMutableRawPointer?) -> Void
    private typealias SetThreads = @convention(c) @Sendable (CInt) -> Void
    private typealias Version = @convention(c) @Sendable () -> UnsafePointer<CChar>

    /// The library's version, such as `11.0`.
    public let version: String

    private let countPrimes: Count
    private let nthPrime: NthPrime
    private let generatePrimes: Generate
    private let generateCountOfPrimes: GenerateCount
    private let free: Free
    private let setThreads: SetThreads

    /// `UINT64_PRIMES` of `primesieve.h`.
    private static let uint64Primes: CInt = 13

    /// Loads the library; fails if it is not installed.
    public init?() {
        // Safe if the types above agree with `primesieve.h`.
        guard
            let library = DynamicLibrary(named: "primesieve", versions: 9...12),
            let countPrimes = unsafe library.function("primesieve_count_primes", as: Count.self),
            let nthPrime = unsafe library.function("primesieve_nth_prime", as: NthPrime.self),
            let generatePrimes = unsafe library.function("primesieve_generate_primes", as: Generate.self),
            let generateCount = unsafe library.function("primesieve_generate_n_primes", as: GenerateCount.self),
            let free = unsafe library.function("primesieve_free", as: Free.self),
            let setThreads = unsafe library.function("primesieve_set_num_threads", as: SetThreads.self),
            let version = unsafe library.function("primesieve_version", as: Version.self)
        else { return nil }
        self.countPrimes = countPrimes
        self.nthPrime = nthPrime
        unsafe self.generatePrimes = generatePrimes
        unsafe self.generateCountOfPrimes = generateCount
        unsafe self.free = free
        self.setThreads = setThreads
        self.version = unsafe String(cString: version())
    }

    /// Counts the primes of an interval.
    ///
    /// - Parameters:
    ///   - numbers: The interval, both ends included.
    ///   - threads: The number of threads; the library has one such setting for the whole process.
    /// - Returns: The number of primes.
    public func count(in numbers: ClosedRange<UInt64>, threads: Int) -> Int {
        self.setThreads(CInt(threads))
        return Int(self.countPrimes(numbers.lowerBound, numbers.upperBound))
    }

    /// Finds the M-th prime.
    ///
    /// - Parameters:
    ///   - ordinal: M, from 1.
    ///   - threads: The number of threads; the library has one such setting for the whole process.
    /// - Returns: The prime.
    /// - Complexity: The library counts all primes before it: about 10 s of CPU time for an M near 2^32.
    public func prime(at ordinal: UInt32, threads: Int) -> UInt64 {
        self.setThreads(CInt(threads))
        return self.nthPrime(Int64(ordinal), 0)
    }

    /// Lists the primes of an interval.
    ///
    /// - Parameter numbers: The interval, both ends included.
    /// - Returns: The primes, ascending.
    /// - Complexity: O(√n) for the upper bound n, plus the sieving; on the calling thread only.
    public func primes(in numbers: ClosedRange<UInt64>) -> [UInt64] {
        var count = 0
        let primes = unsafe self.generatePrimes(numbers.lowerBound, numbers.upperBound, &count, Self.uint64Primes)
        return unsafe self.taking(primes, count: count)
    }

    /// Lists the first primes from a number on.
    ///
    /// - Parameters:
    ///   - count: The number of primes.
    ///   - start: The smallest number that may be listed.
    /// - Returns: The primes, ascending.
    /// - Complexity: O(√n) for the largest prime n, plus the sieving; on the calling thread only.
    public func primes(count: Int, from start: UInt64) -> [UInt64] {
        let primes = unsafe self.generateCountOfPrimes(UInt64(count), start, Self.uint64Primes)
        return unsafe self.taking(primes, count: count)
    }

    /// Copies an array of the library into a Swift array, and frees it.
    private func taking(_ primes: UnsafeMutableRawPointer?, count: Int) -> [UInt64] {
        // Safe: the library returns `count` 64-bit integers, or a null pointer if there are none; the caller frees them.
        defer { unsafe self.free(primes) }
        guard let primes = unsafe primes else { return [] }
        return unsafe Array(UnsafeRawBufferPointer(start: primes, count: count * 8).bindMemory(to: UInt64.self))
    }
}
