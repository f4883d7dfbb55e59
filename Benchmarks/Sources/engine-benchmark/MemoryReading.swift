import Foundation
import Measurement
import NthPrime

/// How much memory a filled index takes: by its own account, and by the system's.
struct MemoryReading: CustomStringConvertible {
    private let residency: Residency
    private let process = ProcessUsage().residentBytes

    /// Reads the process's memory now.
    ///
    /// - Parameter residency: The index's own account.
    init(residency: Residency) {
        self.residency = residency
    }

    var description: String {
        let percent = FloatingPointFormatStyle<Double>.Percent(locale: Locale(identifier: "en_US"))
        let share = self.residency.share.formatted(percent.precision(.fractionLength(1)))
        let process = self.process.map { ", \(ByteCount($0)) the whole process (VmRSS)" } ?? ""
        return """
            memory: \(self.residency.blocks) blocks resident, \(share) of all, \
            \(ByteCount(self.residency.bytes)) by the index's account\(process)
            """
    }
}
