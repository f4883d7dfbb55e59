import Measurement
import Testing

@Suite
struct SamplesTests {
    @Test(arguments: [([3], 3), ([4, 1], 2.5), ([9, 1, 2], 2)] as [([Double], Double)])
    func `the median is the middle value or the mean of the middle two`(times: [Double], median: Double) {
        #expect(Samples(times).median == median)
    }

    @Test
    func `percentiles use the nearest rank`() {
        let samples = Samples((1...200).reversed().map(Double.init))
        #expect(samples.percentile(90) == 180)
        #expect(samples.percentile(99) == 198)
        #expect(samples.percentile(100) == 200)
    }

    @Test
    func `few samples have no percentiles`() {
        #expect(Samples([1, 2, 3]).percentile(99) == nil)
    }

    @Test
    func `the spread is relative to the median`() {
        #expect(Samples([9, 10, 12]).spread == 0.3)
    }

    @Test
    func `operations timed together count as their average`() {
        #expect(Samples(total: .milliseconds(3), operations: 1_000).median == 3_000)
    }
}
