import Testing

@testable import Measurement

@Suite
struct ProcFileTests {
    let file = ProcFile(text: "MemTotal:       24736300 kB\nMemAvailable:   23068672 kB\nmodel name\t: A: B\n")

    @Test(arguments: [("MemTotal", "24736300 kB"), ("MemAvailable", "23068672 kB"), ("model name", "A: B")])
    func `values are found by their whole name`(name: String, value: String) {
        #expect(self.file[name] == value)
    }

    @Test
    func `a name that is not there has no value`() {
        #expect(self.file["Mem"] == nil)
    }
}
