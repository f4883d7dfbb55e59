import PrimeConsole
import Testing

/// The key decoder on long random input, cut at random places.
@Suite
struct KeyDecoderNoiseTests {
    /// A source of random input, which is the same in every run.
    private struct Source: RandomNumberGenerator {
        private var state: UInt64

        init(seed: UInt64) { self.state = seed }

        /// SplitMix64 (https://prng.di.unimi.it/splitmix64.c).
        mutating func next() -> UInt64 {
            self.state &+= 0x9E37_79B9_7F4A_7C15
            var z = self.state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }

        mutating func bool() -> Bool { Bool.random(using: &self) }

        mutating func byte(_ range: ClosedRange<UInt8>) -> UInt8 { UInt8.random(in: range, using: &self) }

        mutating func bytes(_ range: ClosedRange<UInt8>, count: ClosedRange<Int>) -> [UInt8] {
            (0..<Int.random(in: count, using: &self)).map { _ in self.byte(range) }
        }

        /// Text without control characters, a third of it not ASCII.
        mutating func text(count: ClosedRange<Int>) -> String.UnicodeScalarView {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: count, using: &self) {
                let ranges: [ClosedRange<UInt32>] = [0x20...0x7E, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0x10FFFF]
                let range = ranges[Int.random(in: 0..<ranges.count, using: &self)]
                if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &self)) { text.append(scalar) }
            }
            return text
        }

        /// A C1 control in one of its forms: Esc and a byte, UTF-8, or a single byte.
        mutating func control(_ byte: UInt8) -> [UInt8] {
            switch Int.random(in: 0...2, using: &self) {
            case 0: [0x1B, byte]
            case 1: [0xC2, byte + 0x40]
            default: [byte + 0x40]
            }
        }
    }

    /// Returns a sequence that no key sends.
    private static func report(from source: inout Source) -> [UInt8] {
        let (csi, ss3) = (UInt8(ascii: "["), UInt8(ascii: "O"))
        switch Int.random(in: 0...7, using: &source) {
        // A private marker or an intermediate byte makes it one of no key.
        case 0:
            let parameters = [source.byte(0x3C...0x3F)] + source.bytes(0x30...0x3F, count: 0...80)
            return source.control(csi) + parameters + source.bytes(0x20...0x2F, count: 0...3) + [
                source.byte(0x40...0x7E)
            ]
        case 1:
            let parameters = source.bytes(0x30...0x3F, count: 0...10)
            return source.control(csi) + parameters + source.bytes(0x20...0x2F, count: 1...3) + [
                source.byte(0x40...0x7E)
            ]
        case 2:
            let numbers = source.bytes(0x30...0x3B, count: 1...100)
            return source.control(csi) + numbers + [Array("IORcmntxy".utf8).randomElement(using: &source) ?? 0]
        case 3: return source.control(ss3) + source.bytes(0x30...0x3B, count: 0...5) + [source.byte(0x50...0x57)]
        case 4:
            let introducer = Array("]P_^X".utf8).randomElement(using: &source) ?? 0
            let text = Array(String(source.text(count: 0...100)).utf8)
            return source.control(introducer) + text + (source.bool() ? [0x07] : source.control(UInt8(ascii: "\\")))
        case 5: return [0x1B] + source.bytes(0x20...0x2F, count: 1...3) + [source.byte(0x30...0x7E)]
        // Any byte may follow, but some pairs could be one character of mode 1005 as well.
        case 6:
            let button = source.bool() ? source.byte(0x00...0xBF) : source.byte(0xF5...0xFF)
            return source.control(csi) + [UInt8(ascii: "M"), button, source.byte(0xC2...0xF4)]
                + source.bytes(0...0x7F, count: 1...1)
        default:
            let starts: [[UInt8]] = [source.control(csi), source.control(ss3), source.control(UInt8(ascii: "]"))]
            let start = starts.randomElement(using: &source) ?? []
            return start + source.bytes(0x30...0x3F, count: 1...5) + [source.bool() ? 0x18 : 0x1A]
        }
    }

    /// Returns a paste and its keys.
    private static func paste(from source: inout Source) -> (bytes: [UInt8], keys: [Key]) {
        var (bytes, keys): ([UInt8], [Key]) = ([], [])
        for _ in 0..<Int.random(in: 0...5, using: &source) {
            let text = source.text(count: 1...20)
            bytes += String(text).utf8
            keys += text.map(Key.scalar)
            switch Int.random(in: 0...2, using: &source) {
            case 0:
                bytes += ["\r", "\n", "\r\n"].randomElement(using: &source)?.utf8 ?? "".utf8
                keys.append(.enter)
            case 1: bytes.append(source.byte(0x00...0x07))
            default:
                // In a paste the start of a report of the mouse is a complete sequence.
                let sequence = Self.report(from: &source)
                bytes += sequence.contains(UInt8(ascii: "M")) ? [] : sequence
            }
        }
        return (Array("\u{1B}[200~".utf8) + bytes + Array("\u{1B}[201~".utf8), keys)
    }

    private static func chunks(of bytes: [UInt8], from source: inout Source) -> [ArraySlice<UInt8>] {
        var (chunks, rest): ([ArraySlice<UInt8>], ArraySlice<UInt8>) = ([], bytes[...])
        while !rest.isEmpty {
            chunks.append(rest.prefix(Int.random(in: 1...40, using: &source)))
            rest = rest.dropFirst(chunks[chunks.count - 1].count)
        }
        return chunks
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `in a million bytes only the text outside sequences is text`(seed: UInt64) throws {
        var source = Source(seed: seed)
        var (bytes, keys): ([UInt8], [Key]) = ([], [])
        while bytes.count < 1_000_000 {
            switch Int.random(in: 0...9, using: &source) {
            case 0...3:
                let text = source.text(count: 0...20)
                bytes += String(text).utf8
                keys += text.map(Key.scalar)
            case 4:
                let paste = Self.paste(from: &source)
                bytes += paste.bytes
                keys += paste.keys
            default: bytes += Self.report(from: &source)
            }
        }
        var decoder = KeyDecoder()
        let decoded = Self.chunks(of: bytes, from: &source).flatMap { decoder.keys(in: $0) }
        let difference = zip(decoded, keys).enumerated().first { $1.0 != $1.1 }
        #expect(difference == nil)
        #expect(decoded.count == keys.count)
        // The sequences are most of the input, and still there is much text.
        try #require(keys.count > 100_000)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a million bytes of noise give the same keys however they are cut`(seed: UInt64) {
        var source = Source(seed: seed)
        // A third of the bytes come from the starts and ends of sequences.
        let special =
            Array("\u{1B}\u{1B}\u{1B}[[O]P_^X\\M~;:0123456789\u{07}\u{18}\u{1A}\r\n".utf8) + [0x9B, 0x9C, 0x9D]
        let bytes = (0..<1_000_000).map { _ in
            Int.random(in: 0...2, using: &source) == 0
                ? special.randomElement(using: &source) ?? 0 : source.byte(0x00...0xFF)
        }
        var (whole, cut, byByte) = (KeyDecoder(), KeyDecoder(), KeyDecoder())
        let keys = whole.keys(in: bytes)
        #expect(Self.chunks(of: bytes, from: &source).flatMap { cut.keys(in: $0) } == keys)
        #expect(bytes.flatMap { byByte.keys(in: CollectionOfOne($0)) } == keys)
    }

    @Test
    func `after any bytes and a long silence Enter is Enter`() {
        var source = Source(seed: 1)
        for _ in 0..<2000 {
            var decoder = KeyDecoder()
            let noise = source.bytes(0x00...0xFF, count: 0...40)
            _ = decoder.keys(in: noise)
            _ = decoder.key(after: .short)
            _ = decoder.key(after: .long)
            #expect(decoder.keys(in: "1\r".utf8) == [.scalar("1"), .enter], "\(noise)")
        }
    }
}
