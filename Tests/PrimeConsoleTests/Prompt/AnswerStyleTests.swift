import PrimeConsole
import Testing

@Suite
struct AnswerStyleTests {
    @Test(
        arguments: [
            (.microseconds(4), "0.0 ms"), (.microseconds(420), "0.4 ms"), (.microseconds(9940), "9.9 ms"),
            (.microseconds(9960), "10 ms"), (.milliseconds(123), "123 ms"), (.microseconds(999_600), "1.0 s"),
            (.milliseconds(12_340), "12.3 s"), (.milliseconds(59_940), "59.9 s"), (.milliseconds(59_960), "1 min 0 s"),
            (.seconds(125), "2 min 5 s"), (.milliseconds(3_599_400), "59 min 59 s"),
            (.milliseconds(3_599_600), "1 h 0 min"), (.seconds(90_000), "25 h 0 min"),
        ] as [(Duration, String)]
    )
    func `a time has two or three digits, or two units`(duration: Duration, text: String) {
        let plain = AnswerStyle(hasColor: false).line(1_000_000, 15_485_863, after: duration)
        #expect(plain == "prime(1000000) = 15485863  \(text)")
        let dim = AnswerStyle(hasColor: true).line(1_000_000, 15_485_863, after: duration)
        #expect(dim == "prime(1000000) = 15485863  \u{1B}[2m\(text)\u{1B}[0m")
    }
}
