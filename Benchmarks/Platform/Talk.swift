// What a town and the benchmark tell each other: an invitation, a talk, and what came of it.

import JSON
import TestKit

/// What a bot needs to come into a town.
struct TownInvitation: Sendable {
  /// `http://127.0.0.1:PORT/api/v10`.
  var api: String
  var token: String
  var guilds: [String]
}

/// How people write.
struct Talk: Sendable {
  /// Messages a second.
  var perSecond: Double
  var seconds: Double
  /// How many of them at once, in all guilds together; at least what falls into a millisecond.
  var atOnce = 1
  /// One message of so many is forbidden. Discord lets a bot delete 50 a second.
  var forbiddenEvery: Int

  var words: String { "\(perSecond) \(seconds) \(atOnce) \(forbiddenEvery)" }

  init(perSecond: Double, seconds: Double, atOnce: Int = 1, forbiddenEvery: Int) {
    (self.perSecond, self.seconds, self.atOnce, self.forbiddenEvery) = (
      perSecond, seconds, atOnce, forbiddenEvery
    )
  }

  init?(words: ArraySlice<Substring>) {
    let numbers = words.compactMap { Double($0) }
    guard numbers.count == 4 else { return nil }
    self.init(
      perSecond: numbers[0], seconds: numbers[1], atOnce: Int(numbers[2]), forbiddenEvery: Int(numbers[3]))
  }
}

/// What came of some talk.
struct TalkFigures: Sendable {
  /// Written by people, forbidden ones among them.
  var messages = 0
  var forbidden = 0
  /// Forbidden ones that were still there ten seconds after the last message.
  var missed = 0
  /// Deleted without a reason.
  var wronged = 0
  /// From a message's event leaving to the arrival of the request that deletes it, in milliseconds.
  var p50 = 0.0
  var p99 = 0.0

  /// What the gateway told the bot because of the talk: new messages, and those deleted.
  var events: Int { messages + forbidden - missed + wronged }
}

// MARK: As lines

extension TownInvitation {
  var line: String {
    get throws {
      let json: JSONValue = [
        "api": .string(api), "token": .string(token), "guilds": .array(guilds.map { .string($0) }),
      ]
      return String(decoding: try json.encoded(), as: UTF8.self)
    }
  }

  init(line: String) throws {
    let json = try JSONValue(parsing: Array(line.utf8))
    guard let api = json["api"]?.string, let token = json["token"]?.string, let guilds = json["guilds"]?.array
    else { throw TestKitError("a town said: \(line)") }
    self.init(api: api, token: token, guilds: guilds.compactMap(\.string))
  }
}

extension TalkFigures {
  var line: String {
    "\(messages) \(forbidden) \(missed) \(wronged) \(p50) \(p99)"
  }

  init(line: String) throws {
    let numbers = line.split(separator: " ").compactMap { Double($0) }
    guard numbers.count == 6 else { throw TestKitError("a town said: \(line)") }
    let counts = numbers.prefix(4).map { Int($0) }
    self.init(
      messages: counts[0], forbidden: counts[1], missed: counts[2], wronged: counts[3], p50: numbers[4],
      p99: numbers[5])
  }
}
