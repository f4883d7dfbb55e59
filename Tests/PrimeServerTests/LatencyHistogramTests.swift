import NIOCore
import PrimeServer
import Testing

@Suite
struct LatencyHistogramTests {
    private static let upperBounds = ServerStatistics.Latency.upperBounds

    @Test
    func `upper bounds double from 1 µs to 17 s`() {
        #expect(Self.upperBounds.first == .nanoseconds(1024))
        #expect(Self.upperBounds.last == .nanoseconds(17_179_869_184))
        #expect(zip(Self.upperBounds, Self.upperBounds.dropFirst()).allSatisfy { $1 == $0 * 2 })
    }

    @Test
    func `a latency belongs to the first class whose bound it does not exceed`() {
        for (index, bound) in Self.upperBounds.enumerated() {
            let histogram = LatencyHistogram()
            histogram.record(TimeAmount(bound), requestCount: 3)
            histogram.record(TimeAmount(bound) + .nanoseconds(1), requestCount: 1)
            let counts = histogram.snapshot.counts
            #expect(counts[index] == 3)
            #expect(counts[index + 1] == 1)
            #expect(counts.reduce(0, +) == 4)
        }
    }

    @Test
    func `the first class has a latency of 0, the last one a day, and the total counts every request`() {
        let histogram = LatencyHistogram()
        histogram.record(.zero, requestCount: 2)
        histogram.record(.hours(24), requestCount: 5)
        #expect(histogram.snapshot.counts.first == 2)
        #expect(histogram.snapshot.counts.last == 5)
        #expect(histogram.snapshot.total == .seconds(120 * 3600))
    }

    @Test
    func `two histograms are added class by class`() {
        let histogram = LatencyHistogram()
        histogram.record(.milliseconds(1), requestCount: 2)
        var sum = histogram.snapshot
        sum += histogram.snapshot
        #expect(sum.counts == histogram.snapshot.counts.map { 2 * $0 })
        #expect(sum.total == .milliseconds(4))
    }
}
