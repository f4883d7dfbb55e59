import NIOCore
import PrimeServer
import Testing

@Suite
struct LatencyHistogramTests {
    @Test
    func `classes double from a microsecond to seventeen seconds`() {
        let bounds = LatencyHistogram.upperBounds
        #expect(bounds.first == .nanoseconds(1024))
        #expect(bounds.last == .nanoseconds(17_179_869_184))
        #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $1.nanoseconds == 2 * $0.nanoseconds })
    }

    @Test
    func `a time belongs to the first class that it does not exceed`() {
        for (place, bound) in LatencyHistogram.upperBounds.enumerated() {
            let histogram = LatencyHistogram()
            histogram.record(bound, requestCount: 3)
            histogram.record(bound + .nanoseconds(1), requestCount: 1)
            let counts = histogram.snapshot.counts
            #expect(counts[place] == 3)
            #expect(counts[place + 1] == 1)
            #expect(counts.reduce(0, +) == 4)
        }
    }

    @Test
    func `no time and a day have their classes, and the total is that of all requests`() {
        let histogram = LatencyHistogram()
        histogram.record(.zero, requestCount: 2)
        histogram.record(.hours(24), requestCount: 5)
        #expect(histogram.snapshot.counts.first == 2)
        #expect(histogram.snapshot.counts.last == 5)
        #expect(histogram.snapshot.total == .hours(120))
    }

    @Test
    func `two are added class by class`() {
        let histogram = LatencyHistogram()
        histogram.record(.milliseconds(1), requestCount: 2)
        var sum = histogram.snapshot
        sum += histogram.snapshot
        #expect(sum.counts == histogram.snapshot.counts.map { 2 * $0 })
        #expect(sum.total == .milliseconds(4))
    }
}
