import Foundation
import Measurement
import NthPrime

/// The memory of a filled index, as the index and as the kernel report it.
struct MemoryReading: CustomStringConvertible {
    private let residency: Residency
    private let process = ProcessUsage().residentBytes

    /// Reads the memory of the process.
    ///
    /// - Parameter residency: The index's own report.
    init(residency: Residency) {
        self.residency = residency
    }

    var description: String {
        let percent = FloatingPointFormatStyle<Double>.Percent(locale: Locale(identifier: "en_US"))
        let share = self.residency.share.formatted(percent.precision(.fractionLength(1)))
        let process = self.process.map { ", \(ByteCount($0)) for the whole process (VmRSS)" } ?? ""
        return """
            memory: \(self.residency.blocks) blocks resident, \(share) of all, \
            \(ByteCount(self.residency.bytes)) reported by the index\(process)
            """
    }
}
