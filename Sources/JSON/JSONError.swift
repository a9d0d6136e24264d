// What can go wrong with a JSON text or with what was expected of it.

/// An error of reading or writing JSON.
///
/// `description` is safe to log: it names code, offset and our own field names, never content of the text.
@usableFromInline
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
  /// What happened, as a caller decides by it.
  @usableFromInline package struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Name: String {
      case malformed = "malformed JSON"
      case unexpectedEnd = "JSON text ends too early"
      case invalidUTF8 = "invalid UTF-8"
      case invalidEscape = "invalid escape in a string"
      case numberOutOfRange = "number out of range"
      case tooDeep = "JSON nested too deeply"
      case tooLarge = "JSON text too large"
      case typeMismatch = "JSON value of another type"
      case missingField = "missing JSON field"
      case notFinite = "number is not finite"
      case notRepresentable = "value has no JSON form"
      case outOfMemory = "out of memory"
    }
    private let name: Name
    private init(_ name: Name) { self.name = name }
    @usableFromInline package var description: String { name.rawValue }

    /// A byte that no JSON text (RFC 8259) has at this place; the offset is that byte's.
    package static let malformed = Code(.malformed)
    /// The text is empty or stops inside a value; the offset is its length.
    package static let unexpectedEnd = Code(.unexpectedEnd)
    /// A string holds an ill-formed sequence; the offset is where the sequence starts.
    package static let invalidUTF8 = Code(.invalidUTF8)
    /// A backslash is not followed by an escape of the RFC, or a `\u` surrogate has no partner; the offset is the
    /// backslash's.
    package static let invalidEscape = Code(.invalidEscape)
    /// A number beyond the largest `Double`; the offset is where it starts.
    package static let numberOutOfRange = Code(.numberOutOfRange)
    /// More than `JSONLimits.maximumDepth` arrays and objects inside one another; the offset is the bracket's
    /// that opens the level too many. When writing: as many were begun.
    package static let tooDeep = Code(.tooDeep)
    /// Longer than the caller's bound; the offset is the bound.
    package static let tooLarge = Code(.tooLarge)
    /// The value is of another kind, or its number does not fit; the offset is where the value starts.
    package static let typeMismatch = Code(.typeMismatch)
    /// The object has no such field; the offset is where the object starts.
    package static let missingField = Code(.missingField)
    /// NaN or an infinity was to be written.
    package static let notFinite = Code(.notFinite)
    /// The Codable value refused to be encoded.
    package static let notRepresentable = Code(.notRepresentable)
    /// The parser or writer got no memory.
    package static let outOfMemory = Code(.outOfMemory)
  }

  /// What happened; decide by this, not by the description.
  package let code: Code
  /// Bytes from the start of the text; nil when there is no text (writing) or the place is not known.
  package internal(set) var offset: Int?
  /// The field that was missing or of the wrong type, where we asked by a name of ours.
  package let field: String?
  /// Where in the document a decoder stopped. May hold keys that came from outside, so it stays out of
  /// `description`.
  package let path: String?
  /// The element on the parser's tape, until the parser has turned it into an offset.
  var tapeIndex: Int?

  package init(_ code: Code, offset: Int? = nil, field: String? = nil, path: String? = nil) {
    (self.code, self.offset, self.field, self.path) = (code, offset, field, path)
  }

  /// An error about the element at `tapeIndex`; `JSONParser.parse` adds the offset on the way out.
  @usableFromInline init(_ code: Code, tapeIndex: Int, field: StaticString? = nil) {
    self.init(code, field: field.map { "\($0)" })
    self.tapeIndex = tapeIndex
  }

  @usableFromInline package var description: String {
    var text = code.description
    if let field { text += " \"\(field)\"" }
    if let offset { text += " at byte \(offset)" }
    return text
  }

  @usableFromInline package var debugDescription: String {
    path.map { "\(description), path \($0)" } ?? description
  }
}

/// The bounds every door of this room keeps to unless the caller sets narrower ones.
package enum JSONLimits {
  /// Arrays and objects inside one another; a scalar inside 512 of them is fine.
  package static let maximumDepth = 512
  /// Bytes of one text: 32 MiB, several times the largest guild Discord sends.
  package static let maximumSize = 32 << 20
}
