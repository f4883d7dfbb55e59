import PrimeServer
import Testing

@Suite
struct RestingOrderTests {
    @Test
    func `who came first is first, until it leaves`() {
        var order = RestingOrder<String>()
        #expect(order.first == nil)
        let places = ["a", "b", "c"].map { order.append($0) }
        #expect(order.first == "a")
        order.remove(at: places[1])
        order.remove(at: places[0])
        #expect(order.first == "c")
        order.remove(at: places[2])
        #expect(order.first == nil)
    }

    @Test
    func `it does what an array does, whoever comes and leaves`() {
        var random = SystemRandomNumberGenerator()
        var order = RestingOrder<Int>()
        var expected: [(element: Int, place: RestingOrder<Int>.Place)] = []
        for element in 0..<10_000 {
            if Bool.random(using: &random) || expected.isEmpty {
                expected.append((element, order.append(element)))
            } else {
                order.remove(at: expected.remove(at: .random(in: expected.indices, using: &random)).place)
            }
            #expect(order.first == expected.first?.element)
        }
        for (element, place) in expected {
            #expect(order.first == element)
            order.remove(at: place)
        }
        #expect(order.first == nil)
    }
}
