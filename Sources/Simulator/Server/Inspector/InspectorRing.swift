// What passed lately: gateway payloads and REST exchanges, with secrets blacked out.

internal import DiscordCore
internal import EventLoop
internal import JSON

/// One line of the inspector.
struct InspectorEntry: Sendable {
  enum Kind: String, Sendable { case rest, gatewayIn = "gateway_in", gatewayOut = "gateway_out", note }

  var kind: Kind
  /// Application or person.
  var who: String
  /// `POST /channels/{channel.id}/messages`, `MESSAGE_CREATE`, `op 2`.
  var title: String
  var path = ""
  var status: Int?
  /// Bytes of the payload, or of the answer.
  var size = 0
  /// The beginning of the payload.
  var preview = ""
  /// The beginning of a REST request's body.
  var request = ""
}

/// The last entries, numbered. Bounded: the oldest goes first.
struct InspectorRing: Sendable {
  struct Line: Sendable {
    let number: UInt64
    let time: Timestamp
    let entry: InspectorEntry

    /// The JSON that is sent. Written when somebody reads it: blacking out costs more than the exchange did.
    var text: String {
      let json: JSONValue = [
        "id": .integer(Int64(number)), "time": .integer(time.milliseconds),
        "kind": .string(entry.kind.rawValue), "who": .string(entry.who), "title": .string(entry.title),
        "path": .string(InspectorRing.redacted(entry.path)),
        "status": entry.status.map { .integer(Int64($0)) } ?? .null,
        "size": .integer(Int64(entry.size)), "preview": .string(InspectorRing.redacted(entry.preview)),
        "request": .string(InspectorRing.redacted(entry.request)),
      ]
      // A tree of ours always has a text.
      return (try? json.encoded()).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
  }

  static let previewBytes = 2_000
  /// Up to twice as many as are shown: moving all of them up for each new one would be the dearest part.
  private var kept: [Line] = []
  private var number: UInt64 = 0
  let capacity: Int

  init(capacity: Int = 500) { self.capacity = capacity }

  var lines: ArraySlice<Line> { kept.suffix(capacity) }

  /// Keeps an entry, and returns the line that it became.
  mutating func append(_ entry: InspectorEntry, at now: Timestamp) -> Line {
    number += 1
    let line = Line(number: number, time: now, entry: entry)
    if kept.count >= 2 * capacity { kept.removeFirst(kept.count - capacity) }
    kept.append(line)
    return line
  }

  /// The lines after one that a browser has seen already.
  func after(_ number: UInt64) -> [Line] {
    guard let first = lines.firstIndex(where: { $0.number > number }) else { return [] }
    return Array(lines[first...])
  }

  /// The beginning of a payload as text.
  static func preview(_ bytes: some Collection<UInt8>) -> String {
    let text = String(decoding: bytes.prefix(previewBytes), as: UTF8.self)
    return bytes.count > previewBytes ? text + "…" : text
  }

  /// The text with whatever looks like a token replaced: values of fields that hold secrets, and the token segment
  /// of webhook and interaction paths.
  static func redacted(_ text: String) -> String {
    var result = text
    for field in [
      "\"token\":\"", "\"access_token\":\"", "\"refresh_token\":\"", "\"client_secret\":\"", "\"code\":\"",
    ] {
      result = blacken(result, after: field, until: "\"")
    }
    for parameter in ["client_secret=", "refresh_token=", "code=", "code_verifier="] {
      result = blacken(result, after: parameter, until: "&")
    }
    guard result.contains("/webhooks/") || result.contains("/interactions/") else { return result }
    var segments = result.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    for index in segments.indices.dropFirst(2)
    where ["webhooks", "interactions"].contains(segments[index - 2]) {
      if segments[index].utf8.count > 20 { segments[index] = "…" }
    }
    return segments.joined(separator: "/")
  }

  private static func blacken(_ text: String, after opening: String, until end: Character) -> String {
    guard text.contains(opening) else { return text }
    var result = ""
    var rest = text[...]
    while let range = rest.firstRange(of: opening) {
      result += rest[..<range.upperBound] + "…"
      rest = rest[range.upperBound...]
      rest = rest[(rest.firstIndex(of: end) ?? rest.endIndex)...]
    }
    return result + rest
  }
}
