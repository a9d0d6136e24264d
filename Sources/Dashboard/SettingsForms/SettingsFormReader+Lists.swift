// Lists as forms send them: ticked and picked values, lines, rows; and what the buttons of rows do.

import JSON
import PlatformSettings

extension SettingsFormReader {
  mutating func list(
    _ element: SettingsKind, _ counts: ClosedRange<Int>, isSet: Bool, _ name: String, _ path: SettingsPath,
    _ stored: JSONValue
  ) -> JSONValue {
    guard lists.contains(name) else { return stored }
    let old = stored.array ?? []
    switch SettingsListLayout(of: element, isSet: isSet, values: []) {
    case .checks, .picker: return picked(element, counts, name, path, old)
    case .lines:
      // A list with a text that no line can hold was shown in rows.
      if let text = values[name]?.first { return lines(element, counts, text, path, old) }
    case .rows: break
    }
    return .array(elements(element, counts, name, path, old))
  }

  /// Values of a set. Those that stay keep their order; new ones follow.
  private mutating func picked(
    _ element: SettingsKind, _ counts: ClosedRange<Int>, _ name: String, _ path: SettingsPath,
    _ old: [JSONValue]
  ) -> JSONValue {
    var chosen: [JSONValue] = []
    var seen: Set<JSONValue> = []
    for (index, text) in (values[name] ?? []).enumerated() {
      guard index <= counts.upperBound else {
        note(path, .tooMany, ["limit": "\(counts.upperBound)"])
        break
      }
      let before = problems.count
      let value = scalar(element, text, path.element(index), .null)
      if problems.count == before, !value.isNull, seen.insert(value).inserted { chosen.append(value) }
    }
    let kept = old.filter { seen.contains($0) }
    let known = Set(kept)
    return .array(kept + chosen.filter { !known.contains($0) })
  }

  /// One element a line. Spaces around go, unless the stored element has them; empty lines mean nothing.
  private mutating func lines(
    _ element: SettingsKind, _ counts: ClosedRange<Int>, _ text: String, _ path: SettingsPath,
    _ old: [JSONValue]
  ) -> JSONValue {
    let known = Set(old.compactMap(\.string))
    var result: [JSONValue] = []
    let before = problems.count
    for line in Self.asSent(text).split(separator: "\n") {
      let line = String(line)
      let trimmed = known.contains(line) ? line : Self.trimmed(line)
      if trimmed.isEmpty { continue }
      guard result.count < counts.upperBound else {
        note(path, .tooMany, ["limit": "\(counts.upperBound)"])
        break
      }
      let place = path.element(result.count)
      result.append(scalar(element, trimmed, place, .null))
      typed[place.description] = nil
    }
    if problems.count == before {
      let isSame = result.count == old.count && !zip(result, old).contains { $0 != $1 }
      if !isSame { typed[path.description] = text }
      return .array(result)
    }
    typed[path.description] = text
    return .array(old)
  }

  /// The rows, in the form's order, after what a button does to them.
  private mutating func elements(
    _ element: SettingsKind, _ counts: ClosedRange<Int>, _ name: String, _ path: SettingsPath,
    _ old: [JSONValue]
  ) -> [JSONValue] {
    let rest = old.suffix(min(rests[name] ?? 0, max(0, old.count - 1)))
    var rows: [String] = []
    var seen: Set<String> = []
    for row in self.rows[name] ?? [] where seen.insert(row).inserted {
      guard Self.index(of: row, in: name) != nil else {
        note(path, .malformed)
        continue
      }
      guard rows.count + rest.count < counts.upperBound else {
        note(path, .tooMany, ["limit": "\(counts.upperBound)"])
        break
      }
      rows.append(row)
    }
    let isAdding = operate(on: &rows, of: name, path)
    var result: [JSONValue] = []
    for row in rows {
      let index = Self.index(of: row, in: name) ?? old.count
      let stored = index < old.count - rest.count ? old[index] : element.blank
      result.append(value(element, row, path.element(result.count), stored))
    }
    if isAdding {
      if result.count + rest.count >= counts.upperBound || !rest.isEmpty {
        note(path, .tooMany, ["limit": "\(result.count + rest.count)"])
      } else {
        result.append(element.blank)
      }
    }
    return result + rest
  }

  /// Moves or takes away a row, if its button was pressed.
  ///
  /// - Returns: whether one is to be added.
  private mutating func operate(on rows: inout [String], of name: String, _ path: SettingsPath) -> Bool {
    guard let operation else { return false }
    if operation.name == SettingsFormName.add {
      guard operation.path == name else { return false }
      changedList = path
      return true
    }
    guard let index = rows.firstIndex(of: operation.path) else { return false }
    changedList = path
    switch operation.name {
    case SettingsFormName.remove: rows.remove(at: index)
    case SettingsFormName.up where index > 0: rows.swapAt(index, index - 1)
    case SettingsFormName.down where index + 1 < rows.count: rows.swapAt(index, index + 1)
    default: break
    }
    return false
  }

  /// The number of `name[number]`; nil for anything else, and for numbers that no form has.
  private static func index(of row: String, in name: String) -> Int? {
    let number = row.dropFirst(name.count)
    guard row.hasPrefix(name), number.first == "[", number.last == "]" else { return nil }
    let digits = number.dropFirst().dropLast()
    guard (1...7).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
      let index = Int(digits), index < maximumIndex
    else { return nil }
    return index
  }
}
