// Tables that keep what was used lately.

@testable import PlatformDispatch
import Testing

@Suite struct LatelyUsedTests {
  @Test func `a full table lets go of what was used longest ago, and never of all`() {
    var table = LatelyUsed<Int, String>(capacity: 8)
    for number in 0..<1_000 {
      _ = table[-1]
      if number == 0 { table[-1] = "used all the time" }
      table[number] = "\(number)"
    }
    #expect(table[-1] == "used all the time")
    #expect(table[999] == "999" && table[998] == "998")
    #expect(table[900] == nil)
    let kept = (0..<1_000).count { table[$0] != nil }
    #expect(kept <= 8)
  }

  @Test func `what is taken out is gone, and what is there is not made again`() {
    var table = LatelyUsed<Int, Int>(capacity: 4)
    #expect(table.value(of: 1) { 10 } == 10)
    #expect(table.value(of: 1) { 20 } == 10)
    for number in 2..<5 { table[number] = number }
    table[1] = nil
    #expect(table[1] == nil)
  }
}
