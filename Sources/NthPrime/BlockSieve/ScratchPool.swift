internal import Synchronization

/// A lock-free pool of scratches, which lends each sieving thread one of its own.
///
/// A scratch that is not lent lies in its place. A thread starts its search at the place that its identity hashes to, so
/// it usually gets the scratch that it had before: warm in its core's cache, with the blocks that it sieved last.
@safe final class ScratchPool: Sendable {
    /// If more threads sieve at the same time, each further look-up makes a scratch.
    private static let placeCount = 32
    /// A place takes two neighbouring cache lines, because processors prefetch them in pairs.
    private static let placeStride = 128

    // Sendable although a pointer: the places are atomics, and a thread that takes a scratch out of its place by an
    // atomic exchange has it alone until it puts it back.
    private nonisolated(unsafe) let places: UnsafeMutableRawPointer

    /// Allocates the scratches; their memory is first touched when it is used.
    init() {
        unsafe self.places = .allocate(byteCount: Self.placeCount * Self.placeStride, alignment: Self.placeStride)
        for number in 0..<Self.placeCount {
            let scratch = UnsafeMutablePointer<SieveScratch>.allocate(capacity: 1)
            unsafe scratch.initialize(to: SieveScratch())
            unsafe (self.places + number * Self.placeStride).initializeMemory(as: Place.self, to: Place(scratch))
        }
    }

    deinit {
        for number in 0..<Self.placeCount {
            let place = unsafe self.place(number)
            if let scratch = unsafe place.pointee.exchange(nil, ordering: .acquiring) {
                unsafe scratch.deinitialize(count: 1)
                unsafe scratch.deallocate()
            }
            unsafe place.deinitialize(count: 1)
        }
        unsafe self.places.deallocate()
    }

    /// Lends a scratch to `body`.
    func withScratch<Result>(_ body: (inout SieveScratch) -> Result) -> Result {
        // Fibonacci hashing: Knuth, The Art of Computer Programming, volume 3, section 6.4.
        let first = Int(truncatingIfNeeded: (UInt64(Threads.current) &* 0x9E37_79B9_7F4A_7C15) >> 32)
        for number in first..<first + Self.placeCount {
            let place = unsafe self.place(number % Self.placeCount)
            if let scratch = unsafe place.pointee.exchange(nil, ordering: .acquiring) {
                let result = unsafe body(&scratch.pointee)
                unsafe place.pointee.store(scratch, ordering: .releasing)
                return result
            }
        }
        var scratch = SieveScratch()
        return body(&scratch)
    }

    private typealias Place = Atomic<UnsafeMutablePointer<SieveScratch>?>

    private func place(_ number: Int) -> UnsafeMutablePointer<Place> {
        unsafe (self.places + number * Self.placeStride).assumingMemoryBound(to: Place.self)
    }
}
