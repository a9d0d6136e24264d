// Choices, and the channels, roles and people that settings name.

import DiscordCore
import HTML
import JSON
import PlatformSettings
import Resources

/// What a select offers.
private struct PickerOption {
  let value: String
  let label: String
  var attributes: [HTMLAttribute] = []
}

/// Options under a heading; without one when nil.
private typealias PickerGroup = (title: String?, options: [PickerOption])

extension SettingsForm {
  func choice(
    _ field: Field, _ place: SettingsPlace, _ names: [String], _ value: JSONValue, isOptional: Bool,
    _ html: inout HTMLWriter
  ) {
    var options = names.map { name in
      Choice(name, label: words.choice(name, of: place.key), help: words.choiceHelp(name, of: place.key))
    }
    if isOptional { options.insert(Choice("", label: words.page["settingsForm.notSet"]), at: 0) }
    let selected = value.string ?? ""
    if options.count <= 4 {
      html.add(RadioGroup(field, choices: options, selected: selected))
    } else {
      html.add(SelectInput(field, choices: options, selected: selected))
    }
  }

  func reference(
    _ field: Field, _ reference: SettingsReference, _ value: JSONValue, isOptional: Bool,
    _ html: inout HTMLWriter
  ) {
    if reference == .user {
      return field.render(into: &html) { html in
        html.void(
          .input,
          attributes: field.controlAttributes() + [
            .class("input input-medium"), .type("text"), .autocomplete("off"),
            .placeholder(words.page["settingsForm.userID"]), .value(typed[field.name] ?? value.string ?? ""),
          ])
      }
    }
    let selected = value.string.map { [$0] } ?? []
    var groups = self.groups(reference, keeping: selected)
    // The id 0 stands for what was never chosen.
    if isOptional || selected == ["0"] {
      let label = words.page[dynamic: isOptional ? "settingsForm.notSet" : "settingsForm.choose"]
      groups.insert((nil, [PickerOption(value: isOptional ? "" : "0", label: label)]), at: 0)
    }
    field.render(into: &html) { html in
      html.element(.span, .class("select")) { html in
        html.element(
          .select,
          attributes: field.controlAttributes() + [.class("input"), .data("picker", kind(of: reference))]
            + pickerWords(html.strings)
        ) { html in options(groups, selected: Set(selected), &html) }
        html.add(Icon.chevronDown)
      }
    }
  }

  /// What the script says beside its own list.
  private func pickerWords(_ strings: ComponentStrings) -> [HTMLAttribute] {
    [
      .data("hint", strings[.pickerHint]), .data("none", strings[.pickerNone]),
      .data("count", strings[.pickerCount]), .data("remove", strings[.pickerRemove]),
    ]
  }

  /// Several of a set, in one select.
  func picker(
    _ field: Field, _ element: SettingsKind, _ place: SettingsPlace, _ values: [JSONValue],
    _ html: inout HTMLWriter
  ) {
    let selected = values.compactMap(\.string)
    var groups: [PickerGroup] = []
    var picker = "choice"
    if case .reference(let reference) = element {
      groups = self.groups(reference, keeping: selected)
      picker = kind(of: reference)
    } else if case .choice(let names) = element {
      groups = [
        (nil, names.map { PickerOption(value: $0, label: words.choice($0, of: place.key)) })
      ]
    }
    field.render(into: &html) { html in
      html.element(
        .select,
        attributes: field.controlAttributes() + [
          .class("input settings-picker"), .multiple(), .data("picker", picker),
          .data("picker-empty", words.page["settingsForm.none"]),
        ] + pickerWords(html.strings)
      ) { html in options(groups, selected: Set(selected), &html) }
    }
  }

  /// A few choices to tick.
  func checks(
    _ field: Field, _ names: [String], _ place: SettingsPlace, _ values: [JSONValue], _ html: inout HTMLWriter
  ) {
    let ticked = Set(values.compactMap(\.string))
    html.element(
      .fieldset, .class("field radio-group" + (field.error == nil ? "" : " has-error")), .id(field.id),
      .ariaDescribedBy(field.describedBy)
    ) { html in
      html.element(.legend, .class("label")) { html in field.labelText(&html) }
      html.element(.div, .class("radios settings-checks")) { html in
        for (index, name) in names.enumerated() {
          let id = field.id.part(index)
          let help = words.choiceHelp(name, of: place.key)
          html.element(.div, .class("toggle")) { html in
            html.void(
              .input, .class("checkbox"), .type("checkbox"), .id(id), .name(field.name), .value(name),
              .checked(ticked.contains(name)), .ariaDescribedBy(help == nil ? [] : [id.part("help")]))
            html.element(.div, .class("toggle-text")) { html in
              html.element(.label, .class("label"), .for(id), text: words.choice(name, of: place.key))
              if let help { html.element(.p, .class("help"), .id(id.part("help")), text: help) }
            }
          }
        }
      }
      field.notes(&html)
    }
  }

  private func kind(of reference: SettingsReference) -> String {
    switch reference {
    case .channel: "channel"
    case .role: "role"
    case .user: "user"
    }
  }

  /// What the server has, and the chosen ids that it does not have (any more).
  private func groups(_ reference: SettingsReference, keeping selected: [String]) -> [PickerGroup] {
    var groups: [PickerGroup] = []
    switch reference {
    case .channel(let types):
      groups = choices.grouped(types: types).map { group in
        (
          group.category,
          group.channels.map { PickerOption(value: $0.id.description, label: $0.title) }
        )
      }
    case .role:
      groups = [
        (
          nil,
          choices.roles.map { role in
            PickerOption(
              value: role.id.description, label: role.name,
              attributes: [
                .data("color", role.color == 0 ? nil : SettingsColor(role.color).text),
                .data("managed", role.isManaged ? "" : nil),
                .data("out-of-reach", role.isGivable ? nil : ""),
              ])
          }
        )
      ]
    case .user: break
    }
    let known = Set(groups.flatMap { $0.options.map(\.value) })
    let gone = selected.filter { !known.contains($0) && $0 != "0" && $0 != "" }
    if !gone.isEmpty {
      groups.append(
        (
          nil,
          gone.map { id in
            PickerOption(
              value: id, label: words.name(of: .string(id), reference, choices: choices),
              attributes: [.data("gone")])
          }
        ))
    }
    return groups
  }

  private func options(_ groups: [PickerGroup], selected: Set<String>, _ html: inout HTMLWriter) {
    for group in groups {
      let write: (inout HTMLWriter) -> Void = { html in
        for option in group.options {
          html.element(
            .option,
            attributes: [.value(option.value), .selected(selected.contains(option.value))] + option.attributes
          ) { html in html.text(option.label) }
        }
      }
      if let title = group.title {
        html.element(.optgroup, .label(title), content: write)
      } else {
        write(&html)
      }
    }
  }
}
