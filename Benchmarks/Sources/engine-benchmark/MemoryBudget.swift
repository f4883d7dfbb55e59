import ArgumentParser
import Measurement
import NthPrime

/// How much memory the filled index may take: bytes, or `all` for the whole domain.
enum MemoryBudget: ExpressibleByArgument {
    case bytes(Int)
    case all

    /// 3.5 GB of bitmaps, what finds the bits, and some room for the rest of the program.
    private static let wholeDomain = 4_000_000_000

    init?(argument: String) {
        if argument == "all" {
            self = .all
        } else if let bytes = Int(argument), bytes > 0 {
            self = .bytes(bytes)
        } else {
            return nil
        }
    }

    /// The budget that fits into this machine now, and a line that tells if it is smaller than what was asked for.
    ///
    /// - Parameter available: The machine's free memory in bytes, if it is known.
    /// - Returns: The budget in bytes, `.max` for the whole domain.
    func fitted(into available: Int?) -> (bytes: Int, remark: String?) {
        switch self {
        case .bytes(let bytes): return (bytes, nil)
        case .all:
            guard let available, available < Self.wholeDomain else { return (.max, nil) }
            // A quarter stays free for what runs beside.
            let bytes = available / 4 * 3
            let remark = """
                the whole domain needs \(ByteCount(Self.wholeDomain)), only \(ByteCount(available)) are free: \
                taking \(ByteCount(bytes))
                """
            return (bytes, remark)
        }
    }
}
