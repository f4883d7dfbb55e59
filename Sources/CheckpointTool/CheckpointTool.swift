import ArgumentParser
import NthPrime
import SystemPackage

@main
struct CheckpointTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the checkpoint table anew: how many primes each block of the number line holds."
    )

    @Option(help: "Numbers in a block: a multiple of 3840.")
    var block = 30_720

    @Option(help: "How many threads sieve at once.")
    var threads = 2

    @Argument(help: "Where to write the table.")
    var path: String

    func validate() throws {
        guard self.block > 0, self.block.isMultiple(of: 3840) else {
            throw ValidationError("--block \(self.block): a multiple of 3840 is needed, such as 30720")
        }
        guard self.threads > 0 else { throw ValidationError("--threads \(self.threads): at least 1 is needed") }
    }

    func run() async throws {
        let file = await CheckpointFile(numbersPerBlock: self.block, counts: self.countPrimes())
        let bytes = file.encoded()
        let output = try FileDescriptor.open(
            FilePath(self.path),
            .writeOnly,
            options: [.create, .truncate],
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        try output.closeAfter { _ = try output.writeAll(bytes) }
    }

    /// Counts block after block until the last prime of the domain is in.
    private func countPrimes() async -> [UInt16] {
        // The M-th prime lies below M (ln M + ln ln M) for M ≥ 6; here 22.181 + 3.100, rounded up.
        // Source: J. B. Rosser, L. Schoenfeld, "Approximate formulas for some functions of prime numbers" (1962), (3.13).
        let end = UInt64(Double(PrimeIndex.lastOrdinal) * (22.19 + 3.11))
        let sieve = BlockSieve(numbersPerBlock: self.block, end: end)
        let blockCount = Int(end) / self.block
        let stretches = stride(from: 0, to: blockCount, by: 4096).map { $0..<min($0 + 4096, blockCount) }
        let counts = await withTaskGroup(of: (Int, [UInt16]).self) { group in
            var results = [[UInt16]](repeating: [], count: stretches.count)
            for (index, stretch) in stretches.enumerated() {
                if index >= self.threads, let (done, counts) = await group.next() { results[done] = counts }
                group.addTask { (index, stretch.map { UInt16(sieve.count(inBlock: $0)) }) }
            }
            for await (done, counts) in group { results[done] = counts }
            return results.flatMap(\.self)
        }
        var total = 0
        return Array(
            counts.prefix { count in
                defer { total += Int(count) }
                return total < Int(PrimeIndex.lastOrdinal)
            }
        )
    }
}
