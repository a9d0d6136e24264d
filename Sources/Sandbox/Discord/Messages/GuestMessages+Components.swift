// Rows of buttons and selects, and of text inputs in forms.

import DiscordCore
import DiscordModels
import JSON
import SandboxContract

extension GuestMessages {
  /// The rows of a message; nil where the call has none.
  func components(_ fields: GuestFields) throws(RPCError) -> [Component]? {
    guard let rows = try fields.objects("components", atMost: ComponentLimits.legacyRows) else { return nil }
    var components: [Component] = []
    for row in rows {
      try expect(.actionRow, row)
      var parts: [Component] = []
      for part in try row.objects("components", atMost: 5) ?? [] { parts.append(try interactive(part)) }
      components.append(.row(parts))
    }
    return components
  }

  /// The rows of a form: one text input each.
  func inputRows(_ fields: GuestFields) throws(RPCError) -> [Component] {
    var components: [Component] = []
    for row in try fields.objects("components", atMost: ComponentLimits.modal) ?? [] {
      try expect(.actionRow, row)
      var inputs: [Component] = []
      for input in try row.objects("components", atMost: 1) ?? [] {
        try expect(.textInput, input)
        inputs.append(.textInput(try textInput(input)))
      }
      components.append(.row(inputs))
    }
    return components
  }

  /// The custom id as Discord gets it.
  func customID(_ fields: GuestFields) throws(RPCError) -> String {
    let id = try fields.requiredText("custom_id")
    let (length, limit) = (id.discordLength, GuestComponentID.maximumLength)
    guard (1...limit).contains(length) else {
      throw .invalid(
        "\(fields.place("custom_id")) is \(length) characters long; a plugin's has 1 to \(limit)")
    }
    return GuestComponentID(plugin: plugin, customID: id).text
  }

  private func kind(_ fields: GuestFields) throws(RPCError) -> Component.Kind {
    guard let type = try fields.integer("type") else { throw .invalid("\(fields.place("type")) is required") }
    return Component.Kind(rawValue: type)
  }

  private func expect(_ kind: Component.Kind, _ fields: GuestFields) throws(RPCError) {
    let given = try self.kind(fields)
    guard given == kind else {
      throw .invalid("\(fields.place("type")) is \(given.rawValue); here it must be \(kind.rawValue)")
    }
  }

  private func interactive(_ fields: GuestFields) throws(RPCError) -> Component {
    switch try kind(fields) {
    case .button: return .button(try button(fields))
    case .stringSelect: return .stringSelect(try stringSelect(fields))
    case let kind where [.userSelect, .roleSelect, .mentionableSelect, .channelSelect].contains(kind):
      return .entitySelect(try entitySelect(kind, fields))
    case let kind:
      throw .invalid("\(fields.place("type")) is \(kind.rawValue), which a plugin's row does not take")
    }
  }

  private func button(_ fields: GuestFields) throws(RPCError) -> Component.Button {
    guard let style = try fields.integer("style"), (1...5).contains(style) else {
      throw .invalid("\(fields.place("style")) must be 1 to 5")
    }
    let label = try fields.text("label")
    var button = Component.Button(
      label == "" ? nil : label, style: .init(rawValue: style), emoji: try emoji(fields),
      url: try fields.text("url"), isDisabled: try fields.flag("disabled") ?? false)
    // Where a link leads is all there is to it.
    if button.style != .link { button.customID = try customID(fields) }
    return button
  }

  private func stringSelect(_ fields: GuestFields) throws(RPCError) -> Component.StringSelect {
    var options: [Component.Choice] = []
    for option in try fields.objects("options", atMost: 25) ?? [] {
      options.append(
        Component.Choice(
          try option.requiredText("label"), value: try option.requiredText("value"),
          description: try option.text("description"), emoji: try emoji(option),
          isDefault: try option.flag("default") ?? false))
    }
    var select = Component.StringSelect(
      try customID(fields), options, placeholder: try fields.text("placeholder"),
      isDisabled: try fields.flag("disabled") ?? false)
    select.minimumValues = try fields.integer("min_values")
    select.maximumValues = try fields.integer("max_values")
    return select
  }

  /// What Discord lists by itself; the plugin gets the ids that were chosen.
  private func entitySelect(
    _ kind: Component.Kind, _ fields: GuestFields
  ) throws(RPCError) -> Component.EntitySelect {
    var types: [ChannelType] = []
    for (index, value) in (try fields.list("channel_types", atMost: 25) ?? []).enumerated() {
      guard let type = value.int64, (0...100).contains(type) else {
        throw .invalid("\(fields.place("channel_types"))[\(index)] must be a type of channel")
      }
      types.append(ChannelType(rawValue: Int(type)))
    }
    var select = Component.EntitySelect(
      kind, try customID(fields), placeholder: try fields.text("placeholder"), channelTypes: types,
      isDisabled: try fields.flag("disabled") ?? false)
    select.minimumValues = try fields.integer("min_values")
    select.maximumValues = try fields.integer("max_values")
    return select
  }

  private func textInput(_ fields: GuestFields) throws(RPCError) -> Component.TextInput {
    let style = try fields.integer("style") ?? 1
    guard (1...2).contains(style) else { throw .invalid("\(fields.place("style")) must be 1 or 2") }
    var input = Component.TextInput(
      try fields.requiredText("custom_id"), isParagraph: style == 2, isRequired: try fields.flag("required"),
      value: try fields.text("value"), placeholder: try fields.text("placeholder"),
      label: try fields.text("label"))
    input.minimumLength = try fields.integer("min_length")
    input.maximumLength = try fields.integer("max_length")
    return input
  }

  /// An emoji as an object, or as text: the character, or a custom one's mention.
  private func emoji(_ fields: GuestFields) throws(RPCError) -> EmojiReference? {
    guard let value = fields["emoji"] else { return nil }
    if let text = value.string { return Self.emoji(text) }
    let given = try GuestFields(value, at: fields.place("emoji"))
    let name = try given.text("name")
    guard let idValue = given["id"] else { return name.flatMap { Self.emoji($0) } }
    guard let id = idValue.snowflake, id > 0 else {
      throw .invalid("\(given.place("id")) must be a Discord id")
    }
    return EmojiReference(id: EmojiID(id), name: name, isAnimated: try given.flag("animated") ?? false)
  }

  private static func emoji(_ text: String) -> EmojiReference? {
    text.isEmpty ? nil : EmojiReference(typed: text) ?? .unicode(text)
  }
}
