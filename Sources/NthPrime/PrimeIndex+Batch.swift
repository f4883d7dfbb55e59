/// Look-ups of many primes in one call.
///
/// A resident look-up has three dependent cache misses: the line of the table, of the directory, and of the bitmap.
/// A batch takes each step for a group of look-ups before the next step. The turns of these loops are independent, so the
/// processor overlaps the cache misses.
extension PrimeIndex {
    /// A value for each look-up of a group: more than the cache misses that a core overlaps, and few enough for its L1
    /// cache.
    private typealias Group<Element> = InlineArray<32, Element>
    private static let groupSize = Group<Bool>.count

    /// Looks up many primes, faster than one by one if they are resident.
    ///
    /// - Parameter ordinals: Any number of M, in any order.
    /// - Returns: The primes in the order of the M, each from 2 to 104,484,802,043; `nil` for M = 0.
    /// - Complexity: O(n) for n ordinals: about 0.1 µs for each that is resident, about 8 µs for each other. Allocates two
    ///   arrays of n elements.
    public func primes(at ordinals: [UInt32]) -> [UInt64?] {
        var primes = [UInt64](repeating: 0, count: ordinals.count)
        var span = primes.mutableSpan
        self.primes(at: ordinals.span, into: &span)
        return primes.map { $0 == 0 ? nil : $0 }
    }

    /// Looks up many primes, faster than one by one if they are resident.
    ///
    /// - Parameters:
    ///   - ordinals: Any number of M, in any order.
    ///   - primes: As many places, which receive the primes in the order of the M, and 0 for M = 0. Another number of
    ///     places is a programming error, and traps.
    /// - Complexity: O(n) for n ordinals: about 0.1 µs for each that is resident, about 8 µs for each other. Allocates no
    ///   memory.
    public func primes(at ordinals: Span<UInt32>, into primes: inout MutableSpan<UInt64>) {
        precondition(ordinals.count == primes.count, "\(ordinals.count) M, but \(primes.count) places for primes")
        let residentCount = self.resident.count
        let lastResident = self.table.primes(before: residentCount)
        for start in stride(from: 0, to: ordinals.count, by: Self.groupSize) {
            let group = start..<min(start + Self.groupSize, ordinals.count)
            self.residentPrimes(at: ordinals, into: &primes, group, residentCount, lastResident)
            for index in group where primes[index] == 0 { primes[index] = self.prime(at: ordinals[index]) ?? 0 }
        }
    }

    /// Looks up primes up to the first one that is not resident.
    ///
    /// - Parameters:
    ///   - ordinals: Any number of M, in any order.
    ///   - primes: As many places, which receive the primes in the order of the M, and 0 for M = 0. Another number of
    ///     places is a programming error, and traps.
    /// - Returns: How many ordinals, from the first, were looked up. The contents of the other places are unspecified.
    /// - Complexity: O(n) for n ordinals, about 0.1 µs for each. Allocates no memory.
    public func residentPrimes(at ordinals: Span<UInt32>, into primes: inout MutableSpan<UInt64>) -> Int {
        precondition(ordinals.count == primes.count, "\(ordinals.count) M, but \(primes.count) places for primes")
        let residentCount = self.resident.count
        let lastResident = self.table.primes(before: residentCount)
        for start in stride(from: 0, to: ordinals.count, by: Self.groupSize) {
            // Usually all are resident, or none.
            guard ordinals[start] <= lastResident else { return start }
            let group = start..<min(start + Self.groupSize, ordinals.count)
            self.residentPrimes(at: ordinals, into: &primes, group, residentCount, lastResident)
            for index in group where primes[index] == 0 && ordinals[index] > 0 {
                guard let prime = self.residentPrime(at: ordinals[index]) else { return index }
                primes[index] = prime
            }
        }
        return ordinals.count
    }

    /// Looks up the resident primes of a group.
    ///
    /// The places of other primes become 0. So may places of primes of the first block, which has special cases.
    private func residentPrimes(
        at ordinals: Span<UInt32>,
        into primes: inout MutableSpan<UInt64>,
        _ group: Range<Int>,
        _ residentCount: Int,
        _ lastResident: UInt32
    ) {
        guard group.contains(where: { ordinals[$0] <= lastResident }) else {
            for index in group { primes[index] = 0 }
            return
        }
        // For a few look-ups the preparations cost more than they save.
        guard residentCount > 1, group.count > 3 else {
            for index in group { primes[index] = self.residentPrime(at: ordinals[index]) ?? 0 }
            return
        }
        // An ordinal that is not resident is looked up in block 1, and the result ignored: no branch depends on the data.
        let anywhere = CheckpointTable.Location(block: 1, rank: 1, count: 1)
        var locations = Group<CheckpointTable.Location>(repeating: anywhere)
        var isResident = Group(repeating: false)
        for place in 0..<group.count {
            let location = self.locate(max(1, ordinals[group.lowerBound + place]))
            isResident[place] = (1..<residentCount).contains(location.block)
            if isResident[place] { locations[place] = location }
        }
        let first = unsafe self.resident.place(of: locations[0])
        var places = unsafe Group(repeating: first)
        for place in 0..<group.count {
            unsafe places[place] = self.resident.place(of: locations[place])
            unsafe places[place].prefetchLine()
        }
        for place in 0..<group.count {
            primes[group.lowerBound + place] = isResident[place] ? unsafe places[place].prime : 0
        }
    }
}
