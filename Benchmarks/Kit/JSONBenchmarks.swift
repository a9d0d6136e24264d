// JSON: eight fields of a message event read lazily, and the event written, against Foundation's coders.

import BenchmarkHarness
import FoundationEssentials
import JSON

let jsonBenchmarks: [Benchmark] = [
  Benchmark("json") { try await JSONBenchmark().run() }
]

/// What a handler typically looks at first.
private enum EventField: Int, JSONFieldName {
  case id, channelID, guildID, type, content, author, member
  static let keys = JSONKeys<EventField>(
    "id", "channel_id", "guild_id", "type", "content", "author", "member")
}

private enum AuthorField: Int, JSONFieldName {
  case id, bot
  static let keys = JSONKeys<AuthorField>("id", "bot")
}

/// Eight fields folded into one number, so that both readers can be compared and none be optimised away.
private struct Digest: Equatable {
  var value: UInt64 = 0

  mutating func add(_ number: UInt64) { value = value &* 31 &+ number }

  mutating func add(_ event: JSONView) throws(JSONError) {
    let fields = try event.fields(EventField.keys)
    add(try fields.require(.id).asSnowflake())
    add(try fields.require(.channelID).asSnowflake())
    add(try fields.require(.guildID).asSnowflake())
    add(UInt64(try fields.require(.type).asInt()))
    add(UInt64(try fields.require(.content).asText().count))
    let author = try fields.require(.author).fields(AuthorField.keys)
    add(try author.require(.id).asSnowflake())
    add(author[.bot]?.bool == true ? 1 : 0)
    add(UInt64(fields[.member]?["nick"]?.text?.count ?? 0))
  }

  mutating func add(_ event: MessageEvent) {
    add(UInt64(event.id) ?? 0)
    add(UInt64(event.channel_id) ?? 0)
    add(UInt64(event.guild_id) ?? 0)
    add(UInt64(event.type))
    add(UInt64(event.content.utf8.count))
    add(UInt64(event.author.id) ?? 0)
    add(event.author.bot == true ? 1 : 0)
    add(UInt64(event.member.nick?.utf8.count ?? 0))
  }
}

/// The two readers or writers did not agree.
private struct Disagreement: Error {}

private struct JSONBenchmark {
  let events: [MessageEvent]
  /// With room behind the text, as the inflater leaves it.
  let padded: [[UInt8]]
  let data: [Data]

  init() throws {
    var maker = MessageEventMaker(seed: 42)
    events = (0..<500).map { _ in maker.event() }
    var writer = JSONWriter()
    var texts: [[UInt8]] = []
    for event in events {
      event.write(to: &writer)
      var text: [UInt8] = []
      let bytes = try writer.finish()
      text.reserveCapacity(bytes.count + JSONParser.padding)
      text += bytes
      texts.append(text)
    }
    padded = texts
    data = texts.map { Data($0) }
  }

  func run() async throws -> [BenchmarkRow] {
    try check()
    let reading = try await paired({ try lazily(rounds: 40) }, { try decoding(rounds: 1) })
    let writing = try await paired({ try byHand(rounds: 20) }, { try encoding(rounds: 2) })
    let size = padded.reduce(0) { $0 + $1.count } / padded.count
    return [
      BenchmarkRow(
        name: "lazy read of 8 fields of a message event (mean \(size) B)", unit: "events/s",
        ours: reading.ours,
        peer: "JSONDecoder, whole event", peerValue: reading.peer, goal: .atLeast(25)),
      BenchmarkRow(
        name: "write a message event (mean \(size) B)", unit: "events/s", ours: writing.ours,
        peer: "JSONEncoder", peerValue: writing.peer, goal: .atLeast(6)),
    ]
  }

  /// Both ways of reading and writing must come to the same.
  private func check() throws {
    let (parser, decoder, encoder) = (try JSONParser(), JSONDecoder(), JSONEncoder())
    for (index, event) in events.enumerated() {
      guard try decoder.decode(MessageEvent.self, from: data[index]) == event else { throw Disagreement() }
      var (ours, theirs) = (Digest(), Digest())
      try parser.parse([UInt8](encoder.encode(event))) { try ours.add($0) }
      theirs.add(event)
      guard ours == theirs else { throw Disagreement() }
    }
  }

  private func lazily(rounds: Int) throws -> Double {
    let parser = try JSONParser()
    var digest = Digest()
    let time = try elapsed {
      for _ in 0..<rounds {
        for text in padded { try parser.parse(text) { try digest.add($0) } }
      }
    }
    try compare(digest, rounds)
    return Double(rounds * events.count) / time
  }

  private func decoding(rounds: Int) throws -> Double {
    let decoder = JSONDecoder()
    var digest = Digest()
    let time = try elapsed {
      for _ in 0..<rounds {
        for text in data { digest.add(try decoder.decode(MessageEvent.self, from: text)) }
      }
    }
    try compare(digest, rounds)
    return Double(rounds * events.count) / time
  }

  private func compare(_ digest: Digest, _ rounds: Int) throws {
    var expected = Digest()
    for _ in 0..<rounds { for event in events { expected.add(event) } }
    guard digest == expected else { throw Disagreement() }
  }

  private func byHand(rounds: Int) throws -> Double {
    var writer = JSONWriter()
    var size = 0
    let time = try elapsed {
      for _ in 0..<rounds {
        for event in events {
          event.write(to: &writer)
          size += try writer.finish().count
        }
      }
    }
    guard size == rounds * padded.reduce(0, { $0 + $1.count }) else { throw Disagreement() }
    return Double(rounds * events.count) / time
  }

  private func encoding(rounds: Int) throws -> Double {
    let encoder = JSONEncoder()
    var size = 0
    let time = try elapsed {
      for _ in 0..<rounds { for event in events { size += try encoder.encode(event).count } }
    }
    guard size > 0 else { throw Disagreement() }
    return Double(rounds * events.count) / time
  }

  private func elapsed(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    try body()
    let (seconds, attoseconds) = start.duration(to: clock.now).components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}
