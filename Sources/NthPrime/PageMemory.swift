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
    private let byteCount: Int

    /// Reserves address space, on huge pages where the system has them: fewer faults, and fewer misses of the
    /// translation buffer when it is read at random.
    ///
    /// Fails if the system has no room for it.
    init?(byteCount: Int) {
        let access = PROT_READ | PROT_WRITE
        let flags = MAP_PRIVATE | MAP_ANON
        guard let bytes = unsafe mmap(nil, max(1, byteCount), access, flags, -1, 0), unsafe bytes != MAP_FAILED else {
            return nil
        }
        #if !canImport(Darwin)
        // A wish, which may fail: small pages do as well.
        _ = unsafe madvise(bytes, max(1, byteCount), Int32(MADV_HUGEPAGE))
        #endif
        unsafe self.bytes = bytes
        self.byteCount = byteCount
    }

    deinit {
        unsafe munmap(self.bytes, max(1, self.byteCount))
    }

    /// Where the bytes are, while the memory lives.
    var baseAddress: UnsafeMutableRawPointer { unsafe self.bytes }
}
