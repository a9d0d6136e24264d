// AutoMod rows: how long a decision takes, with many rules, long texts, and patterns made to take for ever.

import AutoModPlugin
import BenchmarkHarness
import DiscordCore
import EventLoop
import Glibc
import Patterns
import TestKit

let autoModBenchmarks: [Benchmark] = [
  Benchmark("automod: decision, 200 rules, 2,000 characters") { [try usualDecision()] },
  Benchmark("automod: decision, 200 rules of hostile patterns") { [try hostileDecision()] },
  Benchmark("automod: 500 hostile patterns, 4,000 characters") { [try hostilePatterns()] },
  Benchmark("automod: decisions a second, 200 rules") { [try decisionRate()] },
  Benchmark("automod: raid of 500 messages") { [try raid()] },
]

// MARK: Rules and texts

private let vocabulary = [
  "hello", "there", "the", "game", "was", "great", "tonight", "who", "wants", "another", "round", "later",
  "maybe",
  "I", "think", "we", "should", "try", "new", "map", "2nd", "place", "is", "fine", "LOL",
  "https://example.org/a?b=1",
  "<@80351110224678912>", "<:wave:80351110224678913>", "übrigens", "schön", "Привет", "😀", "c00l", "yesss!!!",
  "ok,",
]

/// Texts as people write them, of so many characters.
private func talk(_ count: Int, characters: Int) -> [String] {
  var numbers = SplitMix(state: 42)
  return (0..<count).map { _ in
    var text = ""
    while text.unicodeScalars.count < characters {
      text += (vocabulary.randomElement(using: &numbers) ?? "") + " "
    }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(characters)))
  }
}

/// Two hundred rules of a server's own: words, wildcards, phrases, regular expressions and domains, beside all filters.
private func usualSettings() -> AutoModSettings {
  var settings = AutoModSettings()
  settings.links.isOn = true
  settings.links.policy = .denied
  settings.capitals.isOn = true
  settings.emoji.isOn = true
  settings.walls.isOn = true
  settings.words.words = (0..<300).map { "curse\($0)" }
  settings.rules = (0..<200).map { index in
    var rule = CustomRule()
    rule.name = "Rule \(index)"
    switch index % 4 {
    case 0: rule.words = (0..<10).map { "word\(index)x\($0)" } + ["*part\(index)*", "some phrase \(index)"]
    case 1: rule.patterns = ["(buy|sell)\\s+\\w{1,10}\(index)", "\\b\\d{3}-\(index)\\b"]
    case 2: rule.domains = (0..<10).map { "shop\($0)-\(index).example" }
    default: (rule.words, rule.patterns) = (["st*r\(index)"], ["^!cmd\(index)\\b.*(now|later)$"])
    }
    return rule
  }
  return settings
}

/// Two hundred rules, each of a pattern that brings backtracking engines down.
private func hostileSettings() -> AutoModSettings {
  var settings = AutoModSettings()
  settings.rules = HostilePatterns.patterns(200).enumerated().map { index, pattern in
    var rule = CustomRule()
    (rule.name, rule.patterns) = ("Rule \(index)", [pattern])
    return rule
  }
  return settings
}

// MARK: Measuring

/// The 99th percentile of what calls take of this thread's processor time, in milliseconds: the median of five rounds,
/// after one to warm up. Decisions wait for nothing, so that on a free core it is the time that passes, and on a busy
/// machine the others' work is not ours.
private func percentile99(_ count: Int, _ body: (Int) -> Void) -> Double {
  var rounds: [Double] = []
  for round in 0..<6 {
    var times: [Double] = []
    times.reserveCapacity(count)
    for index in 0..<count {
      let start = processorMilliseconds()
      body(index)
      times.append(processorMilliseconds() - start)
    }
    times.sort()
    if round > 0 { rounds.append(times[min(count - 1, count * 99 / 100)]) }
  }
  return median(rounds)
}

/// What this thread has used of a processor.
private func processorMilliseconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) * 1_000 + Double(time.tv_nsec) / 1_000_000
}

private func facts(_ text: String, _ index: Int) -> MessageFacts {
  MessageFacts(
    id: MessageID(UInt64(index)), author: UserID(UInt64(index % 500) + 1), channel: ChannelID(9),
    content: text,
    sentAt: Timestamp(milliseconds: 1_800_000_000_000 + Int64(index)))
}

private func decisions(_ settings: AutoModSettings, _ texts: [String], _ count: Int) throws -> Double {
  let rules = try CompiledRules(settings)
  var state = AutoModState()
  var next = 0
  return percentile99(count) { index in
    next += 1
    _ = rules.decide(facts(texts[index % texts.count], next), in: GuildFacts(), state: &state)
  }
}

private func usualDecision() throws -> BenchmarkRow {
  let time = try decisions(usualSettings(), talk(100, characters: 2_000), 1_000)
  return BenchmarkRow(
    name: "automod: decision, 200 rules, 2,000 characters, p99", unit: "ms", ours: time, peer: "bound",
    peerValue: 3,
    goal: .atMost(1))
}

private func hostileDecision() throws -> BenchmarkRow {
  let time = try decisions(hostileSettings(), HostilePatterns.texts(bytes: 2_000), 600)
  return BenchmarkRow(
    name: "automod: decision, 200 rules of hostile patterns, worst texts, p99", unit: "ms", ours: time,
    peer: "bound", peerValue: 5, goal: .atMost(1))
}

private func hostilePatterns() throws -> BenchmarkRow {
  let set = try PatternSet(HostilePatterns.patterns(500))
  let texts = HostilePatterns.texts(bytes: 4_000)
  let time = percentile99(600) { _ = set.matches(in: texts[$0 % texts.count]) }
  return BenchmarkRow(
    name: "automod: 500 hostile patterns on 4,000 characters, p99", unit: "ms", ours: time, peer: "bound",
    peerValue: 5, goal: .atMost(1))
}

private func decisionRate() throws -> BenchmarkRow {
  let rules = try CompiledRules(usualSettings())
  // As long as messages are: most are a line, some a paragraph, few a page.
  let texts = talk(70, characters: 60) + talk(25, characters: 300) + talk(5, characters: 2_000)
  var state = AutoModState()
  let count = 20_000
  let start = processorMilliseconds()
  for index in 0..<count {
    _ = rules.decide(facts(texts[index % texts.count], index + 1), in: GuildFacts(), state: &state)
  }
  let seconds = (processorMilliseconds() - start) / 1_000
  return BenchmarkRow(
    name: "automod: decisions, 200 rules, one core", unit: "messages/s", ours: Double(count) / seconds,
    peer: "bound", peerValue: 2_000, goal: .atLeast(1))
}

/// From the message that crosses the threshold to the verdict that names all who take part.
private func raid() throws -> BenchmarkRow {
  let rules = try CompiledRules(AutoModSettings())
  var worst: [Double] = []
  for round in 0..<20 {
    var state = AutoModState()
    for index in 0..<500 {
      var message = facts("Join our giveaway, number one in the world", index + 1)
      message.author = UserID(UInt64(index % 50 + 1))
      message.sentAt = message.sentAt + .milliseconds(Int64(round) * 1_000_000 + Int64(index) * 9)
      let start = processorMilliseconds()
      let verdict = rules.decide(message, in: GuildFacts(), state: &state)
      if verdict.sentences.contains(where: { $0.containment > .none }) {
        worst.append(processorMilliseconds() - start)
        break
      }
    }
  }
  return BenchmarkRow(
    name: "automod: raid, from the message that crosses the threshold to the verdict", unit: "ms",
    ours: worst.max() ?? .nan, peer: "bound", peerValue: 100, goal: .atMost(1))
}
