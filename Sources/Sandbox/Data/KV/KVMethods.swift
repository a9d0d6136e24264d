// `kv.*`: a plugin's keys and values in a server (plugin-host contract, section 10.1).

package import DiscordCore
import EventLoop
package import JSON
import PlatformTenancy
package import SandboxContract
package import Storage

/// The methods of `kv.*`. Every limit is checked here: a plugin need not use the SDK.
package struct KVMethods: GuestMethods {
  private let storage: Storage

  /// The storage is for `erase` only: calls bring their own.
  package init(storage: Storage) { self.storage = storage }

  package let names = [
    "kv.get", "kv.put", "kv.del", "kv.increment", "kv.decr", "kv.list", "kv.mget", "kv.mput",
    "kv.list_values",
  ]

  package func answer(_ call: GuestCall) async throws -> JSONValue {
    let store = KVStore(store: call.store, plugin: call.plugin, now: call.now.milliseconds)
    switch call.method {
    case "kv.get":
      let text = try await store.value(of: try key(call))
      return ["value": try text.map { KVValue.answer(try JSONValue(parsing: Array($0.utf8))) } ?? .null]
    case "kv.put":
      let key = try key(call)
      let value = try KVValue.text(call.params["value"] ?? .null)
      try await store.put(key, value, expiresAt: try expiry(call))
      return ["ok": true]
    case "kv.del":
      try await store.delete(try key(call))
      return ["ok": true]
    case "kv.increment":
      let (key, path) = (try key(call), try path(call))
      return ["value": try await store.add(try amount(call), to: key, at: path)]
    case "kv.decr": return ["value": try await store.add(-(try amount(call)), to: try key(call), at: [])]
    case "kv.list": return try await list(call, store)
    case "kv.mget": return try await getMany(call, store)
    case "kv.mput": return try await putMany(call, store)
    case "kv.list_values":
      let entries = try await store.entries(in: try range(call), limit: try limit(call))
      return ["values": try Self.object(entries)]
    default: throw RPCError(.unknownMethod, "unknown method: \(call.method)")
    }
  }

  package func erase(_ plugin: String, in guild: GuildID) async throws {
    try await KVStore(store: storage.guild(Tenant(guild)), plugin: plugin, now: 0).erase()
  }

  private func list(_ call: GuestCall, _ store: KVStore) async throws -> JSONValue {
    let range = try range(call)
    if try call.flag("count_only") { return ["count": .integer(Int64(try await store.count(in: range)))] }
    let keys = try await store.keys(in: range, limit: try limit(call))
    return ["keys": .array(keys.map { .string($0.text) })]
  }

  private func getMany(_ call: GuestCall, _ store: KVStore) async throws -> JSONValue {
    guard let names = call.params["keys"]?.array else { throw RPCError.invalid("keys must be an array") }
    guard names.count <= KVLimits.getMany else {
      throw RPCError.invalid("keys must have at most \(KVLimits.getMany) elements")
    }
    var keys: [KVKey] = []
    for name in names { keys.append(try Self.key(name.string, "each of keys")) }
    let values = try await store.values(of: keys)
    var seen: Set<KVKey> = []
    let entries = keys.compactMap { key in
      seen.insert(key).inserted ? values[key].map { (key, $0) } : nil
    }
    return ["values": try Self.object(entries)]
  }

  private func putMany(_ call: GuestCall, _ store: KVStore) async throws -> JSONValue {
    guard let object = call.params["entries"]?.object else {
      throw RPCError.invalid("entries must be an object")
    }
    guard object.fields.count <= KVLimits.putMany else {
      throw RPCError.invalid("entries must have at most \(KVLimits.putMany) keys")
    }
    // A key that stands there twice has the value that stands last, as everywhere in Python.
    var entries: [KVKey: String] = [:]
    for field in object.fields {
      entries[try Self.key(field.key, "each key of entries")] = try KVValue.text(field.value)
    }
    try await store.put(entries.map { ($0.key, $0.value) }, expiresAt: nil)
    return ["ok": true]
  }

  private static func object(_ entries: [(KVKey, String)]) throws -> JSONValue {
    let parser = try JSONParser(retainedSize: 0)
    var fields: [JSONObject.Field] = []
    for (key, text) in entries {
      let value = try parser.parse(Array(text.utf8)) { JSONValue($0) }
      fields.append(JSONObject.Field(key: key.text, value: value))
    }
    return .object(JSONObject(fields: fields))
  }
}

// MARK: Parameters

extension KVMethods {
  private func key(_ call: GuestCall) throws(RPCError) -> KVKey {
    try Self.key(call.params["key"]?.string, "key")
  }

  private static func key(_ text: String?, _ name: String) throws(RPCError) -> KVKey {
    guard let text, (1...KVLimits.keyLength).contains(text.unicodeScalars.count) else {
      throw .invalid("\(name) must be a string of 1 to \(KVLimits.keyLength) characters")
    }
    return KVKey(text)
  }

  private func range(_ call: GuestCall) throws(RPCError) -> KVRange {
    let prefix = try call.optionalText("prefix", 0...KVLimits.keyLength) ?? ""
    return KVRange(prefix: prefix, after: try call.optionalText("start_after", 0...KVLimits.keyLength) ?? "")
  }

  private func limit(_ call: GuestCall) throws(RPCError) -> Int {
    let wish = try call.optionalInteger("limit", .min ... .max) ?? Int64(KVLimits.page)
    return Int(min(max(wish, 0), Int64(KVLimits.page)))
  }

  /// Nothing is as `Int64.min` is: it has no negative.
  private func amount(_ call: GuestCall) throws(RPCError) -> Int64 {
    try call.optionalInteger("amount", -.max ... .max) ?? 1
  }

  private func path(_ call: GuestCall) throws(RPCError) -> [String] {
    let text = try call.optionalText("path", 0...1_024) ?? ""
    guard !text.isEmpty else { return [] }
    let names = text.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard names.count <= KVLimits.path, names.allSatisfy({ !$0.isEmpty }) else {
      throw .invalid("path must be at most \(KVLimits.path) names with a dot between each")
    }
    return names
  }

  /// When a value ends; nil for never, which is also what a time beyond a century means.
  private func expiry(_ call: GuestCall) throws(RPCError) -> Int64? {
    guard let value = call.params["ttl_seconds"], !value.isNull else { return nil }
    guard let seconds = value.double else { throw .invalid("ttl_seconds must be a number") }
    guard seconds > 0, seconds <= 3_155_760_000 else { return nil }
    return call.now.milliseconds + Int64((seconds * 1_000).rounded(.up))
  }
}
