// The writer every page goes through: elements as closures, escaped text, bytes handed on in chunks.

/// A piece of a page: writes itself into the writer it is given.
package typealias HTMLContent = (inout HTMLWriter) -> Void

/// Something that knows how to write itself. Components of the design system are values of this kind.
package protocol HTMLComponent {
  /// Writes the component at the writer's position.
  func render(into html: inout HTMLWriter)
}

/// Writes HTML as UTF-8 bytes.
///
/// What is written is well-formed by construction: elements close when their closure returns, names of elements
/// and attributes are compiled in, and all text and attribute values are escaped. `unescapedRaw(_:)` is the one
/// way around the escaping. There is no `style` attribute, no event handler and no inline script to be had: the
/// pages are served under a Content-Security-Policy without `unsafe-inline`.
///
/// ```swift
/// let bytes = HTMLWriter.bytes(strings: strings) { html in
///   html.element(.p, .class("lead")) { html in
///     html.text("Hello, ")
///     html.isolated(member.name)
///   }
/// }
/// ```
package struct HTMLWriter: ~Copyable {
  /// The sentences components bring of themselves, in the language of the page.
  package let strings: ComponentStrings
  private var buffer: [UInt8] = []
  private let chunkSize: Int
  private let sink: (([UInt8]) -> Void)?

  /// A writer that keeps everything until `takeBytes()`.
  package init(strings: ComponentStrings) {
    self.strings = strings
    chunkSize = .max
    sink = nil
    buffer.reserveCapacity(16 * 1024)
  }

  /// A writer that hands on each full chunk and holds at most one.
  ///
  /// `chunkSize`: bytes of each chunk but the last; at least 1. A chunk may end inside a character.
  /// `sink`: is called from within the writing calls, on their thread.
  package init(strings: ComponentStrings, chunkSize: Int, sink: @escaping ([UInt8]) -> Void) {
    precondition(chunkSize > 0, "a chunk holds at least one byte")
    self.strings = strings
    self.chunkSize = chunkSize
    self.sink = sink
    buffer.reserveCapacity(chunkSize)
  }

  /// What has been written and not handed on, which is then forgotten.
  package mutating func takeBytes() -> [UInt8] {
    defer { buffer = [] }
    return buffer
  }

  /// Hands what is left to the sink. Call it once, at the end of the page.
  package mutating func finish() {
    guard let sink, !buffer.isEmpty else { return }
    sink(takeBytes())
  }

  /// The bytes of a page or a fragment.
  package static func bytes(strings: ComponentStrings, _ content: HTMLContent) -> [UInt8] {
    var html = HTMLWriter(strings: strings)
    content(&html)
    return html.takeBytes()
  }

  /// Writes a page to `sink` in chunks of `chunkSize` bytes.
  package static func stream(
    strings: ComponentStrings, chunkSize: Int = 16 * 1024, to sink: @escaping ([UInt8]) -> Void,
    _ content: HTMLContent
  ) {
    var html = HTMLWriter(strings: strings, chunkSize: chunkSize, sink: sink)
    content(&html)
    html.finish()
  }
}

// MARK: - Elements

extension HTMLWriter {
  /// Writes an element with what the closure writes in it.
  package mutating func element(
    _ element: Element, _ attributes: HTMLAttribute..., content: (inout HTMLWriter) -> Void
  ) {
    open(element, attributes)
    content(&self)
    close(element)
  }

  /// Writes an element whose attributes were gathered before.
  package mutating func element(
    _ element: Element, attributes: [HTMLAttribute], content: (inout HTMLWriter) -> Void
  ) {
    open(element, attributes)
    content(&self)
    close(element)
  }

  /// Writes an element with escaped text in it, or an empty one.
  package mutating func element(_ element: Element, _ attributes: HTMLAttribute..., text: String = "") {
    open(element, attributes)
    self.text(text)
    close(element)
  }

  /// Writes an element that has no content and no end tag.
  package mutating func void(_ element: VoidElement, _ attributes: HTMLAttribute...) {
    open(element.name, attributes)
  }

  /// Writes a void element whose attributes were gathered before.
  package mutating func void(_ element: VoidElement, attributes: [HTMLAttribute]) {
    open(element.name, attributes)
  }

  /// Writes a component.
  package mutating func add(_ component: some HTMLComponent) {
    component.render(into: &self)
  }

  /// Writes the document type declaration, the first thing of a page.
  package mutating func doctype() {
    write("<!doctype html>\n")
  }

  /// Writes a script element that loads a module of ours. There is no other kind.
  package mutating func moduleScript(_ source: SafeURL) {
    open("script", [.type("module"), .src(source)])
    write("</script>")
  }

  private mutating func open(_ element: Element, _ attributes: [HTMLAttribute]) {
    open(element.name, attributes)
    // The parser drops one line feed here; without ours it would be the text's own (HTML 13.1.2.5).
    if element.dropsFirstLineFeed { write("\n") }
  }

  private mutating func open(_ name: StaticString, _ attributes: [HTMLAttribute]) {
    write("<")
    write(name)
    for attribute in attributes { write(attribute) }
    write(">")
  }

  private mutating func close(_ element: Element) {
    write("</")
    write(element.name)
    write(">")
  }

  private mutating func write(_ attribute: HTMLAttribute) {
    if case .absent = attribute.value { return }
    write(" ")
    if let prefix = attribute.prefix { write(prefix) }
    write(attribute.name)
    switch attribute.value {
    case .absent, .present: return
    case .text(let value):
      write("=\"")
      text(value)
      write("\"")
    }
  }
}

// MARK: - Text

extension HTMLWriter {
  /// Writes text, escaped for element content and for quoted attribute values alike. Characters that HTML does not
  /// allow (NUL and other controls) become U+FFFD.
  package mutating func text(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      for index in bytes.indices {
        guard let replacement = Self.replacement(for: bytes[index]) else { continue }
        append(UnsafeBufferPointer(rebasing: bytes[start..<index]))
        write(replacement)
        start = index + 1
      }
      append(UnsafeBufferPointer(rebasing: bytes[start...]))
    }
  }

  /// Writes a number in plain digits.
  package mutating func text(_ number: some BinaryInteger) {
    text(String(number))
  }

  /// Writes text that somebody else chose, such as a name, so that its direction marks end with it and do not turn
  /// the sentence around it (`bdi`).
  package mutating func isolated(_ text: String) {
    element(.bdi, text: text)
  }

  /// Writes markup as it is. The caller answers for every byte of it: it must never hold anything that a person
  /// could have typed. There is no other way past the escaping, and a search for this name finds them all.
  package mutating func unescapedRaw(_ markup: String) {
    var markup = markup
    markup.withUTF8 { append($0) }
  }

  private static func replacement(for byte: UInt8) -> StaticString? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "\""): "&quot;"
    case UInt8(ascii: "'"): "&#39;"
    case 0x09, 0x0A: nil
    // A bare CR in the source would come back as LF, so that a value does not survive the round trip.
    case 0x0D: "&#13;"
    case 0x00...0x1F, 0x7F: "\u{FFFD}"
    default: nil
    }
  }

  private mutating func write(_ text: StaticString) {
    text.withUTF8Buffer { append($0) }
  }

  private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let sink else {
      buffer.append(contentsOf: bytes)
      return
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = rest.prefix(chunkSize - buffer.count)
      buffer.append(contentsOf: part)
      rest = rest.dropFirst(part.count)
      if buffer.count == chunkSize {
        sink(buffer)
        buffer.removeAll(keepingCapacity: true)
      }
    }
  }
}
