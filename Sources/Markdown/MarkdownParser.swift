// The tree of a document, from the calls of md4c.

internal import CMarkdown

/// Gathers what the parser reports. Beyond a depth, what nests is taken for what it stands in.
final class MarkdownParser {
  private static let maximumDepth = 64

  private var stack = [Node(kind: .body)]
  /// How many openings beyond the depth are yet to be closed.
  private var ignored = 0

  /// A document that the parser cannot read, which takes want of memory, becomes one paragraph.
  static func parse(_ bytes: [UInt8]) -> [Node] {
    let gathered = MarkdownParser()
    var parser = MD_PARSER()
    parser.flags = cmarkdown_dialect
    parser.enter_block = { type, detail, data in
      if type == MD_BLOCK_DOC { return 0 }
      MarkdownParser.of(data)?.enter(MarkdownParser.kind(of: type, detail))
      return 0
    }
    parser.leave_block = { type, _, data in
      if type == MD_BLOCK_DOC { return 0 }
      MarkdownParser.of(data)?.leave()
      return 0
    }
    parser.enter_span = { type, detail, data in
      MarkdownParser.of(data)?.enter(MarkdownParser.kind(of: type, detail))
      return 0
    }
    parser.leave_span = { _, _, data in
      MarkdownParser.of(data)?.leave()
      return 0
    }
    parser.text = { type, text, size, data in
      let bytes = UnsafeRawBufferPointer(start: text, count: Int(size))
      MarkdownParser.of(data)?.add(String(decoding: bytes, as: UTF8.self), type)
      return 0
    }
    let status = bytes.withUnsafeBytes { buffer in
      md_parse(
        buffer.baseAddress?.assumingMemoryBound(to: CChar.self), MD_SIZE(buffer.count), &parser,
        Unmanaged.passUnretained(gathered).toOpaque())
    }
    guard status == 0 || bytes.isEmpty else {
      return [Node(kind: .paragraph, children: [Node(kind: .text(String(decoding: bytes, as: UTF8.self)))])]
    }
    return gathered.stack[0].children
  }

  private static func of(_ data: UnsafeMutableRawPointer?) -> MarkdownParser? {
    data.map { Unmanaged<MarkdownParser>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Nil for what has no form here.
  private func enter(_ kind: Node.Kind?) {
    guard let kind, ignored == 0, stack.count < Self.maximumDepth else {
      ignored += 1
      return
    }
    stack.append(Node(kind: kind))
  }

  private func leave() {
    if ignored > 0 {
      ignored -= 1
    } else if stack.count > 1 {
      let node = stack.removeLast()
      stack[stack.count - 1].children.append(node)
    }
  }

  private func add(_ text: String, _ type: MD_TEXTTYPE) {
    let node =
      switch type {
      case MD_TEXT_BR: Node(kind: .lineBreak)
      case MD_TEXT_SOFTBR: Node(kind: .text("\n"))
      case MD_TEXT_NULLCHAR: Node(kind: .text("\u{FFFD}"))
      case MD_TEXT_ENTITY: Node(kind: .text(Self.character(of: text)))
      default: Node(kind: .text(text))
      }
    stack[stack.count - 1].children.append(node)
  }

  /// The few entities that people write; others stay as they are written.
  private static func character(of entity: String) -> String {
    let known = [
      "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&apos;": "'", "&nbsp;": "\u{A0}",
      "&mdash;": "—", "&ndash;": "–", "&hellip;": "…", "&copy;": "©",
    ]
    if let character = known[entity] { return character }
    let digits = entity.dropFirst(2).dropLast()
    guard entity.hasPrefix("&#"), !digits.isEmpty else { return entity }
    let isHexadecimal = digits.first == "x" || digits.first == "X"
    let value = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return value.flatMap { Unicode.Scalar($0) }.map { String($0) } ?? "\u{FFFD}"
  }
}

// MARK: - Kinds

extension MarkdownParser {
  private static func kind(of type: MD_BLOCKTYPE, _ detail: UnsafeMutableRawPointer?) -> Node.Kind? {
    switch type {
    case MD_BLOCK_QUOTE: .quote
    case MD_BLOCK_UL: .list(nil)
    case MD_BLOCK_OL:
      .list(Int(detail?.assumingMemoryBound(to: MD_BLOCK_OL_DETAIL.self).pointee.start ?? 1))
    case MD_BLOCK_LI: .item
    case MD_BLOCK_HR: .rule
    case MD_BLOCK_H:
      .heading(Int(detail?.assumingMemoryBound(to: MD_BLOCK_H_DETAIL.self).pointee.level ?? 2), nil)
    case MD_BLOCK_CODE: .code
    case MD_BLOCK_P, MD_BLOCK_HTML: .paragraph
    case MD_BLOCK_TABLE: .table
    case MD_BLOCK_THEAD: .head
    case MD_BLOCK_TBODY: .body
    case MD_BLOCK_TR: .row
    case MD_BLOCK_TH: .cell(isHead: true, alignment(detail))
    case MD_BLOCK_TD: .cell(isHead: false, alignment(detail))
    default: nil
    }
  }

  private static func alignment(_ detail: UnsafeMutableRawPointer?) -> Node.Alignment {
    switch detail?.assumingMemoryBound(to: MD_BLOCK_TD_DETAIL.self).pointee.align {
    case MD_ALIGN_CENTER: .center
    case MD_ALIGN_RIGHT: .end
    default: .start
    }
  }

  private static func kind(of type: MD_SPANTYPE, _ detail: UnsafeMutableRawPointer?) -> Node.Kind? {
    switch type {
    case MD_SPAN_EM: .emphasis
    case MD_SPAN_STRONG: .strong
    case MD_SPAN_DEL: .strike
    case MD_SPAN_CODE: .codeSpan
    case MD_SPAN_IMG: .image
    case MD_SPAN_A:
      .link(
        detail.map { text($0.assumingMemoryBound(to: MD_SPAN_A_DETAIL.self).pointee.href) } ?? "", nil)
    default: nil
    }
  }

  private static func text(_ attribute: MD_ATTRIBUTE) -> String {
    String(decoding: UnsafeRawBufferPointer(start: attribute.text, count: Int(attribute.size)), as: UTF8.self)
  }
}
