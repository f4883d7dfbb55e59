/// A thread's working memory for sieving a block, and the blocks that it sieved last.
@safe struct SieveScratch: ~Copyable {
    /// A flag for each odd number of a block, and padding for the strikes past the end (``BlockSieve``).
    let flags: UnsafeMutableRawPointer
    /// A list of sieving primes' numbers, with room for all of them and for a vector written past the last.
    let hits: UnsafeMutablePointer<UInt16>
    /// The blocks of the last look-ups.
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

/// The blocks of a thread's last look-ups, with the primes of those that had more than one look-up.
///
/// The first look-up of a block sieves a part of it, because most blocks have only one. The second look-up makes more of
/// them likely: it sieves the whole block and lists its primes. Each further look-up reads the list.
@safe struct RecentBlocks: ~Copyable {
    private typealias Slots<Element> = InlineArray<16, Element>
    /// A block's slot is its number modulo this.
    private static let slotCount = Slots<Bool>.count
    /// Block 0 holds the most odd primes, 3,312; a vector may be written past the last.
    private static let slotCapacity = 3328

    private var blocks = Slots<Int32>(repeating: -1)
    private var isListed = Slots<Bool>(repeating: false)
    /// For each slot, the indices of the block's primes among its odd numbers, ascending.
    private let indices: UnsafeMutablePointer<UInt16>

    init() {
        unsafe self.indices = .allocate(capacity: Self.slotCount * Self.slotCapacity)
    }

    deinit {
        unsafe self.indices.deallocate()
    }

    /// Notes a look-up.
    ///
    /// - Returns: Whether the block was already noted.
    mutating func note(_ block: Int) -> Bool {
        let slot = block % Self.slotCount
        if self.blocks[slot] == block { return true }
        self.blocks[slot] = Int32(block)
        self.isListed[slot] = false
        return false
    }

    /// Returns the list of a noted block's primes, if it has been made.
    func list(of block: Int) -> UnsafePointer<UInt16>? {
        let slot = block % Self.slotCount
        guard self.blocks[slot] == block, self.isListed[slot] else { return nil }
        return unsafe UnsafePointer(self.indices + slot * Self.slotCapacity)
    }

    /// Makes the list of a noted block's primes.
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
