import Testing

@testable import Measurement

@Suite
struct ProcFileTests {
    let file = ProcFile(text: "MemTotal:       24736300 kB\nMemAvailable:   23068672 kB\nmodel name\t: A: B\n")

    @Test(arguments: [("MemTotal", "24736300 kB"), ("MemAvailable", "23068672 kB"), ("model name", "A: B")])
    func `a value is found by its whole name`(name: String, value: String) {
        #expect(self.file[name] == value)
    }

    @Test
    func `an unknown name has no value`() {
        #expect(self.file["Mem"] == nil)
        #expect(self.file.bytes(named: "Mem") == nil)
    }

    @Test
    func `an amount in kB is returned in bytes`() {
        #expect(self.file.bytes(named: "MemTotal") == 24_736_300 * 1_024)
    }
}
