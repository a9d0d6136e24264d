// Components: what stands in a message or modal besides text, of both generations.

import DiscordCore
package import JSON

/// A component (https://discord.com/developers/docs/components/reference), received or to be sent.
///
/// Which one may stand where is checked by the message or modal it is put into. Kinds we do not know, and known ones
/// that lack what they must have, are carried as they are.
package indirect enum Component: Hashable, Sendable {
  // Layout
  case actionRow(ActionRow)
  case section(Section)
  case container(Container)
  case separator(Separator)
  /// Modals only.
  case label(Label)
  // Content
  case textDisplay(TextDisplay)
  case thumbnail(Thumbnail)
  case mediaGallery(MediaGallery)
  case file(File)
  // Input
  case button(Button)
  case stringSelect(StringSelect)
  /// Users, roles, mentionables or channels.
  case entitySelect(EntitySelect)
  /// Modals only, as are the next four.
  case textInput(TextInput)
  case fileUpload(FileUpload)
  case radioGroup(ChoiceGroup)
  case checkboxGroup(ChoiceGroup)
  case checkbox(Checkbox)
  case unknown(JSONValue)

  /// The number that says on the wire what a component is.
  package struct Kind: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// By Discord's table; 15, 16 and 20 belong to its own client.
    package static let actionRow = Kind(rawValue: 1)
    package static let button = Kind(rawValue: 2)
    package static let stringSelect = Kind(rawValue: 3)
    package static let textInput = Kind(rawValue: 4)
    package static let userSelect = Kind(rawValue: 5)
    package static let roleSelect = Kind(rawValue: 6)
    package static let mentionableSelect = Kind(rawValue: 7)
    package static let channelSelect = Kind(rawValue: 8)
    package static let section = Kind(rawValue: 9)
    package static let textDisplay = Kind(rawValue: 10)
    package static let thumbnail = Kind(rawValue: 11)
    package static let mediaGallery = Kind(rawValue: 12)
    package static let file = Kind(rawValue: 13)
    package static let separator = Kind(rawValue: 14)
    package static let container = Kind(rawValue: 17)
    package static let label = Kind(rawValue: 18)
    package static let fileUpload = Kind(rawValue: 19)
    package static let radioGroup = Kind(rawValue: 21)
    package static let checkboxGroup = Kind(rawValue: 22)
    package static let checkbox = Kind(rawValue: 23)
  }
}

/// What every kind of component has.
package protocol ComponentPart: Hashable, Sendable {
  /// On the wire.
  var kind: Component.Kind { get }
  /// The component's number within its message; Discord counts where none is given.
  var id: Int? { get set }
  var unknownFields: UnknownFields { get set }
  /// - Throws: if a field is missing that the component cannot be without.
  init(from json: JSONView) throws(JSONError)
  /// Writes all fields but `type`, `id` and the unknown ones.
  func writeFields(to json: inout JSONWriter)
}

extension Component: WireDecodable, WireEncodable {
  /// - Throws: `.typeMismatch` if this is no object.
  package init(from json: JSONView) throws(JSONError) {
    guard json.object != nil else { throw json.mismatch() }
    do throws(JSONError) {
      self = try Self.known(json)
    } catch {
      self = .unknown(JSONValue(json))
    }
  }

  private static func known(_ json: JSONView) throws(JSONError) -> Component {
    switch Kind(rawValue: try json.require("type").asInt()) {
    case .actionRow: .actionRow(try ActionRow(from: json))
    case .button: .button(try Button(from: json))
    case .stringSelect: .stringSelect(try StringSelect(from: json))
    case .textInput: .textInput(try TextInput(from: json))
    case .userSelect, .roleSelect, .mentionableSelect, .channelSelect:
      .entitySelect(try EntitySelect(from: json))
    case .section: .section(try Section(from: json))
    case .textDisplay: .textDisplay(try TextDisplay(from: json))
    case .thumbnail: .thumbnail(try Thumbnail(from: json))
    case .mediaGallery: .mediaGallery(try MediaGallery(from: json))
    case .file: .file(try File(from: json))
    case .separator: .separator(try Separator(from: json))
    case .container: .container(try Container(from: json))
    case .label: .label(try Label(from: json))
    case .fileUpload: .fileUpload(try FileUpload(from: json))
    case .radioGroup: .radioGroup(try ChoiceGroup(from: json))
    case .checkboxGroup: .checkboxGroup(try ChoiceGroup(from: json))
    case .checkbox: .checkbox(try Checkbox(from: json))
    default: .unknown(JSONValue(json))
    }
  }

  package func write(to json: inout JSONWriter) {
    guard let part else {
      if case .unknown(let value) = self { json.value(value) }
      return
    }
    json.object { json in
      json.field("type", part.kind.rawValue)
      json.optional("id", part.id)
      part.writeFields(to: &json)
      part.unknownFields.write(to: &json)
    }
  }
}

extension Component {
  /// The component itself; nil for an unknown kind.
  package var part: (any ComponentPart)? {
    switch self {
    case .actionRow(let part): part
    case .section(let part): part
    case .container(let part): part
    case .separator(let part): part
    case .label(let part): part
    case .textDisplay(let part): part
    case .thumbnail(let part): part
    case .mediaGallery(let part): part
    case .file(let part): part
    case .button(let part): part
    case .stringSelect(let part): part
    case .entitySelect(let part): part
    case .textInput(let part): part
    case .fileUpload(let part): part
    case .radioGroup(let part): part
    case .checkboxGroup(let part): part
    case .checkbox(let part): part
    case .unknown: nil
    }
  }

  /// What the component is on the wire; nil for an unknown one that does not even say.
  package var kind: Kind? {
    if case .unknown(let value) = self {
      return value["type"]?.int64.map { Kind(rawValue: Int(truncatingIfNeeded: $0)) }
    }
    return part?.kind
  }

  /// The components directly inside this one with the fields they stand in.
  package var children: [(field: String, index: Int?, component: Component)] {
    func list(_ components: [Component]) -> [(field: String, index: Int?, component: Component)] {
      components.enumerated().map { ("components", $0.offset, $0.element) }
    }
    switch self {
    case .actionRow(let row): return list(row.components)
    case .container(let container): return list(container.components)
    case .section(let section): return list(section.components) + [("accessory", nil, section.accessory)]
    case .label(let label): return [("component", nil, label.component)]
    default: return []
    }
  }

  /// This component and all inside it, outermost first.
  package var flattened: [Component] { [self] + children.flatMap { $0.component.flattened } }

  /// What comes back in the interaction; nil for components nobody interacts with.
  package var customID: String? {
    switch self {
    case .button(let button): button.customID
    case .stringSelect(let select): select.customID
    case .entitySelect(let select): select.customID
    case .textInput(let input): input.customID
    case .fileUpload(let upload): upload.customID
    case .radioGroup(let group), .checkboxGroup(let group): group.customID
    case .checkbox(let checkbox): checkbox.customID
    case .unknown(let value): value["custom_id"]?.string
    default: nil
    }
  }
}
