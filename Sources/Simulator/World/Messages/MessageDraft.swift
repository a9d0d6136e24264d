// A message as a body describes it, checked.

package import DiscordCore
internal import EventLoop
package import JSON

/// What a body says about a message; shared by channels, webhooks and interactions. Making one throws what Discord
/// refuses of the body itself; who may post it where is decided elsewhere.
package struct MessageDraft {
  package var content: Given<String>
  package var embeds: Given<[JSONValue]>
  package var components: Given<[JSONValue]>
  package var flags: Given<Int>
  package var tts: Bool
  package var nonce: JSONValue?
  package var enforcesNonce: Bool
  package var allowedMentions: AllowedMentions?
  package var reference: ReferenceDraft?
  package var poll: Poll?
  package var stickers: [StickerID]
  /// New files, with the ids they will have.
  package var attachments: [Attachment]
  /// When editing: the attachments to keep; nil keeps all.
  package var keptAttachments: Set<AttachmentID>?

  /// The reply or forward that is asked for.
  package struct ReferenceDraft {
    package var type: Int
    package var message: MessageID?
    package var channel: ChannelID?
    package var failsIfMissing: Bool
  }

  /// Reads a body.
  ///
  /// - Throws: 50035.
  package init(
    _ body: JSONValue?, files: [UploadedPart] = [], in channel: ChannelID, world: World,
    contentLimit: Int = 2_000, existing: Message? = nil
  ) throws(RESTFailure) {
    var reader = try BodyReader(body)
    content = reader.text("content", 0...contentLimit)
    flags = reader.int("flags", 0...Int(Int32.max))
    tts = reader.bool("tts").value ?? false
    enforcesNonce = reader.bool("enforce_nonce").value ?? false
    nonce = Self.nonce(&reader)
    stickers = reader.ids("sticker_ids", upTo: 3).value ?? []
    allowedMentions = AllowedMentions(&reader)
    reference = Self.reference(&reader)
    (attachments, keptAttachments) = Self.attachments(&reader, files, world)
    poll = Self.poll(&reader, world.now)
    let known = attachments + (existing?.attachments ?? [])
    func find(_ name: String) -> ComponentReader.Media? {
      known.first { $0.fileName == name }.map {
        .init(address: world.address(of: $0, in: channel), attachment: $0.id, contentType: $0.contentType)
      }
    }
    var embedReader = EmbedReader { find($0)?.address }
    embeds = embedReader.read(&reader)
    if !embeds.isGiven, let single = reader.raw("embed") {
      // The old form with one embed.
      var inner = BodyReader(JSONObject(fields: [.init(key: "embeds", value: .array([single]))]), at: [])
      embeds = embedReader.read(&inner)
      if !inner.errors.isEmpty { throw inner.errors.failure }
    }
    let isV2 = (flags.value ?? existing?.flags ?? 0) & Message.Flag.componentsV2 != 0
    var componentReader = ComponentReader(
      isV2: isV2, attachment: find, mintID: { world.newID(Entity.Attachment.self).rawValue })
    components = componentReader.read(&reader)
    if isV2 { checkV2(&reader) }
    try reader.finish()
  }

  private func checkV2(_ reader: inout BodyReader) {
    for (name, isThere) in [
      ("content", content.value?.isEmpty == false), ("embeds", embeds.value?.isEmpty == false),
      ("sticker_ids", !stickers.isEmpty), ("poll", poll != nil),
    ] where isThere {
      reader.fail(
        name, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        "The '\(name)' field cannot be used when using MessageFlags.IS_COMPONENTS_V2")
    }
  }

  private static func nonce(_ reader: inout BodyReader) -> JSONValue? {
    switch reader.raw("nonce") {
    case .integer(let number): return .integer(number)
    case .string(let text):
      if text.utf8.count <= 25 { return .string(text) }
      reader.fail("nonce", "NONCE_TYPE_TOO_LONG", "Nonce must be 25 or fewer in length.")
      return nil
    default: return nil
    }
  }

  private static func reference(_ reader: inout BodyReader) -> ReferenceDraft? {
    reader.object("message_reference") { reference in
      ReferenceDraft(
        type: reference.choice("type", [0, 1]).value ?? 0, message: reference.id("message_id").value,
        channel: reference.id("channel_id").value,
        failsIfMissing: reference.bool("fail_if_not_exists").value ?? true)
    }.value
  }

  private static func poll(_ reader: inout BodyReader, _ now: Timestamp) -> Poll? {
    reader.object("poll") { poll -> Poll in
      poll.require("question", "answers")
      let question = poll.object("question") { media -> String in
        media.require("text")
        return media.text("text", 1...300).value ?? ""
      }
      let answers = poll.objects("answers", 1...10) { answer -> JSONValue in
        answer.require("poll_media")
        return answer.object("poll_media") { media -> JSONValue in
          var json = Fields()
          if let text = media.text("text", 1...55).value { json.put("text", text) }
          let emoji = media.object("emoji") { emoji -> JSONValue in
            var json = Fields()
            json.put("id", emoji.id("id", Entity.Emoji.self).value)
            json.put("name", emoji.text("name", 0...100).value)
            return json.value
          }
          if let emoji = emoji.value { json.put("emoji", emoji) }
          return json.value
        }.value ?? [:]
      }
      let hours = poll.int("duration", 1...768).value ?? 24
      _ = poll.choice("layout_type", [1])
      return Poll(
        question: question.value ?? "", answers: answers.value ?? [],
        expiresAt: now + .seconds(hours * 3_600),
        allowsMultiselect: poll.bool("allow_multiselect").value ?? false)
    }.value
  }

  /// Pairs files with what `attachments` says about them: `id` is the number in the file's field name.
  private static func attachments(_ reader: inout BodyReader, _ files: [UploadedPart], _ world: World) -> (
    [Attachment], Set<AttachmentID>?
  ) {
    if files.count > 10 {
      reader.fail("files", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    }
    struct Description {
      var id: UInt64
      var fileName: String?
      var description: String?
      var isSpoiler: Bool
    }
    let described = reader.objects("attachments", 0...10) { entry -> Description in
      Description(
        id: entry.raw("id")?.snowflake ?? 0, fileName: entry.text("filename", 0...1_024).value,
        description: entry.text("description", 0...1_024).value,
        isSpoiler: entry.bool("is_spoiler").value ?? false)
    }
    var made: [Attachment] = []
    for (index, file) in files.enumerated() {
      let description = described.value?.first { $0.id == UInt64(file.index ?? index) }
      var attachment = Attachment(
        id: world.newID(), fileName: (description?.fileName ?? file.fileName).asFileName,
        contentType: file.contentType ?? "application/octet-stream", bytes: file.bytes)
      attachment.description = description?.description
      attachment.flags = description?.isSpoiler == true ? 1 << 3 : 0
      if let size = ImageSize(of: file.bytes) {
        (attachment.width, attachment.height) = (size.width, size.height)
      }
      made.append(attachment)
    }
    let kept = described.value.map { list in
      Set(list.filter { $0.id > 1 << 22 }.map { AttachmentID($0.id) })
    }
    return (made, kept)
  }
}

/// `allowed_mentions` (https://discord.com/developers/docs/resources/message#allowed-mentions-object).
package struct AllowedMentions {
  package var parse: Set<String>
  package var users: Set<UserID>?
  package var roles: Set<RoleID>?
  package var repliedUser: Bool

  init?(_ reader: inout BodyReader) {
    let given = reader.object("allowed_mentions") { mentions in
      let parse = Set((mentions.array("parse", 0...3).value ?? []).compactMap(\.string))
      let users = mentions.ids("users", upTo: 100, Entity.User.self).value
      let roles = mentions.ids("roles", upTo: 100, Entity.Role.self).value
      for (kind, list) in [("users", users != nil && users != []), ("roles", roles != nil && roles != [])]
      where list && parse.contains(kind) {
        mentions.fail(
          "parse", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
          "parse:[\"\(kind)\"] and \(kind): [ids...] are mutually exclusive.")
      }
      return (parse, users, roles, mentions.bool("replied_user").value ?? false)
    }
    guard let (parse, users, roles, replied) = given.value else { return nil }
    self.parse = parse
    self.users = users.map { Set($0) }
    self.roles = roles.map { Set($0) }
    repliedUser = replied
  }
}

/// The size of a PNG, GIF or JPEG picture, read from its first bytes.
struct ImageSize {
  let width: Int
  let height: Int

  init?(of bytes: [UInt8]) {
    func big(_ start: Int, _ count: Int) -> Int {
      bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
    }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]), bytes.count >= 24 {
      (width, height) = (big(16, 4), big(20, 4))
    } else if bytes.starts(with: [0x47, 0x49, 0x46]), bytes.count >= 10 {
      (width, height) = (Int(bytes[6]) | Int(bytes[7]) << 8, Int(bytes[8]) | Int(bytes[9]) << 8)
    } else {
      return nil
    }
  }
}

extension String {
  /// A name fit for an address: what else there is becomes an underscore.
  fileprivate var asFileName: String {
    let safe = String(
      unicodeScalars.map { scalar in
        scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains(scalar))
          ? Character(scalar) : "_"
      })
    return safe.isEmpty || safe.allSatisfy { $0 == "." } ? "file" : String(safe.suffix(120))
  }
}
