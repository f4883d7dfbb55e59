#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Much memory, all zero, taken from the system page by page as it is first written.
@safe struct PageMemory: ~Copyable, Sendable {
    // Sendable although a pointer: it never changes; what it points to is its owner's concern.
    private nonisolated(unsafe) let bytes: UnsafeMutableRawPointer
    private let length: Int

    /// Reserves address space, on huge pages where the system has them: fewer faults, and fewer misses of the
    /// translation buffer when it is read at random.
    ///
    /// Fails if the system has no room for it.
    init?(byteCount: Int) {
        let access = PROT_READ | PROT_WRITE
        let flags = MAP_PRIVATE | MAP_ANON
        // Linux begins at a huge page only what is as long as some.
        let unit = byteCount < Self.hugePageBytes ? 1 : Self.hugePageBytes
        let length = max(1, (byteCount + unit - 1) / unit * unit)
        guard let bytes = unsafe mmap(nil, length, access, flags, -1, 0), unsafe bytes != MAP_FAILED else {
            return nil
        }
        #if !canImport(Darwin)
        // A wish, which may fail: small pages do as well.
        _ = unsafe madvise(bytes, length, Int32(MADV_HUGEPAGE))
        #endif
        unsafe self.bytes = bytes
        self.length = length
    }

    deinit {
        unsafe munmap(self.bytes, self.length)
    }

    private static let hugePageBytes = 2 << 20

    /// Where the bytes are, while the memory lives.
    var baseAddress: UnsafeMutableRawPointer { unsafe self.bytes }
}
