import Measurement
import Testing

@Suite
struct TimeTextTests {
    @Test(
        arguments: [
            (0.5, "0.500 ns"), (8.126, "8.13 ns"), (9.996, "10.0 ns"), (99.96, "100 ns"),
            (999.4, "999 ns"), (999.6, "1.00 µs"),
            (8_130, "8.13 µs"), (3_863_000, "3.86 ms"), (1e10, "10.0 s"),
        ] as [(Double, String)]
    )
    func `a time has three digits and a fitting unit`(nanoseconds: Double, text: String) {
        #expect(TimeText(nanoseconds: nanoseconds).description == text)
    }
}
