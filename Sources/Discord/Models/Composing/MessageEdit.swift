// A change of a message that was sent.

package import DiscordCore
package import JSON

/// What is to change of a message; the rest stays.
package struct MessageEdit: Hashable, Sendable {
  package var content: Patch<String> = .keep
  /// Nil keeps them, `[]` removes them; so with components.
  package var embeds: [Embed]?
  package var components: [Component]?
  /// Which of the message's files stay; nil keeps all, unless `files` adds some: then what is to stay must be listed.
  package var keptAttachments: [AttachmentID]?
  /// Files to be added.
  package var files: [OutgoingFile] = []
  /// Who is notified by what the edit adds.
  package var allowedMentions: AllowedMentions = .none
  /// Only `suppressEmbeds` and `isComponentsV2` can be changed, the latter only be set.
  package var flags: MessageFlags?

  package init() {}

  /// A new text; the rest stays.
  package init(content: String) { self.content = .set(content) }

  /// New components; the rest stays.
  package init(components: [Component]) { self.components = components }

  /// Everything as in `message`, whatever was there. Polls, stickers and references cannot be changed.
  package init(replacingWith message: MessageCreate) {
    content = message.content.map { .set($0) } ?? .clear
    (embeds, components) = (message.embeds, message.components)
    (keptAttachments, files) = ([], message.files)
    allowedMentions = message.allowedMentions
    if message.isComponentsV2 {
      // Text and embeds of an older generation have to go with the same request.
      (content, embeds, flags) = (.clear, [], .isComponentsV2)
    }
  }
}

extension MessageEdit: Validatable {
  private var isComponentsV2: Bool {
    (flags ?? []).contains(.isComponentsV2) || (components ?? []).contains { $0.kind != .actionRow }
  }

  package func validate() throws(CompositionError) {
    if case .set(let text) = content {
      try Check.trimmed(text, "content", 0...MessageCreate.maximumContentLength)
      if isComponentsV2, text.discordTrimmedLength > 0 {
        throw CompositionError(.conflict, "content", "does not go with components v2; use text displays")
      }
    }
    try Embed.validate(embeds ?? [])
    if isComponentsV2, !(embeds ?? []).isEmpty {
      throw CompositionError(.conflict, "embeds", "does not go with components v2; use containers")
    }
    try Component.validate(components ?? [], isVersion2: isComponentsV2)
    try OutgoingFile.validate(files)
    try Check.count(files.count + (keptAttachments ?? []).count, "attachments", 0...OutgoingFile.maximumCount)
    try Check.part("allowed_mentions") { () throws(CompositionError) in try allowedMentions.validate() }
  }
}

extension MessageEdit: WireEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.patch("content", content)
      if let embeds { json.elements("embeds", embeds) }
      if let components { json.elements("components", components) }
      if keptAttachments != nil || !files.isEmpty {
        json.attachments(keeping: keptAttachments ?? [], adding: files)
      }
      json.key("allowed_mentions")
      allowedMentions.write(to: &json)
      if flags != nil || isComponentsV2 {
        let flags = (flags ?? []).union(isComponentsV2 ? .isComponentsV2 : [])
        json.field("flags", flags.rawValue)
      }
    }
  }
}
