// Ids of elements: what labels, descriptions and links inside a page refer to.

/// The id of an element. Every id can be referred to from `for`, `aria-…`, `#fragment` and a selector alike, because
/// it holds letters, digits, `-` and `_` only.
package struct ElementID: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  package let rawValue: String

  /// An id written in the source.
  package init(stringLiteral value: StaticString) {
    self.init(value.description)
  }

  /// An id made of a value, such as a plugin's id or a field's key. Other characters become `_` and the scalar in
  /// hexadecimal, so that different values stay different; an empty value becomes `_`.
  package init(_ value: String) {
    var result = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "-": result.unicodeScalars.append(scalar)
      case "_": result += "__"
      default: result += "_\(String(scalar.value, radix: 16))-"
      }
    }
    rawValue = result.isEmpty ? "_" : result
  }

  /// The id of a part of this element, such as its help text.
  package func part(_ name: StaticString) -> ElementID {
    ElementID(verbatim: "\(rawValue)-\(name)")
  }

  /// The id of a numbered part of this element, such as one radio button of a group.
  package func part(_ index: Int) -> ElementID {
    ElementID(verbatim: "\(rawValue)-\(index)")
  }

  /// A link to the element on the same page.
  package var link: SafeURL { SafeURL(fragment: self) }

  package var description: String { rawValue }

  private init(verbatim: String) {
    rawValue = verbatim
  }
}
