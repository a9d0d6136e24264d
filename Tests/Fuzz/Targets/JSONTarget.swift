// JSON: any bytes through parser, views, tree and writer; and any tree through writer and parser.

import JSON

/// Any bytes: refused with a place, or read to the last value, written, and read again as the same.
let jsonTarget = FuzzTarget(name: "json", maximumLength: 4096) { input in
  let parser = try JSONParser()
  let isValid = (try? JSONCoding.validate(input)) != nil
  do {
    let tree = try parser.parse(input) { view in
      walk(view)
      try rewrite(view)
      return JSONValue(view)
    }
    require(isValid, "the parser takes what the scanner refuses")
    // The bytes behind a text must not matter.
    for noise in [UInt8(ascii: "\""), UInt8(ascii: "1"), 0xFF] {
      let padded = input + [UInt8](repeating: noise, count: JSONParser.padding)
      let again = try parser.parse(padded.span, count: input.count) { JSONValue($0) }
      require(again == tree, "bytes behind the text matter")
    }
    try checkWriting(tree, with: parser)
  } catch let error as JSONError {
    require(!isValid, "the parser refuses what the scanner takes")
    guard let offset = error.offset else { return require(false, "an error without a place") }
    require((0...input.count).contains(offset), "a place outside the text")
  }
}

/// Bytes as instructions for a tree, which is written and read.
let jsonWriterTarget = FuzzTarget(name: "json-writer", maximumLength: 512) { input in
  var instructions = Instructions(bytes: input[...])
  try checkWriting(instructions.tree(depth: 0), with: try JSONParser())
}

private enum Probe: Int, JSONFieldName {
  case empty, id, content, authorName
  static let keys = JSONKeys<Probe>("", "id", "content", "author_name")
}

/// Reads every value in every way.
private func walk(_ view: JSONView) {
  _ = (view.bool, view.int64, view.uint64, view.int, view.double, view.snowflake, view.isNull)
  if let text = view.text {
    require(text.string.utf8.elementsEqual(text), "a string that is not UTF-8")
  }
  if let array = view.array {
    var count = 0
    for element in array {
      walk(element)
      count += 1
    }
    require(count == array.underestimatedCount, "a wrong count")
  }
  if let object = view.object {
    var first: [String: JSONKind] = [:]
    for (key, value) in object {
      walk(value)
      if first[key.string] == nil { first[key.string] = value.kind }
    }
    guard let fields = try? view.fields(Probe.keys) else { return require(false, "an object without fields") }
    require(fields[.empty]?.kind == first[""] && view[""]?.kind == first[""], "a field of no name")
    require(fields[.id]?.kind == first["id"] && view["id"]?.kind == first["id"], "a short field")
    require(fields[.content]?.kind == first["content"], "a field")
    require(fields[.authorName]?.kind == first["author_name"], "a long field")
  } else {
    require((try? view.fields(Probe.keys)) == nil, "fields of what is no object")
  }
}

/// Writes from the view, without a tree between.
private func rewrite(_ view: JSONView) throws {
  var writer = JSONWriter(capacity: 0)
  writer.value(view)
  let direct = try writer.finish()
  require(try JSONValue(view).encoded() == direct, "view and tree write differently")
}

/// Writes a tree and reads it back.
private func checkWriting(_ tree: JSONValue, with parser: JSONParser) throws {
  for escaping in [JSONWriter.Escaping.minimal, .script] {
    var writer = JSONWriter(capacity: 0, escaping: escaping)
    writer.value(tree)
    let text = try writer.finish()
    try JSONCoding.validate(text)
    require(try parser.parse(text) { JSONValue($0) } == tree, "a tree does not survive")
    if escaping == .script {
      require(!text.contains(UInt8(ascii: "<")) && !text.contains(UInt8(ascii: "&")), "HTML in a script text")
    }
  }
}

/// Makes a tree of bytes.
private struct Instructions {
  var bytes: ArraySlice<UInt8>

  mutating func number() -> UInt64 {
    (0..<8).reduce(0) { number, _ in number << 8 | UInt64(bytes.popFirst() ?? 0) }
  }

  mutating func string() -> String {
    let length = Int(bytes.popFirst() ?? 0)
    defer { bytes = bytes.dropFirst(length) }
    return String(decoding: bytes.prefix(length), as: UTF8.self)
  }

  mutating func tree(depth: Int) -> JSONValue {
    guard let instruction = bytes.popFirst() else { return .null }
    let count = Int(instruction >> 4)
    switch instruction & 0x0F {
    case 0: return .null
    case 1: return .bool(count > 7)
    case 2: return .integer(Int64(bitPattern: number()))
    case 3: return .unsigned(number() | 1 << 63)
    case 4, 5:
      let value = Double(bitPattern: number())
      return .double(value.isFinite ? value : 0)
    case 6, 7, 8: return .string(string())
    case _ where depth > 300: return .null
    case 9, 10, 11, 12: return .array((0..<count).map { _ in tree(depth: depth + 1) })
    default:
      return .object(
        JSONObject(fields: (0..<count).map { _ in .init(key: string(), value: tree(depth: depth + 1)) }))
    }
  }
}
