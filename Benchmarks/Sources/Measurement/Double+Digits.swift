import Foundation

extension Double {
    /// The number with three significant digits: 0.270, 8.13, 591.
    ///
    /// The text does not depend on the system's locale.
    var threeDigits: String {
        self.formatted(.number.precision(.significantDigits(3)).grouping(.never).locale(Locale(identifier: "en_US")))
    }

    /// Returns the nearest number with this many decimals.
    public func rounded(toDecimals decimals: Int) -> Double {
        let scale = Double(repeatElement(10, count: decimals).reduce(1, *))
        return (self * scale).rounded() / scale
    }
}
