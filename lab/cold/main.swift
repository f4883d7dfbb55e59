#if canImport(Glibc)
import Glibc
#endif

struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

func nanoseconds() -> Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// Independent check: a plain segmented sieve over all numbers, with remainders.
let basePrimes: [Int] = {
    var composite = [Bool](repeating: false, count: 323_500)
    var primes: [Int] = []
    for i in 2..<composite.count where !composite[i] {
        primes.append(i)
        var m = i * i
        while m < composite.count { composite[m] = true; m += i }
    }
    return primes
}()

func plainPrimes(from start: Int, to end: Int) -> [Int] {
    var composite = [Bool](repeating: false, count: end - start)
    for p in basePrimes {
        if p * p >= end { break }
        var m = max(p * p, (start + p - 1) / p * p)
        while m < end { composite[m - start] = true; m += p }
    }
    return (max(3, start)..<end).filter { !composite[$0 - start] }
}

func inverseLi(_ m: Double) -> Double {
    // Newton on Li by Ramanujan-free means: li by its series.
    func li(_ x: Double) -> Double {
        let l = log(x)
        var sum = 0.5772156649015329 + log(l), term = 1.0
        for k in 1...200 { term *= l / Double(k); sum += term / Double(k) }
        return sum
    }
    var x = max(10, m * log(m + 2))
    for _ in 0..<12 { x = max(5, x - (li(x) - m) * log(x)) }
    return x
}

func percentile(_ sorted: [Int], _ q: Double) -> Double {
    Double(sorted[min(sorted.count - 1, Int(q * Double(sorted.count)))]) / 1000
}

let setupTimes = (0..<7).map { _ in
    let t = nanoseconds()
    let s = BlockSieve()
    let d = nanoseconds() - t
    precondition(s.table.primes.count > 0)
    return d
}
let sieve = BlockSieve()
let scratch = SieveScratch()
var bitmapWords = [UInt64](repeating: 0, count: Block.odds / 64)
@MainActor func bitmap(_ block: Int) {
    var span = bitmapWords.mutableSpan
    sieve.bitmap(ofBlock: block, into: &span, scratch: scratch)
}
let mode = CommandLine.arguments.dropFirst().first ?? "bench"
var rng = SplitMix(state: UInt64(CommandLine.arguments.dropFirst(2).first ?? "1")!)

@MainActor func checkBlock(_ block: Int, step: Int = 1) {
    let start = block * Block.length
    let expected = plainPrimes(from: start, to: start + Block.length)
    var k = step == 1 ? 1 : Int.random(in: 1...step, using: &rng)
    while k <= expected.count {
        let found = sieve.prime(k, of: expected.count, inBlock: block, scratch: scratch)
        if found != expected[k - 1] { print("WRONG block \(block) k \(k): \(found) != \(expected[k - 1])"); exit(1) }
        k += step
    }
    bitmap(block)
    var listed: [Int] = []
    for (w, word) in bitmapWords.enumerated() {
        for b in 0..<64 where word >> UInt64(b) & 1 == 1 { listed.append(start + 2 * (w * 64 + b) + 1) }
    }
    if listed != expected { print("WRONG bitmap \(block)"); exit(1) }
}

@MainActor func sample(_ count: Int) -> [(block: Int, k: Int, c: Int)] {
    (0..<count).map { _ in
        let x = inverseLi(Double(UInt32.random(in: 1...UInt32.max, using: &rng)))
        let block = min(Block.count - 1, Int(x) / Block.length)
        let c = plainPrimes(from: block * Block.length, to: (block + 1) * Block.length).count
        return (block, Int.random(in: 1...c, using: &rng), c)
    }
}

switch mode {
case "check":
    for block in 0..<40 { checkBlock(block) }
    print("first 40 blocks: every k")
    for block in Block.count - 20..<Block.count { checkBlock(block) }
    print("last 20 blocks: every k")
    for _ in 0..<2000 { checkBlock(Int.random(in: 0..<Block.count, using: &rng), step: 37) }
    print("2000 random blocks: every 37th k")
    for _ in 0..<200 { checkBlock(Int.random(in: 0..<Block.count, using: &rng)) }
    print("200 random blocks: every k")
    for _ in 0..<200 {
        let b = Int(exp(Double.random(in: 0...log(Double(Block.count - 1)), using: &rng)))
        checkBlock(b, step: 7)
    }
    print("200 log-random blocks: every 7th k; all right")
case "bench":
    let queries = sample(3000)
    var report = ""
    for _ in 0..<5 {
        var times: [Int] = []
        var whole: [Int] = []
        var sum = 0
        for q in queries {
            let t = nanoseconds()
            sum &+= sieve.prime(q.k, of: q.c, inBlock: q.block, scratch: scratch)
            times.append(nanoseconds() - t)
        }
        for q in queries {
            let t = nanoseconds()
            bitmap(q.block)
            whole.append(nanoseconds() - t)
        }
        times.sort()
        whole.sort()
        report += "select median \(percentile(times, 0.5)) p90 \(percentile(times, 0.9)) p99 \(percentile(times, 0.99))"
            + " mean \(Double(times.reduce(0, +)) / Double(times.count) / 1000)"
            + " | whole median \(percentile(whole, 0.5))"
            + " p90 \(percentile(whole, 0.9)) p99 \(percentile(whole, 0.99)) \(sum & 1)\n"
    }
    print("block \(Block.length), tables \(sieve.table.byteCount) bytes, set-up µs \(setupTimes.map { $0 / 1000 })")
    print(report)
case "turn":
    // Rounds of 1000 queries; per round the percentiles in µs of one prime, and the median of a whole block; in the
    // last round 4 MB of other memory is written before each query, so that tables are in no cache but the last.
    let queries = sample(1000)
    var other = [UInt64](repeating: 0, count: 1 << 19)
    for round in 0..<4 {
        var times: [Int] = []
        var whole: [Int] = []
        for q in queries {
            if round == 3 { for i in stride(from: 0, to: other.count, by: 8) { other[i] &+= UInt64(q.k) } }
            let t = nanoseconds()
            let p = sieve.prime(q.k, of: q.c, inBlock: q.block, scratch: scratch)
            times.append(nanoseconds() - t)
            precondition(p > 2)
        }
        for q in queries {
            let t = nanoseconds()
            bitmap(q.block)
            whole.append(nanoseconds() - t)
        }
        times.sort()
        whole.sort()
        print(percentile(times, 0.5), percentile(times, 0.9), percentile(times, 0.99), percentile(whole, 0.5))
    }
case "list":
    // list <seed> <block>: all odd primes of the block by rank, to compare with primesieve.
    let block = Int(CommandLine.arguments[3])!
    let c = Int(CommandLine.arguments[4])!
    for k in 1...c { print(sieve.prime(k, of: c, inBlock: block, scratch: scratch)) }
case "freq":
    for _ in 0..<5 {
        var x: UInt64 = UInt64(CommandLine.arguments.count)
        let t = nanoseconds()
        for i in 0..<1_000_000 as Range<UInt64> { x = (x &* x) ^ i }
        print("cycles/ns", 4e6 / Double(nanoseconds() - t), x & 1)
    }
case "phases":
    // The phases of BlockSieve.sieve and select, one after the other, with the clock between them.
    let queries = sample(2000)
    var times = [[Int]](repeating: [], count: 6)
    var hitTotal = 0, lengthTotal = 0, groupTotal = 0, mediumTotal = 0, fails = 0
    var best = [Int](repeating: .max, count: 6)
    for _ in 0..<8 {
        for i in 0..<6 { times[i] = [] }
        for q in queries where q.block > 400 {
            let plan = sieve.plan(q.k, of: q.c, inBlock: q.block)
            let range = sieve.largeGroups(origin: plan.origin, length: plan.length)
            var t = [nanoseconds()]
            sieve.copyPattern(origin: plan.origin, length: plan.length, scratch: scratch)
            t.append(nanoseconds())
            sieve.strikeMediumPrimes(origin: plan.origin, length: plan.length, groups: range.lowerBound,
                scratch: scratch)
            t.append(nanoseconds())
            let hits = sieve.listHits(
                origin: plan.origin, length: plan.length, groups: range, scratch: scratch)
            t.append(nanoseconds())
            sieve.strikeHits(hits, origin: plan.origin, length: plan.length, scratch: scratch)
            t.append(nanoseconds())
            let index = sieve.select(plan.rank, length: plan.length, scratch: scratch)
            t.append(nanoseconds())
            t.append(nanoseconds())
            if index < 0 { fails += 1 }
            hitTotal += hits
            lengthTotal += plan.length
            groupTotal += range.count * SievingPrimes.groupSize
            mediumTotal += range.lowerBound * SievingPrimes.groupSize
            for i in 0..<6 { times[i].append(t[i + 1] - t[i]) }
        }
        for i in 0..<6 { best[i] = min(best[i], times[i].sorted()[times[i].count / 2]) }
    }
    let n = times[0].count
    for i in 0..<6 {
        print(["pattern", "medium", "large", "hits", "select", "clock"][i], best[i], terminator: i < 5 ? " " : "\n")
    }
    print("mean hits \(hitTotal / n / 8), length \(lengthTotal / n / 8), large primes \(groupTotal / n / 8),"
        + " medium primes \(mediumTotal / n / 8), fails \(Double(fails) / Double(8 * n))")
case "loop":
    let queries = sample(1000)
    var sum = 0
    for _ in 0..<200 {
        for q in queries { sum &+= sieve.prime(q.k, of: q.c, inBlock: q.block, scratch: scratch) }
    }
    print(sum)
case "wholeloop":
    let queries = sample(1000)
    for _ in 0..<100 {
        for q in queries {
            bitmap(q.block)
        }
    }
default: print("check | bench | loop")
}
