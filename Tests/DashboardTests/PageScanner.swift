// Reads back the tags of a page that our own writer made: enough of a parser to check what refers to what.

struct PageScanner {
  struct Tag {
    let name: String
    let attributes: [(name: String, value: String)]

    subscript(name: String) -> String? { attributes.first { $0.name == name }?.value }
  }

  private(set) var tags: [Tag] = []

  init(_ html: String) {
    var rest = html[...]
    while let start = rest.firstIndex(of: "<") {
      rest = rest[rest.index(after: start)...]
      guard rest.first?.isLetter == true else { continue }
      let name = rest.prefix { $0 != " " && $0 != ">" }
      rest = rest.dropFirst(name.count)
      var attributes: [(String, String)] = []
      while rest.first == " " {
        rest = rest.dropFirst()
        let key = rest.prefix { $0 != "=" && $0 != " " && $0 != ">" }
        rest = rest.dropFirst(key.count)
        var value = ""
        if rest.hasPrefix("=\"") {
          let quoted = rest.dropFirst(2).prefix { $0 != "\"" }
          value = String(quoted)
          rest = rest.dropFirst(quoted.count + 3)
        }
        attributes.append((String(key), value))
      }
      tags.append(Tag(name: String(name), attributes: attributes))
    }
  }
}
