import PrimeConsole
import Testing

@Suite
struct AnswerStyleTests {
    @Test(
        arguments: [
            (.microseconds(4), "0.0 ms"), (.microseconds(420), "0.4 ms"), (.microseconds(9940), "9.9 ms"),
            (.microseconds(9960), "10 ms"), (.milliseconds(123), "123 ms"), (.microseconds(999_600), "1.0 s"),
            (.milliseconds(12_340), "12.3 s"),
        ] as [(Duration, String)]
    )
    func `a time has two or three digits`(duration: Duration, text: String) {
        let plain = AnswerStyle(hasColor: false).line(1_000_000, 15_485_863, after: duration)
        #expect(plain == "prime(1000000) = 15485863  \(text)")
        let dim = AnswerStyle(hasColor: true).line(1_000_000, 15_485_863, after: duration)
        #expect(dim == "prime(1000000) = 15485863  \u{1B}[2m\(text)\u{1B}[0m")
    }
}
