internal import CheckpointData

extension CheckpointTable {
    /// Takes the embedded table, where it lies.
    ///
    /// - Throws: ``CheckpointFile/Failure`` if it is damaged, or for blocks other than ``Block``.
    /// - Complexity: All of it is read once for its checksum, about 1 ms.
    package static func embedded() throws(CheckpointFile.Failure) -> CheckpointTable {
        let layout = try CheckpointFile.withEmbeddedBytes { (bytes) throws(CheckpointFile.Failure) in
            try CheckpointFile.Layout(of: bytes)
        }
        guard layout.numbersPerBlock == Block.length, layout.blockCount == Block.count else {
            throw .otherBlocks(count: layout.blockCount, length: layout.numbersPerBlock)
        }
        // Safe: the layout is its own, and it is there as long as the program.
        return unsafe CheckpointTable(at: checkpoint_data, layout)
    }
}
