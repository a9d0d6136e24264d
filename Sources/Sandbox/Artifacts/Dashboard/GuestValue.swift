// A value out of a plugin's answer, ready to be shown.

package import JSON

/// What stands in a cell, on a card, behind a name.
package enum GuestValue: Hashable, Sendable {
  case nothing
  case text(String)
  case number(Double)
  case flag(Bool)

  /// Texts are cut after so many Unicode scalars.
  package static let maximumLength = 2_000

  /// Anything: lists and objects become short JSON, so that nothing that was sent is invisible.
  package init(_ value: JSONValue?) {
    switch value {
    case nil, .null: self = .nothing
    case .bool(let flag): self = .flag(flag)
    case .string(let text): self = .text(text.cut(Self.maximumLength))
    // An id as a number would be rounded.
    case .integer(let number) where abs(Double(number)) > 9_007_199_254_740_992: self = .text("\(number)")
    case .integer(let number): self = .number(Double(number))
    case .unsigned(let number): self = .text("\(number)")
    case .double(let number): self = .number(number)
    case .array(let items) where items.allSatisfy { $0.string != nil }:
      self = .text(items.prefix(50).compactMap(\.string).joined(separator: ", ").cut(Self.maximumLength))
    case .array, .object:
      // It came from JSON, so it can be written; if not, there is nothing to show.
      let bytes = (try? value?.encoded()) ?? []
      self = .text(String(decoding: bytes, as: UTF8.self).cut(200))
    }
  }

  /// The number, or a text that is one.
  package var number: Double? {
    switch self {
    case .number(let number): number
    case .text(let text): Double(text.trimmed).flatMap { $0.isFinite ? $0 : nil }
    default: nil
    }
  }

  /// As it stands in a sentence; nil for nothing.
  package var text: String? {
    switch self {
    case .nothing: nil
    case .text(let text): text
    case .flag(let flag): "\(flag)"
    case .number(let number):
      Int64(exactly: number).map { "\($0)" } ?? "\(number)"
    }
  }
}
