// What a browser would send of a form: a strict little reader of our own markup (HTML 4.10.21.4).

import HTTPServer
import TestKit

/// The controls of a page, as far as they are sent.
struct BrowserForm {
  /// A control that was met.
  struct Control {
    let tag: String
    let attributes: [String: String]
    /// Of a text area, what stands in it; of a select, its options.
    var text: [UInt8] = []
    var options: [(value: String, isSelected: Bool)] = []
    let isDisabled: Bool

    var name: String? { attributes["name"] }
  }

  private(set) var controls: [Control] = []
  /// The tags of the page, for tests that look at them.
  private(set) var tags: [(name: String, attributes: [String: String])] = []

  /// Reads a page.
  init(_ page: [UInt8]) throws {
    var index = 0
    var open: [(name: String, isDisabled: Bool)] = []
    var optionText: [UInt8]?
    while index < page.count {
      guard page[index] == UInt8(ascii: "<") else {
        let end = page[index...].firstIndex(of: UInt8(ascii: "<")) ?? page.count
        if open.last?.name == "textarea", !isInTemplate(open) {
          controls[controls.count - 1].text += page[index..<end]
        }
        optionText? += page[index..<end]
        index = end
        continue
      }
      let end = try end(of: page, from: index)
      var tag = page[(index + 1)..<end]
      index = end + 1
      if tag.first == UInt8(ascii: "/") {
        tag = tag.dropFirst()
        let name = String(decoding: tag, as: UTF8.self)
        guard open.last?.name == name else {
          throw TestKitError("</\(name)> closes \(open.last?.name ?? "nothing")")
        }
        open.removeLast()
        if name == "option" { optionText = nil }
        continue
      }
      let (name, attributes) = try Self.parts(of: tag)
      let isDisabled = open.contains { $0.isDisabled } || attributes["disabled"] != nil
      if !isInTemplate(open) { tags.append((name, attributes)) }
      if !["input", "br", "hr", "img", "link", "meta", "wbr"].contains(name) {
        open.append((name, name == "fieldset" && attributes["disabled"] != nil))
      }
      if isInTemplate(open) { continue }
      switch name {
      case "input", "textarea", "select", "button":
        controls.append(Control(tag: name, attributes: attributes, isDisabled: isDisabled))
      case "option":
        optionText = []
        guard controls.last?.tag == "select", let value = attributes["value"] else {
          throw TestKitError("an option outside of a select, or without a value")
        }
        controls[controls.count - 1].options.append((value, attributes["selected"] != nil))
      default: break
      }
    }
    guard open.isEmpty else { throw TestKitError("\(open.map(\.name)) are not closed") }
  }

  private func isInTemplate(_ open: [(name: String, isDisabled: Bool)]) -> Bool {
    open.contains { $0.name == "template" }
  }

  private func end(of page: [UInt8], from start: Int) throws -> Int {
    var isQuoted = false
    for index in start..<page.count {
      if page[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
      if page[index] == UInt8(ascii: ">"), !isQuoted { return index }
    }
    throw TestKitError("a tag does not end")
  }

  private static func parts(of tag: ArraySlice<UInt8>) throws -> (String, [String: String]) {
    var rest = tag
    let nameEnd = rest.firstIndex(of: UInt8(ascii: " ")) ?? rest.endIndex
    let name = String(decoding: rest[..<nameEnd], as: UTF8.self)
    rest = rest[nameEnd...]
    var attributes: [String: String] = [:]
    while rest.first == UInt8(ascii: " ") {
      rest = rest.dropFirst()
      let keyEnd = rest.firstIndex { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: " ") } ?? rest.endIndex
      let key = String(decoding: rest[..<keyEnd], as: UTF8.self)
      rest = rest[keyEnd...]
      var value: [UInt8] = []
      if rest.first == UInt8(ascii: "=") {
        rest = rest.dropFirst()
        guard rest.first == UInt8(ascii: "\""),
          let quote = rest.dropFirst().firstIndex(of: UInt8(ascii: "\""))
        else {
          throw TestKitError("\(name): \(key) is not quoted")
        }
        value = Array(rest[(rest.startIndex + 1)..<quote])
        rest = rest[(quote + 1)...]
      }
      guard attributes[key] == nil else { throw TestKitError("\(name): \(key) stands twice") }
      attributes[key] = decoded(value)
    }
    guard rest.isEmpty else { throw TestKitError("\(name): attributes are not separated") }
    return (name, attributes)
  }

  /// The text without character references; ours are those that the writer makes.
  static func decoded(_ bytes: [UInt8]) -> String {
    guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
    var result: [UInt8] = []
    var index = 0
    let references: [(name: String, character: String)] = [
      ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"),
      ("&#13;", "\r"), ("&#10;", "\n"),
    ]
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "&"),
        let reference = references.first(where: { bytes[index...].starts(with: $0.name.utf8) })
      {
        result += Array(reference.character.utf8)
        index += reference.name.utf8.count
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The pairs that pressing a button sends; nil for a button without a name.
  func pairs(pressing button: (name: String, value: String)? = nil) -> [(name: String, value: String)] {
    var pairs: [(String, String)] = []
    for control in controls where !control.isDisabled {
      guard let name = control.name, !name.isEmpty else { continue }
      switch control.tag {
      case "textarea":
        // The first line feed is the parser's; line ends are sent as CR LF (and a CR of the page is a line feed).
        let text = Self.decoded(control.text.first == 10 ? Array(control.text.dropFirst()) : control.text)
        pairs.append((name, Self.lineEnds(text, "\r\n")))
      case "select":
        var sent = control.options.filter(\.isSelected).map(\.value)
        if control.attributes["multiple"] == nil {
          sent = sent.suffix(1) + (sent.isEmpty ? control.options.prefix(1).map(\.value) : [])
        }
        pairs += sent.map { (name, $0) }
      case "button":
        if let button, button.name == name, button.value == control.attributes["value"] {
          pairs.append(button)
        }
      default:
        switch control.attributes["type"] {
        case "checkbox", "radio":
          if control.attributes["checked"] != nil {
            pairs.append((name, control.attributes["value"] ?? "on"))
          }
        case "hidden": pairs.append((name, Self.lineEnds(control.attributes["value"] ?? "", "\r\n")))
        default: pairs.append((name, Self.lineEnds(control.attributes["value"] ?? "", "")))
        }
      }
    }
    return pairs
  }

  private static func lineEnds(_ text: String, _ end: String) -> String {
    var result = ""
    var wasReturn = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\r": result += end
      case "\n" where wasReturn: break
      case "\n": result += end
      case "\0": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
      wasReturn = scalar == "\r"
    }
    return result
  }

  /// The pairs as a server gets them.
  static func fields(_ pairs: [(name: String, value: String)], limit: Int) throws -> FormFields {
    var bytes: [UInt8] = []
    for pair in pairs {
      if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
      escape(pair.name, into: &bytes)
      bytes.append(UInt8(ascii: "="))
      escape(pair.value, into: &bytes)
    }
    return try FormFields.parse(bytes, limit: limit)
  }

  private static func escape(_ text: String, into bytes: inout [UInt8]) {
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: " "): bytes.append(UInt8(ascii: "+"))
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
  }
}
