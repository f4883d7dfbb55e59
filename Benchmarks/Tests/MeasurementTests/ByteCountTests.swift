import Measurement
import Testing

@Suite
struct ByteCountTests {
    @Test(arguments: [(17, "17 bytes"), (64 << 20, "64.0 MiB"), (3_737_000_000, "3.48 GiB")])
    func `an amount has three digits and a fitting unit`(bytes: Int, text: String) {
        #expect(ByteCount(bytes).description == text)
    }
}
