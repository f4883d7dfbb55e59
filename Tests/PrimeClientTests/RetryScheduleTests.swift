import PrimeClient
import Testing

@Suite
struct RetryScheduleTests {
    @Test(arguments: [(1, 0.1), (2, 0.2), (3, 0.4), (6, 3.2), (7, 5.0), (1000, 5.0)])
    func `a pause doubles with each failure up to five seconds, give or take a quarter`(failures: Int, seconds: Double)
    {
        var generator = SystemRandomNumberGenerator()
        let pauses = (0..<1000).map { _ in
            RetrySchedule().pause(after: failures, using: &generator) / .seconds(1)
        }
        #expect(pauses.allSatisfy { $0 >= 0.749 * seconds && $0 <= 1.251 * seconds })
        #expect(pauses.contains { $0 < 0.9 * seconds })
        #expect(pauses.contains { $0 > 1.1 * seconds })
    }
}
