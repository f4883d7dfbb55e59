internal import CheckpointData

extension CheckpointFile {
    /// The file that is embedded in the program; it never changes.
    static var embeddedBytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: checkpoint_data, count: checkpoint_data_count)
    }
}

extension CheckpointTable {
    /// Returns the embedded table, which is used in place.
    ///
    /// - Throws: ``CheckpointFile/Failure`` if it is damaged, or has other blocks than ``Block``.
    /// - Complexity: Reads all of it once for its checksum, about 1 ms.
    static func embedded() throws(CheckpointFile.Failure) -> CheckpointTable {
        let layout = try unsafe CheckpointFile.Layout(of: CheckpointFile.embeddedBytes.bytes)
        guard layout.numbersPerBlock == Block.length, layout.blockCount == Block.count else {
            throw .otherBlocks(count: layout.blockCount, length: layout.numbersPerBlock)
        }
        // Safe: the layout is the file's own, and the file lives as long as the program.
        return unsafe CheckpointTable(at: checkpoint_data, layout)
    }
}
