// What Discord's limits are counted by: a route, and the resource it is used on.

/// A method and a path template, such as `POST /channels/{channel.id}/messages`: the name of a route in limits, metrics
/// and error texts.
package struct RouteKey: Hashable, Sendable, CustomStringConvertible {
  /// In capitals, as it is sent.
  package let method: String
  /// Relative to the API's base, parameters in braces by the names of Discord's documentation.
  package let template: StaticString
  /// Tells apart calls of one route that Discord counts apart, such as deletes of old messages; empty for most.
  package let variant: StaticString

  package init(method: String, template: StaticString, variant: StaticString = "") {
    (self.method, self.template, self.variant) = (method, template, variant)
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.method == right.method && left.template.isSameText(as: right.template)
      && left.variant.isSameText(as: right.variant)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(method)
    template.withUTF8Buffer { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    variant.withUTF8Buffer { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }

  package var description: String { "\(method) \(template)" }

  /// Whether the template begins with this text.
  package func hasPrefix(_ prefix: StaticString) -> Bool {
    template.withUTF8Buffer { all in prefix.withUTF8Buffer { all.starts(with: $0) } }
  }
}

extension StaticString {
  /// Equality of the text; one literal may have several addresses.
  fileprivate func isSameText(as other: StaticString) -> Bool {
    withUTF8Buffer { left in
      other.withUTF8Buffer { right in
        left.count == right.count && (left.baseAddress == right.baseAddress || left.elementsEqual(right))
      }
    }
  }
}

/// The resource whose limit a call counts against: limits of one route are apart for each of these
/// (https://discord.com/developers/docs/topics/rate-limits).
package struct MajorParameter: Hashable, Sendable, CustomStringConvertible {
  private enum Kind: Hashable, Sendable { case none, channel, guild, webhook, interaction }

  private let kind: Kind
  private let id: UInt64
  /// Of a webhook or interaction. Not for logs.
  private let token: String

  private init(_ kind: Kind, _ id: UInt64, token: String = "") {
    (self.kind, self.id, self.token) = (kind, id, token)
  }

  /// The route has no such parameter.
  package static let none = MajorParameter(.none, 0)
  /// By a channel's or thread's id.
  package static func channel(_ id: UInt64) -> Self { Self(.channel, id) }
  /// By a guild's id.
  package static func guild(_ id: UInt64) -> Self { Self(.guild, id) }
  /// By a webhook's id, and its token when the path has one.
  package static func webhook(_ id: UInt64, token: String = "") -> Self { Self(.webhook, id, token: token) }
  /// By an interaction's id and token.
  package static func interaction(_ id: UInt64, token: String) -> Self {
    Self(.interaction, id, token: token)
  }

  /// Kind and id, never the token.
  package var description: String { kind == .none ? "none" : "\(kind) \(id)" }

  /// Whether this names a webhook together with its token.
  package var isWebhookWithToken: Bool { kind == .webhook && !token.isEmpty }

  /// The channel or thread, when that is what the parameter is.
  package var channelID: UInt64? { kind == .channel ? id : nil }

  /// The guild, when that is what the parameter is.
  package var guildID: UInt64? { kind == .guild ? id : nil }
}
