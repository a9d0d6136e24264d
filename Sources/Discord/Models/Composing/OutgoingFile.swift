// Files that go out, with a message or alone.

import DiscordCore
import JSON

/// A file to be sent. With a message it is the part `files[n]`, and `attachments` describes it.
package struct OutgoingFile: Hashable, Sendable {
  /// Where the bytes come from.
  package enum Content: Hashable, Sendable {
    case bytes([UInt8])
    /// A file of this machine, read while it is sent.
    case file(path: String)
  }

  /// What components and embeds call it: `attachment://name`.
  package var name: String
  /// Nil lets Discord decide by the name.
  package var contentType: String?
  package var content: Content
  /// What screen readers say, of pictures.
  package var description: String?
  package var isSpoiler: Bool
  /// For voice messages: seconds.
  package var duration: Double?
  /// For voice messages: loudness, base64.
  package var waveform: String?

  package init(
    _ name: String, _ content: Content, contentType: String? = nil, description: String? = nil,
    isSpoiler: Bool = false
  ) {
    (self.name, self.content, self.contentType) = (name, content, contentType)
    (self.description, self.isSpoiler) = (description, isSpoiler)
  }

  package init(
    _ name: String, _ bytes: [UInt8], contentType: String? = nil, description: String? = nil,
    isSpoiler: Bool = false
  ) {
    self.init(name, .bytes(bytes), contentType: contentType, description: description, isSpoiler: isSpoiler)
  }

  /// Bytes that Discord takes for one file where nothing is known of boosts; interactions say the real limit.
  package static let defaultSizeLimit = 10 << 20
  /// Files of one message.
  package static let maximumCount = 10

  /// Whether all that are in memory are within the limit, which is known to the caller only. Files of this machine
  /// are measured by Discord.
  ///
  /// - Throws: `.tooLong` with bytes for the first that is not.
  package static func validateSizes(
    of files: [OutgoingFile], limit: Int = defaultSizeLimit
  ) throws(CompositionError) {
    for (index, file) in files.enumerated() {
      guard case .bytes(let bytes) = file.content, bytes.count > limit else { continue }
      throw CompositionError(
        .tooLong, "files[\(index)]", "is \(bytes.count) bytes long; Discord takes at most \(limit) here",
        found: bytes.count, limit: 0...limit)
    }
  }
}

extension OutgoingFile: Validatable {
  package func validate() throws(CompositionError) {
    try Check.text(name, "filename", 1...1_024)
    try Check.text(description, "description", 0...1_024)
    try Check.text(waveform, "waveform", 0...400)
    if name.utf8.contains(where: { $0 < UInt8(ascii: " ") || $0 == UInt8(ascii: "/") }) {
      throw CompositionError(.malformed, "filename", "has a slash or a control character")
    }
  }

  static func validate(_ files: [OutgoingFile]) throws(CompositionError) {
    try Check.count(files.count, "attachments", 0...maximumCount)
    try Check.each(files, "attachments")
    try Check.distinct(files, "attachments", "filename") { $0.name }
  }
}

extension JSONWriter {
  /// Writes `attachments`: what is kept, and a description of each new file by the number of its part.
  mutating func attachments(keeping kept: [AttachmentID] = [], adding files: [OutgoingFile]) {
    array("attachments") { json in
      for id in kept { json.object { json in json.field("id", id) } }
      for (number, file) in files.enumerated() {
        json.object { json in
          // The number of the part as an id, which Discord replaces.
          json.field("id", snowflake: UInt64(number))
          json.field("filename", file.name)
          json.optional("description", file.description)
          if file.isSpoiler { json.field("is_spoiler", true) }
          json.optional("duration_secs", file.duration)
          json.optional("waveform", file.waveform)
        }
      }
    }
  }
}
