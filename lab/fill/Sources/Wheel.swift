/// The wheel of 2, 3 and 5: a byte of the bitmap stands for the eight of 30 numbers that none of them divides.
enum Wheel {
    static let circumference = 30
    static let residues = [1, 7, 11, 13, 17, 19, 23, 29]

    /// The byte's bits except that of `number`, which must be coprime to 30.
    @inline(__always)
    static func mask(striking number: Int) -> UInt8 {
        // Residues 1, 7, 11, 13, 17, 19, 23, 29 to bits 0 ... 7.
        let bit = number % circumference * 8 / circumference
        return ~(1 << UInt8(truncatingIfNeeded: bit))
    }
}
