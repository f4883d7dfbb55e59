/// What one thread needs to sieve a block: working memory, and the blocks that it sieved last.
@safe struct SieveScratch: ~Copyable {
    /// A flag for each odd number, and room for the strikes past the end (``BlockSieve``).
    let flags: UnsafeMutableRawPointer
    /// Numbers of sieving primes: room for all of them, and for a vector written past the last.
    let hits: UnsafeMutablePointer<UInt16>
    /// The blocks that were asked for last.
    var recentBlocks = RecentBlocks()

    init() {
        unsafe self.flags = .allocate(byteCount: 2 * Block.odds + 2048, alignment: 64)
        unsafe self.hits = .allocate(capacity: 28_672)
    }

    deinit {
        unsafe self.flags.deallocate()
        unsafe self.hits.deallocate()
    }
}

/// The blocks that one thread was asked for last, and the primes of those that it was asked for more than once.
///
/// A block is sieved in part for its first look-up, as most come alone. The second look-up is a sign of more to come:
/// now the whole block is sieved and its primes are listed, and every further one reads the list.
@safe struct RecentBlocks: ~Copyable {
    private typealias Slots<Element> = InlineArray<16, Element>
    /// A block goes to the slot of its number, modulo this.
    private static let slotCount = Slots<Bool>.count
    /// Block 0 holds the most primes, 3,312 odd ones; a vector may be written past the last.
    private static let slotCapacity = 3328

    private var blocks = Slots<Int32>(repeating: -1)
    private var isListed = Slots<Bool>(repeating: false)
    /// In each slot the indices of the block's primes among its odd numbers, ascending.
    private let indices: UnsafeMutablePointer<UInt16>

    init() {
        unsafe self.indices = .allocate(capacity: Self.slotCount * Self.slotCapacity)
    }

    deinit {
        unsafe self.indices.deallocate()
    }

    /// Takes note of a look-up.
    ///
    /// - Returns: Whether the block is among those asked for last.
    mutating func note(_ block: Int) -> Bool {
        let slot = block % Self.slotCount
        if self.blocks[slot] == block { return true }
        self.blocks[slot] = Int32(block)
        self.isListed[slot] = false
        return false
    }

    /// The list of a block's primes, if it was made since the block was noted.
    func list(of block: Int) -> UnsafePointer<UInt16>? {
        let slot = block % Self.slotCount
        guard self.blocks[slot] == block, self.isListed[slot] else { return nil }
        return unsafe UnsafePointer(self.indices + slot * Self.slotCapacity)
    }

    /// Makes the list of a block that was noted last in its slot.
    mutating func makeList(
        of block: Int,
        _ write: (UnsafeMutablePointer<UInt16>) -> Void
    ) -> UnsafePointer<UInt16> {
        let slot = block % Self.slotCount
        let list = unsafe self.indices + slot * Self.slotCapacity
        unsafe write(list)
        self.isListed[slot] = true
        return unsafe UnsafePointer(list)
    }
}
