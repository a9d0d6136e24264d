// The test box and the simulation: what would happen, without anything happening.

import AutoModPlugin
import DiscordCore
import Testing

@Suite struct SimulationTests {
  @Test("The test box asks every rule, those that are off too")
  func explain() throws {
    var settings = AutoModSettings()
    settings.words.isOn = false
    settings.words.words = ["bad"]
    var rule = CustomRule()
    (rule.name, rule.words) = ("Mine", ["b*d"])
    settings.rules = [rule]
    let opinion = try CompiledRules.explain(message("so B4D, discord.gg/abc"), under: settings)
    #expect(opinion.rules.map(\.rule) == settings.ruleNames)
    let matched = opinion.rules.filter { $0.match != nil }
    #expect(matched.map { "\($0.rule)" } == ["invites", "words", "rule:Mine"])
    #expect(matched.map(\.isOn) == [true, false, true])
    #expect(opinion.rules.filter(\.needsHistory).count == 4)
    #expect(opinion.heat == settings.heat.message)
    #expect(opinion.folded.hasPrefix("so b4d discord gg abc"))
  }

  @Test("A simulation counts what would have happened, and keeps the first cases")
  func simulate() throws {
    let rules = try CompiledRules(
      settings {
        $0.words.isOn = true
        $0.words.words = ["bad"]
        $0.words.response = FilterResponse([.delete, .timeout])
        $0.spam.isOn = true
        $0.spam.messages = 5
        $0.spam.response = FilterResponse([.delete])
      })
    var messages: [MessageFacts] = []
    for index in 0..<400 as Range<UInt64> {
      let text = index % 2 == 0 ? "bad" : "good"
      messages.append(message(text, id: index, by: index % 3, at: Double(index) * 10))
    }
    for id in 0..<5 { messages.append(message("fast", id: 1_000 + UInt64(id), by: 9, at: 5_000)) }
    let report = rules.simulate(over: messages)
    #expect(report.messages == 405)
    let expected: [RuleName: Int] = [.filter(.words): 200, .filter(.spam): 1]
    #expect(report.matches == expected)
    #expect(report.deletes == 205)
    #expect(report.members == 3)
    #expect(report.cases.count == SimulationReport.maximumCases)
    #expect(report.cases.first?.message.message == MessageID(0))
  }
}
