/// The geometry of the number line: it is cut into blocks of equal length, from 0 on.
package enum Block {
    /// Numbers in a block: 1,024 turns of the wheel of 2, 3 and 5.
    ///
    /// Shorter blocks make a look-up faster and the checkpoint table larger; `docs/performance.md` has the figures.
    package static let length = 30_720
    /// Odd numbers in a block.
    static let odds = length / 2
    /// Bytes of a block's bitmap: of 30 numbers, eight have no factor 2, 3 or 5.
    static let bitmapBytes = length / Wheel.circumference
    /// Blocks up to the one that holds the prime of the largest M, 104,484,802,043.
    ///
    /// All their numbers are below 2^37.
    package static let count = 104_484_802_043 / length + 1
    /// Every composite number of the blocks has a prime factor below this: √(count · length) < 323,242.
    static let sievingLimit = 323_242
}
