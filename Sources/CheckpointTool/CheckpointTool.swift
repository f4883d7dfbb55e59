import ArgumentParser
import NthPrime
import SystemPackage

@main
struct CheckpointTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the checkpoint table: how many primes each block of the number line holds."
    )

    @Option(help: "Number of threads that sieve, at least 1.")
    var threads = 2

    @Argument(help: "File to write the table to.")
    var path: String

    func validate() throws {
        guard self.threads > 0 else { throw ValidationError("--threads \(self.threads) is too few; give 1 or more") }
    }

    func run() async throws {
        let file = await CheckpointFile(numbersPerBlock: Block.length, counts: self.countPrimes())
        let bytes = file.encoded()
        let output = try FileDescriptor.open(
            FilePath(self.path),
            .writeOnly,
            options: [.create, .truncate],
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        try output.closeAfter { _ = try output.writeAll(bytes) }
    }

    /// Counts the primes of every block, up to the largest M; each of n threads takes every n-th run of blocks.
    private func countPrimes() async -> [UInt16] {
        let runs = stride(from: 0, to: Block.count, by: BlockCounter.blocksPerRun).map { first in
            first..<min(first + BlockCounter.blocksPerRun, Block.count)
        }
        let counted = await withTaskGroup(of: [(run: Int, counts: [UInt16])].self) { group in
            for thread in 0..<self.threads {
                group.addTask { [threads] in
                    var counter = BlockCounter()
                    return stride(from: thread, to: runs.count, by: threads).map { run in
                        (run, counter.counts(of: runs[run]))
                    }
                }
            }
            return await group.reduce([], +)
        }
        var left = UInt32.max
        return counted.sorted { $0.run < $1.run }.flatMap(\.counts).map { count in
            // The last block contains primes past the largest M.
            let kept = min(left, UInt32(count))
            left -= kept
            return UInt16(kept)
        }
    }
}
