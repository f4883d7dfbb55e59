import Measurement
import Testing

@Suite
struct ReportTests {
    static let cold = Report.Case("cold", target: .ratio(atLeast: 2))
    static let resident = Report.Case("resident", target: .nanoseconds(atMost: 100))

    @Test
    func `the table shows the medians over all turns`() {
        var report = Report()
        for (ours, peer) in [(8_000, 40_000), (9_000, 18_000), (10_000, 25_000)] as [(Double, Double)] {
            report.add(Turn(ours: Samples([ours]), peer: Samples([peer])), to: Self.cold)
            report.add(Turn(ours: Samples([ours / 75])), to: Self.resident)
        }
        #expect(
            report.description == """
                case       median  spread  p90  p99     peer  ratio     target  met
                cold      9.00 µs    22 %    -    -  25.0 µs  2.50x   >= 2.00x  yes
                resident   120 ns    22 %    -    -        -      -  <= 100 ns   no
                """
        )
    }

    @Test
    func `without a peer, a ratio target is neither met nor missed`() {
        var report = Report()
        report.add(Turn(ours: Samples([8_000])), to: Self.cold)
        #expect(report.description.hasSuffix("-  >= 2.00x    -"))
    }

    @Test(
        arguments: [
            (8_000, 16_000, 90, "2 of 2 targets met"),
            (8_000, 16_000, 110, "1 of 2 targets met; not met on this machine, in this run: resident"),
            (8_000, 15_000, 110, "0 of 2 targets met; not met on this machine, in this run: cold; resident"),
            (8_000, nil, 90, "1 of 1 targets met; 1 not compared, without their peers"),
            (
                8_000, nil, 110,
                "0 of 1 targets met; 1 not compared, without their peers; not met on this machine, in this run: resident"
            ),
        ] as [(Double, Double?, Double, String)]
    )
    func `the summary counts the targets, and does not call one that is not met a failure`(
        cold: Double,
        peer: Double?,
        resident: Double,
        summary: String
    ) {
        var report = Report()
        report.add(Turn(ours: Samples([cold]), peer: peer.map { Samples([$0]) }), to: Self.cold)
        report.add(Turn(ours: Samples([resident])), to: Self.resident)
        report.add(Turn(ours: Samples([1])), to: Report.Case("without a target"))
        #expect(report.summary == summary)
    }

    @Test
    func `percentiles are shown from 100 samples on`() {
        var report = Report()
        report.add(Turn(ours: Samples((1...100).map(Double.init))), to: Self.resident)
        #expect(report.description.contains("50.5 ns       -  90.0 ns  99.0 ns"))
    }
}
