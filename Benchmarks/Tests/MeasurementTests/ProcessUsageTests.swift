import Measurement
import Testing

@Suite
struct ProcessUsageTests {
    @Test
    func `this process has memory and CPU time`() throws {
        #expect(try #require(ProcessUsage().residentBytes) > 1 << 20)
        #expect(try #require(ProcessUsage().processorTime) >= 0)
    }

    @Test
    func `a process that does not exist has neither`() {
        // Linux's largest process ID is 4,194,304.
        #expect(ProcessUsage(of: .max).residentBytes == nil)
        #expect(ProcessUsage(of: .max).processorTime == nil)
    }
}
