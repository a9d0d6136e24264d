// Whether a page is well formed to the letter: what strangers wrote must not have become markup.

/// Reads a page as our writer makes them: quoted attributes, elements closed in order, references for special characters.
/// Whatever is not so was not made by the writer.
struct PageCheck {
  /// What is wrong, at most ten sentences; empty when nothing is.
  private(set) var faults: [String] = []

  private static let voids: Set<Substring> = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
  ]
  private static let references: Set<Substring> = ["amp", "lt", "gt", "quot", "#39", "#x27", "nbsp"]

  init(_ html: String) {
    var rest = html.utf8[...]
    var open: [Substring] = []
    while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
      checkText(Substring(rest[..<start]))
      rest = rest[start...].dropFirst()
      guard let end = Self.tagEnd(rest) else {
        note("a tag that does not end: \(Self.excerpt(rest))")
        return
      }
      checkTag(Substring(rest[..<end]), &open)
      rest = rest[end...].dropFirst()
      guard faults.count < 10 else { return }
    }
    checkText(Substring(rest))
    if !open.isEmpty { note("never closed: \(open)") }
  }

  private mutating func note(_ fault: String) { faults.append(fault) }

  private static func excerpt(_ text: Substring.UTF8View) -> String { String(Substring(text.prefix(80))) }

  /// The `>` that is in no quotes.
  private static func tagEnd(_ rest: Substring.UTF8View) -> String.Index? {
    var isQuoted = false
    for index in rest.indices {
      switch rest[index] {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: ">") where !isQuoted: return index
      case UInt8(ascii: "<") where !isQuoted: return nil
      default: break
      }
    }
    return nil
  }

  private mutating func checkTag(_ tag: Substring, _ open: inout [Substring]) {
    if tag.lowercased() == "!doctype html" { return }
    if tag.hasPrefix("/") {
      let name = tag.dropFirst()
      guard open.popLast() == name else { return note("</\(name)> closes nothing that is open") }
      return
    }
    let name = tag.prefix { $0 != " " && $0 != "/" }
    guard !name.isEmpty,
      name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || (65...90).contains($0) })
    else { return note("no name of an element: <\(tag.prefix(80))>") }
    checkAttributes(tag.dropFirst(name.count), of: name)
    if !Self.voids.contains(name), !tag.hasSuffix("/") { open.append(name) }
  }

  private mutating func checkAttributes(_ text: Substring, of element: Substring) {
    var rest = text
    while true {
      rest = rest.drop { $0 == " " }
      guard !rest.isEmpty, rest != "/" else { return }
      let name = rest.prefix { $0 != " " && $0 != "=" }
      rest = rest.dropFirst(name.count)
      guard !name.isEmpty,
        name.utf8.allSatisfy({
          (97...122).contains($0) || (65...90).contains($0) || $0 == 0x2D || (48...57).contains($0)
            || $0 == 0x3A
        })
      else { return note("no name of an attribute: \(name.prefix(40)) in <\(element)>") }
      guard !name.hasPrefix("on"), name != "style", name != "srcdoc" else {
        return note("<\(element) \(name)>")
      }
      // By bytes: a value may begin with a mark that makes one character with the quote before it.
      guard rest.utf8.first == UInt8(ascii: "=") else { continue }
      guard rest.utf8.starts(with: "=\"".utf8) else {
        return note("\(name) of <\(element)> is not in quotes")
      }
      let value = Substring(rest.utf8.dropFirst(2).prefix { $0 != UInt8(ascii: "\"") })
      checkText(value)
      if ["href", "src", "action", "formaction"].contains(name), !Self.isAddress(value) {
        note("\(name)=\(value.prefix(80)) of <\(element)>")
      }
      rest = Substring(rest.utf8.dropFirst(value.utf8.count + 3))
      guard rest.isEmpty || rest.hasPrefix(" ") || rest.hasPrefix("/") else {
        return note("no blank behind \(name) of <\(element)>")
      }
    }
  }

  private static func isAddress(_ value: Substring) -> Bool {
    value.isEmpty || value.hasPrefix("/") || value.hasPrefix("#") || value.hasPrefix("?")
      || value.hasPrefix("http://") || value.hasPrefix("https://")
  }

  private mutating func checkText(_ text: Substring) {
    var rest = text[...]
    while let start = rest.firstIndex(of: "&") {
      rest = rest[start...].dropFirst()
      let name = rest.prefix(8).prefix { $0 != ";" }
      guard Self.references.contains(name) else { return note("a bare & before \(rest.prefix(40))") }
    }
  }
}
