/// Bitmap patterns that strike the multiples of the smallest primes.
///
/// A prime p strikes the same bits in byte i and in byte i + p. So primes p and q together have a pattern of p * q bytes.
/// The AND of one pattern for each group of primes costs less than striking each multiple.
struct PreSieve: Sendable {
    /// Groups whose patterns together take 170 KB.
    ///
    /// They are read in order, so the L2 cache is fast enough.
    static let groups = [
        [7, 11, 13, 17], [19, 23, 29], [31, 37], [41, 43], [47, 53], [59, 61], [67, 71], [73, 79], [83, 89],
        [97, 101], [103, 107], [109, 113], [127, 131], [137, 139], [149, 151], [157, 163],
    ]
    static let largestPrime = groups.joined().max() ?? 0
    /// How many bytes are written at a time.
    static let unit = 128

    /// Bytes between two checks for the end of a pattern; each pattern is longer by this, so that it lasts for a step.
    private static let stepSize = 1024

    private struct Pattern: Sendable {
        var start: Int
        var period: Int
    }

    private let patterns: [Pattern]
    private let storage: [UInt8]

    init() {
        var patterns: [Pattern] = []
        var storage: [UInt8] = []
        for primes in Self.groups {
            let period = primes.reduce(1, *)
            var bytes = [UInt8](repeating: 0xff, count: period + Self.stepSize)
            for prime in primes {
                for cofactor in Wheel.residues {
                    let multiple = prime * cofactor
                    for byte in stride(from: multiple / Wheel.circumference, to: bytes.count, by: prime) {
                        bytes[byte] &= Wheel.mask(striking: multiple)
                    }
                }
            }
            patterns.append(Pattern(start: storage.count, period: period))
            storage += bytes
        }
        self.patterns = patterns
        self.storage = storage
    }

    /// Writes a bitmap without 1 and the multiples of the smallest primes, but with these primes.
    ///
    /// - Parameters:
    ///   - bitmap: The bytes to write; their count must be a multiple of ``unit``.
    ///   - firstByte: The position of the bitmap on the number line, in bytes.
    func fill(_ bitmap: UnsafeMutableRawBufferPointer, firstByte: Int) {
        unsafe self.intersectPatterns(bitmap, firstByte: firstByte)
        if firstByte == 0 { unsafe bitmap[0] &= Wheel.mask(striking: 1) }
        for prime in Self.groups.joined() {
            let byte = prime / Wheel.circumference - firstByte
            if bitmap.indices.contains(byte) { unsafe bitmap[byte] |= ~Wheel.mask(striking: prime) }
        }
    }

    private func intersectPatterns(_ bitmap: UnsafeMutableRawBufferPointer, firstByte: Int) {
        guard let bytes = bitmap.baseAddress else { return }
        unsafe self.storage.withUnsafeBytes { storage in
            guard let storage = storage.baseAddress else { return }
            unsafe withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: self.patterns.count) { cursors in
                for (index, pattern) in self.patterns.enumerated() {
                    unsafe cursors[index] = storage + pattern.start + firstByte % pattern.period
                }
                for step in stride(from: 0, to: bitmap.count, by: Self.stepSize) {
                    let stepEnd = min(step + Self.stepSize, bitmap.count)
                    for byte in stride(from: step, to: stepEnd, by: Self.unit) {
                        var lines = unsafe Lines(at: cursors[0] + (byte - step))
                        for index in 1..<cursors.count {
                            unsafe lines.formIntersection(Lines(at: cursors[index] + (byte - step)))
                        }
                        unsafe lines.store(at: bytes + byte)
                    }
                    for (index, pattern) in self.patterns.enumerated() {
                        let end = unsafe storage + pattern.start + pattern.period
                        unsafe cursors[index] += Self.stepSize
                        while unsafe cursors[index] >= end { unsafe cursors[index] -= pattern.period }
                    }
                }
            }
        }
    }
}

/// Two lines of 64 bytes, in eight vector registers: enough work for each time that a cursor is loaded.
private struct Lines {
    typealias Vector = SIMD2<UInt64>
    typealias Line = (Vector, Vector, Vector, Vector)

    private var a, b: Line

    @inline(__always)
    init(at bytes: UnsafeRawPointer) {
        self.a = unsafe Self.line(at: bytes)
        self.b = unsafe Self.line(at: bytes + 64)
    }

    @inline(__always)
    private static func line(at bytes: UnsafeRawPointer) -> Line {
        unsafe (
            bytes.loadUnaligned(as: Vector.self),
            bytes.loadUnaligned(fromByteOffset: 16, as: Vector.self),
            bytes.loadUnaligned(fromByteOffset: 32, as: Vector.self),
            bytes.loadUnaligned(fromByteOffset: 48, as: Vector.self)
        )
    }

    @inline(__always)
    mutating func formIntersection(_ other: Lines) {
        self.a = (self.a.0 & other.a.0, self.a.1 & other.a.1, self.a.2 & other.a.2, self.a.3 & other.a.3)
        self.b = (self.b.0 & other.b.0, self.b.1 & other.b.1, self.b.2 & other.b.2, self.b.3 & other.b.3)
    }

    @inline(__always)
    func store(at bytes: UnsafeMutableRawPointer) {
        unsafe bytes.storeBytes(of: self.a.0, as: Vector.self)
        unsafe bytes.storeBytes(of: self.a.1, toByteOffset: 16, as: Vector.self)
        unsafe bytes.storeBytes(of: self.a.2, toByteOffset: 32, as: Vector.self)
        unsafe bytes.storeBytes(of: self.a.3, toByteOffset: 48, as: Vector.self)
        unsafe bytes.storeBytes(of: self.b.0, toByteOffset: 64, as: Vector.self)
        unsafe bytes.storeBytes(of: self.b.1, toByteOffset: 80, as: Vector.self)
        unsafe bytes.storeBytes(of: self.b.2, toByteOffset: 96, as: Vector.self)
        unsafe bytes.storeBytes(of: self.b.3, toByteOffset: 112, as: Vector.self)
    }
}
