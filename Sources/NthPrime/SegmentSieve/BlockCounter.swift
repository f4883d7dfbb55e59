/// A counter of the primes of blocks, for making the checkpoint table.
package struct BlockCounter {
    /// The most blocks to count at a time, and the best number of them.
    package static let blocksPerRun = SegmentSieve.blocksPerRun

    private var sieve = SegmentSieve()
    private var bitmap = [UInt8](repeating: 0, count: blocksPerRun * Block.bitmapBytes)
    private var directories = [RankDirectory](repeating: RankDirectory(), count: blocksPerRun)

    /// Allocates the memory for a run.
    package init() {}

    /// Counts the primes of each block of a run.
    ///
    /// - Parameter blocks: At most ``blocksPerRun`` blocks.
    /// - Returns: The counts, in the order of the blocks.
    /// - Complexity: About 5 µs for each block.
    package mutating func counts(of blocks: Range<Int>) -> [UInt16] {
        let firstByte = blocks.lowerBound * Block.bitmapBytes
        let byteCount = blocks.count * Block.bitmapBytes
        return unsafe self.bitmap.withUnsafeMutableBytes { bitmap in
            unsafe self.directories.withUnsafeMutableBufferPointer { directories in
                let run = unsafe UnsafeMutableRawBufferPointer(rebasing: bitmap[..<byteCount])
                _ = unsafe self.sieve.sieve(run, firstByte: firstByte, directories: directories, while: { true })
                return blocks.map { block in
                    let number = block - blocks.lowerBound
                    let bytes = unsafe UnsafeRawBufferPointer(rebasing: run[(number * Block.bitmapBytes)...])
                    guard let start = bytes.baseAddress else { return 0 }
                    // 2, 3 and 5 have no bit.
                    return unsafe directories[number].total(ofBlockAt: start) + (block == 0 ? 3 : 0)
                }
            }
        }
    }
}
