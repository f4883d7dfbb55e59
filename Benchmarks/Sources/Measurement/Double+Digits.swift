import Foundation

extension Double {
    /// The number with three significant digits, as every figure of the table: 0.270, 8.13, 591.
    ///
    /// Written alike everywhere, whatever the reader's locale.
    var threeDigits: String {
        self.formatted(.number.precision(.significantDigits(3)).grouping(.never).locale(Locale(identifier: "en_US")))
    }
}
