// Polls: to be asked, and as they come back.

import DiscordCore
package import EventLoop
package import JSON

/// A poll to be asked (https://discord.com/developers/docs/resources/poll#poll-create-request-object).
///
///     PollCreate("Which map?", ["Dust", "Mirage", .init("Nuke", emoji: "☢️")], open: .seconds(3600 * 8))
package struct PollCreate: Hashable, Sendable {
  package var question: String
  package var answers: [Answer]
  /// Whole hours, 1 to 768 (32 days).
  package var hours: Int
  package var allowsMultiselect: Bool

  package init(_ question: String, _ answers: [Answer], hours: Int = 24, allowsMultiselect: Bool = false) {
    (self.question, self.answers) = (question, answers)
    (self.hours, self.allowsMultiselect) = (hours, allowsMultiselect)
  }

  /// One of the answers. A literal is its text.
  package struct Answer: Hashable, Sendable, ExpressibleByStringLiteral {
    package var text: String
    package var emoji: EmojiReference?

    package init(_ text: String, emoji: EmojiReference? = nil) { (self.text, self.emoji) = (text, emoji) }
    package init(stringLiteral value: String) { self.init(value) }
  }
}

extension PollCreate: Validatable {
  package func validate() throws(CompositionError) {
    try Check.trimmed(question, "question.text", 1...300)
    try Check.count(answers.count, "answers", 1...10)
    for (index, answer) in answers.enumerated() {
      try Check.trimmed(answer.text, "answers[\(index)].poll_media.text", 1...55)
      try Check.text(answer.emoji?.name, "answers[\(index)].poll_media.emoji.name", 0...32)
    }
    try Check.number(hours, "duration", 1...768)
  }
}

extension PollCreate: WireEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.object("question") { json in json.field("text", question) }
      json.array("answers") { json in
        for answer in answers {
          json.object { json in
            json.object("poll_media") { json in
              json.field("text", answer.text)
              json.optional("emoji", answer.emoji)
            }
          }
        }
      }
      json.field("duration", hours)
      json.field("allow_multiselect", allowsMultiselect)
      json.field("layout_type", 1)
    }
  }
}

/// A poll of a message (https://discord.com/developers/docs/resources/poll#poll-object).
package struct Poll: Hashable, Sendable {
  package var question: Media
  package var answers: [Answer]
  /// When it closes; nil for one that never does.
  package var expiry: Timestamp?
  package var allowsMultiselect: Bool
  /// Nil where Discord has not counted; counts are exact only once `isFinalized`.
  package var results: Results?
  package var unknownFields = UnknownFields()

  /// Text and emoji of the question or an answer.
  package struct Media: Hashable, Sendable {
    package var text: String?
    package var emoji: EmojiReference?
  }

  /// One of the answers.
  package struct Answer: Hashable, Sendable {
    /// Counts from 1; what vote events and routes call `answer_id`.
    package var id: Int
    package var media: Media
  }

  /// Who voted for what, in numbers.
  package struct Results: Hashable, Sendable {
    package var isFinalized: Bool
    package var counts: [Count]

    /// Votes for one answer; answers without votes may be missing.
    package struct Count: Hashable, Sendable {
      package var answer: Int
      package var count: Int
      package var meVoted: Bool
    }
  }
}

private enum PollField: Int, JSONFieldName {
  case question, answers, expiry, allowMultiselect, layoutType, results
  static let keys = JSONKeys<PollField>(
    "question", "answers", "expiry", "allow_multiselect", "layout_type", "results")
}

extension Poll: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let found = try json.fields(PollField.keys)
    question = Media(try found.require(.question))
    answers =
      found[.answers]?.array?.compactMap { answer in
        guard let id = answer["answer_id"]?.int, let media = answer["poll_media"] else { return nil }
        return Answer(id: id, media: Media(media))
      } ?? []
    expiry = found[.expiry]?.timestamp
    allowsMultiselect = found[.allowMultiselect]?.bool ?? false
    results = found[.results].flatMap { Results($0) }
    unknownFields = UnknownFields(in: json, besides: PollField.keys)
  }
}

extension Poll.Media {
  fileprivate init(_ json: JSONView) {
    text = json["text"]?.string
    emoji = json.object("emoji")
  }
}

extension Poll.Results {
  fileprivate init?(_ json: JSONView) {
    guard json.object != nil else { return nil }
    isFinalized = json["is_finalized"]?.bool ?? false
    counts =
      json["answer_counts"]?.array?.compactMap { entry in
        guard let id = entry["id"]?.int, let count = entry["count"]?.int else { return nil }
        return Count(answer: id, count: count, meVoted: entry["me_voted"]?.bool ?? false)
      } ?? []
  }
}
