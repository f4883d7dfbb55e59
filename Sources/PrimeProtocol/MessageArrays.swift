/// Messages that stand one behind another in memory: what both sides have to read and write by the million.
extension PrimeRequest {
    /// Reads one of several requests.
    ///
    /// - Parameters:
    ///   - index: Its place among them, from 0.
    ///   - bytes: The requests; there must be more than `index` of them.
    ///   - byteOrder: The order of the bytes in them.
    @inlinable
    package init(at index: Int, of bytes: UnsafeRawBufferPointer, byteOrder: ByteOrder) {
        let word = unsafe bytes.loadUnaligned(fromByteOffset: index &* Self.byteCount, as: UInt32.self)
        self.init(ordinal: byteOrder == .big ? UInt32(bigEndian: word) : UInt32(littleEndian: word))
    }

    /// Writes one of several requests.
    ///
    /// - Parameters:
    ///   - ordinal: M.
    ///   - index: Its place among them, from 0.
    ///   - bytes: Room for more than `index` requests.
    ///   - byteOrder: The order of the bytes in them.
    @inlinable
    package static func write(
        _ ordinal: UInt32,
        at index: Int,
        of bytes: UnsafeMutableRawBufferPointer,
        byteOrder: ByteOrder
    ) {
        let word = byteOrder == .big ? ordinal.bigEndian : ordinal.littleEndian
        unsafe bytes.storeBytes(of: word, toByteOffset: index &* Self.byteCount, as: UInt32.self)
    }
}

extension PrimeAnswer {
    /// Reads one of several answers.
    ///
    /// - Parameters:
    ///   - index: Its place among them, from 0.
    ///   - bytes: The answers; there must be more than `index` of them.
    ///   - byteOrder: The order of the bytes in them.
    /// - Returns: The prime; 0 where there is none.
    @inlinable
    package static func prime(at index: Int, of bytes: UnsafeRawBufferPointer, byteOrder: ByteOrder) -> UInt64 {
        let word = unsafe bytes.loadUnaligned(fromByteOffset: index &* Self.byteCount, as: UInt64.self)
        return byteOrder == .big ? UInt64(bigEndian: word) : UInt64(littleEndian: word)
    }

    /// Writes one of several answers.
    ///
    /// - Parameters:
    ///   - prime: The prime; 0 where there is none.
    ///   - index: Its place among them, from 0.
    ///   - bytes: Room for more than `index` answers.
    ///   - byteOrder: The order of the bytes in them.
    @inlinable
    package static func write(
        _ prime: UInt64,
        at index: Int,
        of bytes: UnsafeMutableRawBufferPointer,
        byteOrder: ByteOrder
    ) {
        let word = byteOrder == .big ? prime.bigEndian : prime.littleEndian
        unsafe bytes.storeBytes(of: word, toByteOffset: index &* Self.byteCount, as: UInt64.self)
    }
}
