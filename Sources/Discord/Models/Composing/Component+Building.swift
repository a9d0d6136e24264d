// How components are written: `.row(.button("Join", id: "join", style: .success), .link("Rules", to: address))`.

package import DiscordCore

extension Component {
  // MARK: Layout

  /// Up to five buttons or one select, side by side.
  package static func row(_ components: Component...) -> Component { .actionRow(ActionRow(components)) }

  /// As `row`, for a list.
  package static func row(_ components: [Component]) -> Component { .actionRow(ActionRow(components)) }

  /// Up to three texts with a button or thumbnail beside them.
  package static func section(_ texts: String..., accessory: Component) -> Component {
    .section(Section(texts.map { .text($0) }, accessory: accessory))
  }

  /// A frame around other components; `color` is 0xRRGGBB.
  package static func container(
    color: Int? = nil, isSpoiler: Bool = false, _ components: [Component]
  ) -> Component { .container(Container(components, accentColor: color, isSpoiler: isSpoiler)) }

  /// A line across.
  package static var divider: Component { .separator(Separator()) }

  /// Space without a line.
  package static func space(large: Bool = false) -> Component {
    .separator(Separator(hasDivider: false, isLarge: large))
  }

  /// An input of a modal under its name.
  package static func label(
    _ label: String, description: String? = nil, _ component: Component
  ) -> Component { .label(Label(label, description: description, component)) }

  // MARK: Content

  /// Text with Markdown.
  package static func text(_ content: String) -> Component { .textDisplay(TextDisplay(content)) }

  /// A small picture, beside a section.
  package static func thumbnail(
    _ url: String, description: String? = nil, isSpoiler: Bool = false
  ) -> Component { .thumbnail(Thumbnail(url, description: description, isSpoiler: isSpoiler)) }

  /// One to ten pictures by their addresses.
  package static func gallery(_ urls: String...) -> Component {
    .mediaGallery(MediaGallery(urls.map { MediaGallery.Item($0) }))
  }

  /// One to ten pictures with descriptions.
  package static func gallery(_ items: [MediaGallery.Item]) -> Component {
    .mediaGallery(MediaGallery(items))
  }

  /// A file of the same message by its name.
  package static func file(named name: String, isSpoiler: Bool = false) -> Component {
    .file(File("attachment://\(name)", isSpoiler: isSpoiler))
  }

  // MARK: Buttons and selects

  /// A button that tells us when it is pressed, by its id.
  package static func button(
    _ label: String? = nil, id: String, style: Button.Style = .secondary, emoji: EmojiReference? = nil,
    isDisabled: Bool = false
  ) -> Component {
    .button(Button(label, style: style, emoji: emoji, customID: id, isDisabled: isDisabled))
  }

  /// A button that opens an address.
  package static func link(
    _ label: String? = nil, to url: String, emoji: EmojiReference? = nil, isDisabled: Bool = false
  ) -> Component { .button(Button(label, style: .link, emoji: emoji, url: url, isDisabled: isDisabled)) }

  /// A button that offers something for sale.
  package static func premium(_ sku: SKUID) -> Component { .button(Button(style: .premium, sku: sku)) }

  /// A menu of strings.
  package static func select(
    id: String, _ options: [Choice], placeholder: String? = nil, choosing values: ClosedRange<Int>? = nil,
    isDisabled: Bool = false, isRequired: Bool? = nil
  ) -> Component {
    .stringSelect(
      StringSelect(
        id, options, placeholder: placeholder, choosing: values, isDisabled: isDisabled,
        isRequired: isRequired))
  }

  /// A menu of users.
  package static func userSelect(
    id: String, placeholder: String? = nil, choosing values: ClosedRange<Int>? = nil,
    selected: [UserID] = [], isRequired: Bool? = nil
  ) -> Component {
    .entitySelect(
      EntitySelect(
        .userSelect, id, placeholder: placeholder, defaultValues: selected.map { .user($0) },
        choosing: values,
        isRequired: isRequired))
  }

  /// A menu of roles.
  package static func roleSelect(
    id: String, placeholder: String? = nil, choosing values: ClosedRange<Int>? = nil,
    selected: [RoleID] = [], isRequired: Bool? = nil
  ) -> Component {
    .entitySelect(
      EntitySelect(
        .roleSelect, id, placeholder: placeholder, defaultValues: selected.map { .role($0) },
        choosing: values,
        isRequired: isRequired))
  }

  /// A menu of users and roles.
  package static func mentionableSelect(
    id: String, placeholder: String? = nil, choosing values: ClosedRange<Int>? = nil,
    selected: [EntitySelect.DefaultValue] = [], isRequired: Bool? = nil
  ) -> Component {
    .entitySelect(
      EntitySelect(
        .mentionableSelect, id, placeholder: placeholder, defaultValues: selected, choosing: values,
        isRequired: isRequired))
  }

  /// A menu of channels.
  package static func channelSelect(
    id: String, types: [ChannelType] = [], placeholder: String? = nil,
    choosing values: ClosedRange<Int>? = nil,
    selected: [ChannelID] = [], isRequired: Bool? = nil
  ) -> Component {
    .entitySelect(
      EntitySelect(
        .channelSelect, id, placeholder: placeholder, channelTypes: types,
        defaultValues: selected.map { .channel($0) }, choosing: values, isRequired: isRequired))
  }

  // MARK: Inputs of modals

  /// A line of text.
  package static func line(
    id: String, length: ClosedRange<Int>? = nil, isRequired: Bool? = nil, value: String? = nil,
    placeholder: String? = nil
  ) -> Component {
    .textInput(TextInput(id, length: length, isRequired: isRequired, value: value, placeholder: placeholder))
  }

  /// Several lines of text.
  package static func paragraph(
    id: String, length: ClosedRange<Int>? = nil, isRequired: Bool? = nil, value: String? = nil,
    placeholder: String? = nil
  ) -> Component {
    .textInput(
      TextInput(
        id, isParagraph: true, length: length, isRequired: isRequired, value: value, placeholder: placeholder)
    )
  }

  /// A place to drop files; `types` are `image`, `video`, `audio` or extensions with their dots.
  package static func upload(
    id: String, files: ClosedRange<Int>? = nil, isRequired: Bool? = nil, types: [String] = []
  ) -> Component { .fileUpload(FileUpload(id, files: files, isRequired: isRequired, fileTypes: types)) }

  /// One of two to ten choices.
  package static func radio(id: String, _ options: [Choice], isRequired: Bool? = nil) -> Component {
    .radioGroup(ChoiceGroup(.radioGroup, id, options, isRequired: isRequired))
  }

  /// Any of one to ten choices.
  package static func checkboxes(
    id: String, _ options: [Choice], choosing values: ClosedRange<Int>? = nil, isRequired: Bool? = nil
  ) -> Component {
    .checkboxGroup(ChoiceGroup(.checkboxGroup, id, options, choosing: values, isRequired: isRequired))
  }

  /// A yes or no.
  package static func checkbox(id: String, isTicked: Bool = false) -> Component {
    .checkbox(Checkbox(id, isDefault: isTicked))
  }
}

extension Component.Choice: ExpressibleByStringLiteral {
  /// A choice whose label is what comes back.
  package init(stringLiteral value: String) { self.init(value) }
}
