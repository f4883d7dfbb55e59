import Testing

@testable import engine_benchmark

@Suite
struct MemoryBudgetTests {
    @Test(arguments: ["", "0", "-1", "1 GB", "everything"])
    func `an invalid amount is refused`(argument: String) {
        #expect(MemoryBudget(argument: argument) == nil)
    }

    @Test
    func `a number of bytes is used unchanged`() throws {
        let budget = try #require(MemoryBudget(argument: "67108864"))
        #expect(budget.fitted(into: 1_000) == (67_108_864, nil))
    }

    @Test(arguments: [nil, 8_000_000_000])
    func `all means the whole domain if it fits or free memory is unknown`(available: Int?) throws {
        let budget = try #require(MemoryBudget(argument: "all"))
        #expect(budget.fitted(into: available) == (.max, nil))
    }

    @Test
    func `all means three quarters of free memory if the domain does not fit`() throws {
        let fitted = try #require(MemoryBudget(argument: "all")).fitted(into: 2 << 30)
        #expect(fitted.bytes == 3 << 29)
        #expect(fitted.remark == "the whole domain needs 3.73 GiB, only 2.00 GiB are free; using 1.50 GiB")
    }
}
