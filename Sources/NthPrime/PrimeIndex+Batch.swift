/// Looking up many primes at once.
///
/// A resident look-up waits for memory three times: for the table's line, the directory's and the bitmap's, each of
/// which tells where the next one is. Here every step is taken for a whole group before the next step, in loops whose
/// turns don't depend on each other, so that the processor has the waits of many look-ups under way at once.
extension PrimeIndex {
    /// Look-ups in a group: more than a core has misses under way at once, few enough for the first-level cache.
    private typealias Group<Element> = InlineArray<32, Element>
    private static let groupSize = Group<Bool>.count

    /// Looks up many primes, faster than one by one.
    ///
    /// - Parameter ordinals: Any number of M, in any order.
    /// - Returns: The primes in the order of the M; `nil` for M = 0.
    public func primes(at ordinals: [UInt32]) -> [UInt64?] {
        var primes = [UInt64](repeating: 0, count: ordinals.count)
        var span = primes.mutableSpan
        self.primes(at: ordinals.span, into: &span)
        return primes.map { $0 == 0 ? nil : $0 }
    }

    /// Looks up many primes, faster than one by one.
    ///
    /// - Parameters:
    ///   - ordinals: Any number of M, in any order.
    ///   - primes: As many places; they receive the primes in the order of the M, and 0 for M = 0.
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

    /// Looks up primes from the first on, as long as that takes no sieving.
    ///
    /// - Parameters:
    ///   - ordinals: Any number of M, in any order.
    ///   - primes: As many places; they receive the primes in the order of the M, and 0 for M = 0.
    /// - Returns: How many were looked up; the places of the others hold nothing of use.
    public func residentPrimes(at ordinals: Span<UInt32>, into primes: inout MutableSpan<UInt64>) -> Int {
        precondition(ordinals.count == primes.count, "\(ordinals.count) M, but \(primes.count) places for primes")
        let residentCount = self.resident.count
        let lastResident = self.table.primes(before: residentCount)
        for start in stride(from: 0, to: ordinals.count, by: Self.groupSize) {
            // Most often all are resident, or none.
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

    /// Looks up those primes of a group that are resident; others become 0, and so may those of the first block, with its
    /// special cases.
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
        // Few are not worth the preparations.
        guard residentCount > 1, group.count > 3 else {
            for index in group { primes[index] = self.residentPrime(at: ordinals[index]) ?? 0 }
            return
        }
        // What is not resident is looked up in block 1, and the answer put aside: no branch depends on the data.
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
