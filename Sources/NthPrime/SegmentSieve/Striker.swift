/// The hot loop that strikes the multiples of the sieving primes of one residue class modulo 30.
///
/// The multiples of a prime come in turns of the wheel, eight multiples in `prime` bytes. The turn that starts at the
/// number 30 * prime * i starts at byte prime * i, and its multiple by the factor w lies w * prime / 30 bytes further.
/// With prime = 30 * quotient + residue, this is w * quotient + w * residue / 30. The second term is a constant here, and
/// so is the bit. So a strike compiles to one instruction on x86-64: `and byte [turn + register + constant], constant`.
@unsafe
struct Striker<let residue: Int> {
    let bitmap: UnsafeMutablePointer<UInt8>
    let count: Int
    /// prime / 30.
    let quotients: UnsafePointer<UInt16>
    /// The byte of the run where the prime's next turn starts; negative if it starts before the run.
    let turns: UnsafeMutablePointer<Int32>

    /// Strikes all turns that start before byte `end` of the run.
    @inline(__always)
    func strike(_ primes: Range<Int>, upTo end: Int) {
        for index in primes {
            let quotient = Int(unsafe self.quotients[index])
            let prime = quotient &* Wheel.circumference &+ residue
            var turn = Int(unsafe self.turns[index])
            if turn < 0 {
                unsafe self.strikeInside(turn, quotient)
                turn &+= prime
            }
            let wholeTurnsEnd = min(end, unsafe self.count &- prime &+ 1)
            while turn < wholeTurnsEnd {
                unsafe self.strike(turn, quotient, 1)
                unsafe self.strike(turn, quotient, 7)
                unsafe self.strike(turn, quotient, 11)
                unsafe self.strike(turn, quotient, 13)
                unsafe self.strike(turn, quotient, 17)
                unsafe self.strike(turn, quotient, 19)
                unsafe self.strike(turn, quotient, 23)
                unsafe self.strike(turn, quotient, 29)
                turn &+= prime
            }
            if turn < end {
                unsafe self.strikeInside(turn, quotient)
                turn &+= prime
            }
            unsafe self.turns[index] = Int32(truncatingIfNeeded: turn)
        }
    }

    /// Strikes the part of a turn that lies within the run.
    ///
    /// It is not inlined, because the hot loop needs the registers.
    @inline(never)
    private func strikeInside(_ turn: Int, _ quotient: Int) {
        unsafe self.strikeIfInside(turn, quotient, 1)
        unsafe self.strikeIfInside(turn, quotient, 7)
        unsafe self.strikeIfInside(turn, quotient, 11)
        unsafe self.strikeIfInside(turn, quotient, 13)
        unsafe self.strikeIfInside(turn, quotient, 17)
        unsafe self.strikeIfInside(turn, quotient, 19)
        unsafe self.strikeIfInside(turn, quotient, 23)
        unsafe self.strikeIfInside(turn, quotient, 29)
    }

    @inline(__always)
    private func strikeIfInside(_ turn: Int, _ quotient: Int, _ factor: Int) {
        let byte = unsafe turn &+ Self.offset(quotient, factor)
        if UInt(bitPattern: byte) < UInt(bitPattern: unsafe self.count) { unsafe self.strike(turn, quotient, factor) }
    }

    @inline(__always)
    private func strike(_ turn: Int, _ quotient: Int, _ factor: Int) {
        unsafe self.bitmap[turn &+ Self.offset(quotient, factor)] &= Wheel.mask(striking: residue * factor)
    }

    @inline(__always)
    private static func offset(_ quotient: Int, _ factor: Int) -> Int {
        quotient &* factor &+ residue * factor / Wheel.circumference
    }
}
