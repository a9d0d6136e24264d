// Provisional: what the composing half needs of the wire until the entities' half brings it.
package import JSON
import DiscordCore
package import EventLoop

package protocol WireDecodable: Sendable { init(from json: JSONView) throws(JSONError) }
package protocol WireEncodable: Sendable { func write(to json: inout JSONWriter) }

package struct UnknownFields: Hashable, Sendable {
  private var fields: [JSONObject.Field]?
  package init() {}
  package func write(to json: inout JSONWriter) {
    for field in fields ?? [] {
      json.key(field.key)
      json.value(field.value)
    }
  }
  package init(in json: JSONView, besides known: [JSONKey]) {
    guard let object = json.object else { return }
    for (key, value) in object where !known.contains(where: { key == $0 }) {
      fields = (fields ?? []) + [.init(key: key.string, value: JSONValue(value))]
    }
  }
  package init<Name>(in json: JSONView, besides known: JSONKeys<Name>) {
    self.init()
  }
}

package enum Patch<Value: Hashable & Sendable>: Hashable, Sendable { case keep, clear, set(Value) }

package struct ChannelType: RawRepresentable, Hashable, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let guildText = ChannelType(rawValue: 0)
}

package struct MessageFlags: OptionSet, Hashable, Sendable {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
  package static let suppressEmbeds = MessageFlags(rawValue: 1 << 2)
  package static let ephemeral = MessageFlags(rawValue: 1 << 6)
  package static let suppressNotifications = MessageFlags(rawValue: 1 << 12)
  package static let isVoiceMessage = MessageFlags(rawValue: 1 << 13)
  package static let isComponentsV2 = MessageFlags(rawValue: 1 << 15)
}

extension JSONView {
  package var timestamp: Timestamp? { nil }
}
