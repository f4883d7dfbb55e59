/// The wheel of 2, 3 and 5: a byte of the bitmap stands for the eight of 30 numbers that none of the three divides.
enum Wheel {
    static let circumference = 30
    static let residues = [1, 7, 11, 13, 17, 19, 23, 29]

    /// Returns the residue that a bit stands for.
    @inline(__always)
    static func residue(ofBit bit: Int) -> Int {
        // Each byte of the constant is a residue.
        (0x1D17_1311_0D0B_0701 >> (8 * bit)) & 0xFF
    }

    /// Returns all bits of a byte except the one that stands for `number`, which must be coprime to 30.
    @inline(__always)
    static func mask(striking number: Int) -> UInt8 {
        // Maps the residues 1, 7, 11, 13, 17, 19, 23, 29 to bits 0 ... 7.
        let bit = number % circumference * 8 / circumference
        return ~(1 << UInt8(truncatingIfNeeded: bit))
    }
}
