// What was and what is: the difference that a record tells of, value by value.

import HTML
import JSON
import Resources

/// One value that differs.
struct RecordChange: Equatable {
  /// Of the value within its record; empty for the record as a whole.
  let path: String
  /// nil where there was, or is, nothing.
  let before: String?
  let after: String?

  /// At most so many are shown; an export has all.
  static let limit = 60
  private static let textLimit = 600

  /// The values that differ between two documents.
  static func between(_ before: JSONValue, _ after: JSONValue, names: GuildNames?) -> [RecordChange] {
    var changes: [RecordChange] = []
    compare(before, after, "", names, &changes)
    return changes
  }

  private static func compare(
    _ before: JSONValue?, _ after: JSONValue?, _ path: String, _ names: GuildNames?,
    _ changes: inout [RecordChange]
  ) {
    guard before != after, changes.count < limit else { return }
    let (old, new) = (before?.object?.fields, after?.object?.fields)
    // Beside an object, nothing is an object without fields.
    guard old != nil || new != nil, old != nil || (before?.isNull ?? true),
      new != nil || (after?.isNull ?? true)
    else {
      changes.append(RecordChange(path: path, before: text(before, names), after: text(after, names)))
      return
    }
    var keys = (old ?? []).map(\.key)
    keys += (new ?? []).map(\.key).filter { !keys.contains($0) }
    for key in keys {
      compare(
        old?.first { $0.key == key }?.value, new?.first { $0.key == key }?.value,
        path.isEmpty ? key : "\(path).\(key)", names, &changes)
    }
  }

  private static func text(_ value: JSONValue?, _ names: GuildNames?) -> String? {
    guard let value, !value.isNull else { return nil }
    if let list = value.array, list.allSatisfy({ $0.string != nil }) {
      return cut(list.compactMap(\.string).map { names?.described($0) ?? $0 }.joined(separator: ", "))
    }
    if let text = value.string { return cut(names?.described(text) ?? text) }
    // Only a number that JSON does not have cannot be written, and none comes out of a store.
    guard let bytes = try? value.encoded() else { return nil }
    return cut(String(decoding: bytes, as: UTF8.self))
  }

  private static func cut(_ text: String) -> String {
    text.count > textLimit ? "\(text.prefix(textLimit))…" : text
  }
}

/// Changes below one another: what the value is called, what it was, what it is.
struct ChangeList: HTMLComponent {
  let changes: [RecordChange]
  let strings: StringCatalog

  func render(into html: inout HTMLWriter) {
    html.element(.dl, .class("changes")) { html in
      for change in changes {
        html.element(.div, .class("change")) { html in
          html.element(.dt) { html in
            html.element(.code, text: change.path.isEmpty ? strings["records.value"] : change.path)
          }
          side("change-before", strings["records.before"], change.before, into: &html)
          side("change-after", strings["records.after"], change.after, into: &html)
        }
      }
    }
  }

  private func side(_ name: String, _ word: String, _ text: String?, into html: inout HTMLWriter) {
    html.element(.dd, .class(name)) { html in
      html.element(.span, .class("visually-hidden"), text: "\(word) ")
      if let text { html.isolated(text) } else { html.text("–") }
    }
  }
}
