extension CheckpointTable {
    /// Reads the embedded counts straight into a table.
    ///
    /// - Throws: ``CheckpointFile/Failure`` if they are damaged, or for blocks other than ``Block``.
    static func embedded() throws(CheckpointFile.Failure) -> CheckpointTable {
        try CheckpointFile.withEmbeddedBytes { (bytes) throws(CheckpointFile.Failure) in
            let layout = try CheckpointFile.Layout(of: bytes)
            guard layout.numbersPerBlock == Block.length, layout.blockCount == Block.count else {
                throw .otherBlocks(count: layout.blockCount, length: layout.numbersPerBlock)
            }
            return CheckpointTable(blockCount: layout.blockCount) { append in
                layout.forEachCount(in: bytes, append)
            }
        }
    }
}
