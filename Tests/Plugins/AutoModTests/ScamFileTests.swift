// The operator's file of frauds.

@testable import AutoModPlugin
import Glibc
import Testing

@Suite struct ScamFileTests {
  private func write(_ text: String, to path: String) throws {
    let file = try #require(fopen(path, "w"))
    fputs(text, file)
    fclose(file)
  }

  @Test func `a file takes the place of the list, is read again when it changes, and may be missing`()
    async throws
  {
    let path = "/tmp/guildhall-scams-\(UInt64.random(in: .min ... .max)).txt"
    defer { unlink(path) }
    let list = OperatorScamList()
    await list.use(path)
    #expect(list.current.list == .bundled && list.current.number == 0)
    try write("# ours\nfraud.example\nno domain at all\n", to: path)
    await list.refresh()
    #expect(list.current.list.domains == ["fraud.example"] && list.current.number == 1)
    #expect(list.current.list.genuine == ScamList.bundled.genuine)
    await list.refresh()
    #expect(list.current.number == 1)
    try write("fraud.example\nother.example\n~ free bananas\n", to: path)
    await list.refresh()
    #expect(list.current.list.domains == ["fraud.example", "other.example"])
    #expect(list.current.list.lures == ["free bananas"] && list.current.number == 2)
    unlink(path)
    await list.refresh()
    #expect(list.current.list.domains.count == 2)
  }

  @Test func `a new list is in force without a change of settings`() throws {
    let kept = KeptState()
    var list = ScamList()
    list.domains = ["fraud.example"]
    let text = message("see https://fraud.example/x")
    func signs(_ number: Int, _ list: ScamList) throws -> [MatchSign] {
      let rules = try kept.rules(settings { $0.scams.isOn = true }, revision: 1, list: (number, list)).get()
      var state = AutoModState()
      return rules.decide(text, in: GuildFacts(), state: &state).signs
    }
    #expect(try signs(0, .bundled).isEmpty)
    #expect(try signs(1, list) == [.listedScam])
  }
}
