internal import Glibc

/// Zeroed memory that the system provides page by page when it is first written.
@safe struct PageMemory: ~Copyable, Sendable {
    // Sendable although a pointer: it never changes; its owner orders the access to the bytes.
    private nonisolated(unsafe) let bytes: UnsafeMutableRawPointer
    private let length: Int

    /// Reserves address space, on huge pages if the system has them: fewer page faults, and fewer TLB misses at random
    /// reads.
    ///
    /// Fails if the system has no room for it.
    init?(byteCount: Int) {
        let access = PROT_READ | PROT_WRITE
        let flags = MAP_PRIVATE | MAP_ANON
        // Linux aligns a mapping to huge pages only if its length is a multiple of one.
        let unit = byteCount < Self.hugePageBytes ? 1 : Self.hugePageBytes
        let length = max(1, (byteCount + unit - 1) / unit * unit)
        guard let bytes = unsafe mmap(nil, length, access, flags, -1, 0), unsafe bytes != MAP_FAILED else {
            return nil
        }
        // Advice only: if it fails, small pages work as well.
        _ = unsafe madvise(bytes, length, Int32(MADV_HUGEPAGE))
        unsafe self.bytes = bytes
        self.length = length
    }

    deinit {
        unsafe munmap(self.bytes, self.length)
    }

    private static let hugePageBytes = 2 << 20

    /// The address of the first byte, valid while the memory lives.
    var baseAddress: UnsafeMutableRawPointer { unsafe self.bytes }
}
