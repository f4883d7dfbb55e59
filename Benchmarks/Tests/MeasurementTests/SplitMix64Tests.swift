import Measurement
import Testing

@Suite
struct SplitMix64Tests {
    @Test
    func `the generator repeats the published sequence`() {
        // Source: the seed and outputs of Rosetta Code's task "Pseudo-random numbers/Splitmix64".
        var random = SplitMix64(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
    }

    @Test
    func `ordinals stay in their range`() {
        var random = SplitMix64(seed: 7)
        #expect(Set(random.ordinals(1_000, upTo: 3)) == [1, 2, 3])
    }
}
