// Files of messages.

package import DiscordCore
package import JSON

/// https://discord.com/developers/docs/resources/message#attachment-object-attachment-flags
package struct AttachmentFlags: WireFlags {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
  /// Cut from a stream.
  package static let isClip = AttachmentFlags(bit: 0)
  /// The picture of a thread in a media channel.
  package static let isThumbnail = AttachmentFlags(bit: 1)
  /// Edited with the app's remix function.
  package static let isRemix = AttachmentFlags(bit: 2)
  package static let isSpoiler = AttachmentFlags(bit: 3)
  package static let isAnimated = AttachmentFlags(bit: 5)
}

/// A file of a message (https://discord.com/developers/docs/resources/message#attachment-object).
///
/// Links are signed and expire.
package struct Attachment: Equatable, Sendable {
  package var id: AttachmentID
  package var filename: String
  /// What the file was called before Discord cleaned its name.
  package var title: String?
  package var description: String?
  package var contentType: String?
  /// Bytes.
  package var size: Int
  package var url: String
  package var proxyURL: String
  /// Pixels, of pictures and films.
  package var width: Int?
  package var height: Int?
  package var isEphemeral: Bool
  /// Seconds of a voice message, and its loudness as base64.
  package var duration: Double?
  package var waveform: String?
  package var flags: AttachmentFlags
  package var placeholder: String?
  package var placeholderVersion: Int?
}

private enum AttachmentField: Int, JSONFieldName {
  case id, filename, title, description, contentType, size, url, proxyURL, width, height, isEphemeral,
    duration, waveform, flags, placeholder, placeholderVersion
  static let keys = JSONKeys<AttachmentField>(
    "id", "filename", "title", "description", "content_type", "size", "url", "proxy_url", "width", "height",
    "ephemeral", "duration_secs", "waveform", "flags", "placeholder", "placeholder_version")
}

extension Attachment: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(AttachmentField.keys)
    id = try fields.value(.id)
    filename = fields.value(.filename, default: "")
    title = fields.optional(.title)
    description = fields.optional(.description)
    contentType = fields.optional(.contentType)
    size = fields.value(.size, default: 0)
    url = fields.value(.url, default: "")
    proxyURL = fields.value(.proxyURL, default: "")
    width = fields.optional(.width)
    height = fields.optional(.height)
    isEphemeral = fields.value(.isEphemeral, default: false)
    duration = fields.optional(.duration)
    waveform = fields.optional(.waveform)
    flags = fields.value(.flags, default: [])
    placeholder = fields.optional(.placeholder)
    placeholderVersion = fields.optional(.placeholderVersion)
  }
}
