import Glibc
import Testing

@testable import NthPrime

/// The lifetime of a fill and of its threads.
@Suite(.timeLimit(.minutes(2)))
struct FillTests {
    /// The memory for five runs of blocks, so that several threads have work.
    private static let budget = 20 << 20

    /// Starts a fill, and cancels it when it has published blocks.
    private static func fillInPart(_ index: PrimeIndex, workers: Int) async throws {
        let blocks = index.residency.blocks
        let fill = Task { try await index.fill(workers: workers) }
        while index.residency.blocks == blocks { await Task.yield() }
        fill.cancel()
        try await fill.value
    }

    @Test
    func `look-ups are answered while a fill runs to its end`() async throws {
        let plain = try PrimeIndex()
        let index = try PrimeIndex(memoryBudget: 64 << 20)
        #expect(index.residency.blocks == 0)
        async let filled: Void = index.fill(workers: 2)
        var seen = index.residency
        var ordinal: UInt32 = 1
        while !seen.isComplete {
            #expect(index.prime(at: ordinal) == plain.prime(at: ordinal))
            ordinal = (ordinal &* 1_103_515_245 &+ 12_345) % 120_000_000 + 1
            let now = index.residency
            #expect(now.blocks >= seen.blocks && now.share >= seen.share && now.bytes >= seen.bytes)
            seen = now
            // On one core, the fill needs this thread to start.
            await Task.yield()
        }
        try await filled
        #expect(seen.blocks == 65_536)
        // π(65,536 · 30,720) = π(2,013,265,920), by primecount.
        #expect(seen.primes == 98_842_358)
        #expect(abs(seen.share - 98_842_358 / 4_294_967_295) < 1e-12)
    }

    /// It runs in its own process, where no other test delays the call.
    @Test
    func `a cancelled fill returns before its threads end, and these release the memory`() async {
        await #expect(processExitsWith: .success) {
            weak var memory: ResidentBlocks?
            do {
                let index = try PrimeIndex(memoryBudget: .max)
                memory = index.resident
                // Many threads need longer to end than the call to return.
                try await Self.fillInPart(index, workers: 64)
                #expect(!index.residency.isComplete)
            }
            #expect(memory != nil)
            var published = 0
            while let blocks = memory {
                published = max(published, blocks.count)
                await Task.yield()
            }
            // The threads did not fill the rest first.
            #expect(published < Block.count / 2)
        }
    }

    @Test
    func `an index that was never filled releases its memory at once`() throws {
        var index: PrimeIndex? = try PrimeIndex(memoryBudget: .max)
        weak let gone = index
        weak let memory = index?.resident
        #expect(index?.residency.isComplete == false)
        index = nil
        #expect(gone == nil && memory == nil)
    }

    @Test
    func `a fill in a cancelled task sieves nothing`() async throws {
        let index = try PrimeIndex(memoryBudget: Self.budget)
        let fill = Task {
            while !Task.isCancelled { await Task.yield() }
            try await index.fill()
        }
        fill.cancel()
        try await fill.value
        #expect(index.residency.blocks == 0)
    }

    @Test(arguments: [1, 3])
    func `a fill continues after a cancelled one`(workers: Int) async throws {
        let plain = try PrimeIndex()
        let index = try PrimeIndex(memoryBudget: Self.budget)
        try await Self.fillInPart(index, workers: workers)
        let inPart = index.residency
        #expect(inPart.blocks > 0)
        try await index.fill(workers: workers)
        #expect(index.residency.isComplete)
        #expect(index.residency.blocks == Self.budget / 1024)
        for ordinal in stride(from: 1, through: index.residency.primes, by: 997) {
            let prime = index.residentPrime(at: ordinal)
            #expect(prime != nil && prime == plain.prime(at: ordinal))
        }
    }

    /// Both calls wait for the same end.
    @Test
    func `fills at the same time share the work`() async throws {
        let index = try PrimeIndex(memoryBudget: Self.budget)
        async let one: Void = index.fill(workers: 1)
        async let other: Void = index.fill(workers: 2)
        _ = try await (one, other)
        #expect(index.residency.isComplete)
        // Returns, because nothing is left to do.
        try await index.fill()
    }

    @Test
    func `a cancelled fill leaves its threads to another`() async throws {
        let index = try PrimeIndex(memoryBudget: 64 << 20)
        let cancelled = Task { try await index.fill(workers: 2) }
        async let other: Void = index.fill(workers: 1)
        while index.residency.blocks == 0 { await Task.yield() }
        cancelled.cancel()
        try await cancelled.value
        try await other
        #expect(index.residency.isComplete)
    }

    // MARK: - Shortage

    /// Limits how many more threads this process can start: the address space has no room for another stack.
    private static func allowThreads(_ count: Int) throws {
        var attributes = pthread_attr_t()
        var stackBytes = 0
        try #require(unsafe pthread_attr_init(&attributes) == 0)
        try #require(unsafe pthread_attr_getstacksize(&attributes, &stackBytes) == 0)
        let file = try unsafe #require(fopen("/proc/self/statm", "r"))
        var text = [CChar](repeating: 0, count: 100)
        try #require(unsafe fgets(&text, Int32(text.count), file) != nil)
        unsafe fclose(file)
        let usedBytes = unsafe atol(&text) * sysconf(Int32(_SC_PAGESIZE))
        let limit = rlim_t(usedBytes + count * stackBytes + stackBytes / 2)
        var limits = rlimit(rlim_cur: limit, rlim_max: limit)
        try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limits) == 0)
    }

    @Test
    func `a fill throws if the system starts no thread`() async {
        await #expect(processExitsWith: .success) {
            let index = try PrimeIndex(memoryBudget: Self.budget)
            try Self.allowThreads(0)
            let error = await #expect(throws: PrimeIndexError.self) { try await index.fill(workers: 2) }
            #expect(error?.code == .noThreads)
            #expect(index.residency.blocks == 0)
        }
    }

    @Test
    func `a fill works with fewer threads if the system starts no more`() async {
        await #expect(processExitsWith: .success) {
            let index = try PrimeIndex(memoryBudget: Self.budget)
            try Self.allowThreads(1)
            try await index.fill(workers: 2)
            #expect(index.residency.isComplete)
        }
    }
}
