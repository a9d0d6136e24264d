// What Discord refuses in components: each for itself, in its place, and all of a message together.

import DiscordCore

/// Limits of all components of one message
/// (https://discord.com/developers/docs/components/reference#anatomy-of-a-component).
package enum ComponentLimits {
  /// Rows of a message without the flag `isComponentsV2`.
  package static let legacyRows = 5
  /// Components of a message with the flag, those inside others included.
  package static let total = 40
  /// Code points of all text displays of one message together.
  package static let totalText = 4_000
  /// Components at the top of a modal.
  package static let modal = 5
  package static let customID = 1...100
}

extension Component {
  /// Where a component stands, which decides what may stand there.
  enum Place {
    case legacyMessage, message, container, row, section, accessory, modal, label

    var allowed: Set<Kind> {
      switch self {
      case .legacyMessage: [.actionRow]
      case .message:
        [.actionRow, .section, .textDisplay, .mediaGallery, .file, .separator, .container]
      case .container: [.actionRow, .section, .textDisplay, .mediaGallery, .file, .separator]
      case .row:
        [.button, .stringSelect, .userSelect, .roleSelect, .mentionableSelect, .channelSelect]
      case .section: [.textDisplay]
      case .accessory: [.button, .thumbnail]
      case .modal: [.label, .textDisplay, .actionRow]
      case .label:
        [
          .textInput, .stringSelect, .userSelect, .roleSelect, .mentionableSelect, .channelSelect,
          .fileUpload,
          .radioGroup, .checkboxGroup, .checkbox,
        ]
      }
    }

    var name: String {
      switch self {
      case .legacyMessage: "a message without components v2"
      case .message: "a message"
      case .container: "a container"
      case .row: "an action row"
      case .section: "a section"
      case .accessory: "the side of a section"
      case .modal: "a modal"
      case .label: "a label"
      }
    }

    var isInModal: Bool { self == .modal || self == .label }
  }

  /// The checks of everything a message has.
  static func validate(_ components: [Component], isVersion2: Bool) throws(CompositionError) {
    let limit = isVersion2 ? ComponentLimits.total : ComponentLimits.legacyRows
    try Check.count(components.count, "components", 0...limit)
    for (index, component) in components.enumerated() {
      try Check.part("components", index) { () throws(CompositionError) in
        try component.validate(in: isVersion2 ? .message : .legacyMessage)
      }
    }
    try validateTogether(components)
  }

  /// The checks of everything a modal has.
  static func validateModal(_ components: [Component]) throws(CompositionError) {
    try Check.count(components.count, "components", 1...ComponentLimits.modal)
    for (index, component) in components.enumerated() {
      try Check.part("components", index) { () throws(CompositionError) in try component.validate(in: .modal)
      }
    }
    try validateTogether(components)
  }

  /// What is counted over all components of a message or modal.
  private static func validateTogether(_ components: [Component]) throws(CompositionError) {
    let all = located(components, under: "")
    if all.count > ComponentLimits.total {
      let problem =
        "are \(all.count), those inside others included; Discord takes at most \(ComponentLimits.total)"
      throw CompositionError(
        .tooMany, "components", problem, found: all.count, limit: 0...ComponentLimits.total)
    }
    var customIDs: Set<String> = []
    var ids: Set<Int> = []
    var text = 0
    for (path, component) in all {
      if let customID = component.customID, !customIDs.insert(customID).inserted {
        throw CompositionError(.duplicate, "\(path).custom_id", "is used twice; Discord wants each once")
      }
      if let id = component.part?.id, id != 0, !ids.insert(id).inserted {
        throw CompositionError(.duplicate, "\(path).id", "is used twice; Discord wants each once")
      }
      if case .textDisplay(let display) = component { text += display.content.discordLength }
    }
    if text > ComponentLimits.totalText {
      throw CompositionError(
        .tooLong, "components",
        "have \(text) characters of text; Discord takes at most \(ComponentLimits.totalText)",
        found: text, limit: 0...ComponentLimits.totalText)
    }
  }

  /// Each component with its path, outermost first.
  private static func located(_ components: [Component], under path: String) -> [(
    path: String, component: Component
  )] {
    components.enumerated().flatMap { index, component in
      component.located(at: "\(path)components[\(index)]")
    }
  }

  private func located(at path: String) -> [(path: String, component: Component)] {
    [(path, self)]
      + children.flatMap { child in
        child.component.located(at: "\(path).\(child.field)\(child.index.map { "[\($0)]" } ?? "")")
      }
  }

  /// The checks of one component and what is inside it.
  func validate(in place: Place) throws(CompositionError) {
    // What we do not know is for Discord to judge.
    guard let part else { return }
    guard place.allowed.contains(part.kind) else {
      throw CompositionError(
        .misplaced, "type", "is \(part.kind.rawValue), which Discord does not take in \(place.name)")
    }
    try Check.number(part.id, "id", 0...Int(Int32.max))
    switch self {
    case .actionRow(let row): try row.validate(isInModal: place.isInModal)
    case .section(let section): try section.validate()
    case .container(let container): try container.validate()
    case .label(let label): try label.validate()
    case .textDisplay(let display): try Check.text(display.content, "content", 1...ComponentLimits.totalText)
    case .thumbnail(let thumbnail): try thumbnail.validate()
    case .mediaGallery(let gallery): try gallery.validate()
    case .file(let file): try file.validate()
    case .button(let button): try button.validate()
    case .stringSelect(let select): try select.validate(isInModal: place.isInModal)
    case .entitySelect(let select): try select.validate(isInModal: place.isInModal)
    case .textInput(let input): try input.validate(needsLabel: place == .modal)
    case .fileUpload(let upload): try upload.validate()
    case .radioGroup(let group), .checkboxGroup(let group): try group.validate()
    case .checkbox(let checkbox): try Check.text(checkbox.customID, "custom_id", ComponentLimits.customID)
    case .separator, .unknown: break
    }
  }

  fileprivate static func validate(_ components: [Component], in place: Place) throws(CompositionError) {
    for (index, component) in components.enumerated() {
      try Check.part("components", index) { () throws(CompositionError) in try component.validate(in: place) }
    }
  }
}

extension Component.ActionRow {
  fileprivate func validate(isInModal: Bool) throws(CompositionError) {
    try Check.count(components.count, "components", 1...5)
    if isInModal {
      // The old form: one text input for each row.
      for (index, component) in components.enumerated() {
        guard case .textInput(let input) = component else {
          throw CompositionError(
            .misplaced, "components[\(index)].type",
            "is no text input, and in a modal an action row takes nothing else")
        }
        try Check.part("components", index) { () throws(CompositionError) in
          try input.validate(needsLabel: true)
        }
      }
      return try Check.count(components.count, "components", 1...1)
    }
    try Component.validate(components, in: .row)
    let hasOnlyButtons = components.allSatisfy { $0.kind == .button || $0.part == nil }
    if !hasOnlyButtons, components.count > 1 {
      throw CompositionError(
        .tooMany, "components", "has a select and \(components.count - 1) more; a select fills its row",
        found: components.count, limit: 1...1)
    }
  }
}

extension Component.Section {
  fileprivate func validate() throws(CompositionError) {
    try Check.count(components.count, "components", 1...3)
    try Component.validate(components, in: .section)
    try Check.part("accessory") { () throws(CompositionError) in try accessory.validate(in: .accessory) }
  }
}

extension Component.Container {
  fileprivate func validate() throws(CompositionError) {
    try Check.count(components.count, "components", 1...ComponentLimits.total)
    try Check.number(accentColor, "accent_color", 0...0xFFFFFF)
    try Component.validate(components, in: .container)
  }
}

extension Component.Label {
  fileprivate func validate() throws(CompositionError) {
    try Check.text(label, "label", 1...45)
    try Check.text(description, "description", 1...100)
    try Check.part("component") { () throws(CompositionError) in try component.validate(in: .label) }
  }
}

extension Component.Thumbnail {
  fileprivate func validate() throws(CompositionError) {
    try Check.address(media.url, "media.url", schemes: ["attachment://"])
    try Check.text(description, "description", 1...1_024)
  }
}

extension Component.MediaGallery {
  fileprivate func validate() throws(CompositionError) {
    try Check.count(items.count, "items", 1...10)
    for (index, item) in items.enumerated() {
      try Check.address(item.media.url, "items[\(index)].media.url", schemes: ["attachment://"])
      try Check.text(item.description, "items[\(index)].description", 1...1_024)
    }
  }
}

extension Component.File {
  fileprivate func validate() throws(CompositionError) {
    guard file.url.hasPrefix("attachment://"), file.url.utf8.count > 13 else {
      throw CompositionError(
        .malformed, "file.url",
        "is not of the form attachment://name; a file component shows a file of its message")
    }
    try Check.text(file.url, "file.url", 1...2_048)
  }
}
