// Reading an object that a plugin sent, strictly: what has another type than it should is said with its place.

import DiscordCore
import JSON
import SandboxContract

/// An object within a plugin's call. A field that is missing and one that is null are the same; unknown fields are
/// nobody's business, since nothing of the object is passed on as it is.
struct GuestFields {
  private let object: JSONObject
  /// Where it stands: `embeds[0]`; empty for the call's own parameters.
  private let path: String

  init(_ object: JSONObject, at path: String = "") { (self.object, self.path) = (object, path) }

  /// - Throws: `RPCError.invalid` for anything but an object.
  init(_ value: JSONValue, at path: String) throws(RPCError) {
    guard let object = value.object else { throw .invalid("\(path) must be an object") }
    self.init(object, at: path)
  }

  /// A field's place, for sentences about it.
  func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  subscript(_ name: String) -> JSONValue? {
    guard let value = object[name], !value.isNull else { return nil }
    return value
  }

  func text(_ name: String) throws(RPCError) -> String? {
    guard let value = self[name] else { return nil }
    guard let text = value.string else { throw .invalid("\(place(name)) must be a string") }
    return text
  }

  func requiredText(_ name: String) throws(RPCError) -> String {
    guard let text = try text(name) else { throw .invalid("\(place(name)) is required") }
    return text
  }

  /// A whole number; one that is written with a point and nothing behind it counts as one.
  func integer(_ name: String) throws(RPCError) -> Int? {
    guard let value = self[name] else { return nil }
    guard let number = value.int64 ?? value.double.flatMap({ Int64(exactly: $0) }) else {
      throw .invalid("\(place(name)) must be an integer")
    }
    return Int(number)
  }

  func flag(_ name: String) throws(RPCError) -> Bool? {
    guard let value = self[name] else { return nil }
    guard let flag = value.bool else { throw .invalid("\(place(name)) must be true or false") }
    return flag
  }

  /// An object in a field.
  func fields(_ name: String) throws(RPCError) -> GuestFields? {
    guard let value = self[name] else { return nil }
    return try GuestFields(value, at: place(name))
  }

  /// A list of at most so many: counted before anything in it is looked at.
  func list(_ name: String, atMost limit: Int) throws(RPCError) -> [JSONValue]? {
    guard let value = self[name] else { return nil }
    guard let list = value.array else { throw .invalid("\(place(name)) must be a list") }
    guard list.count <= limit else {
      throw .invalid("\(place(name)) has \(list.count) elements; at most \(limit) are taken")
    }
    return list
  }

  /// A list of objects, each with its place.
  func objects(_ name: String, atMost limit: Int) throws(RPCError) -> [GuestFields]? {
    guard let list = try list(name, atMost: limit) else { return nil }
    var objects: [GuestFields] = []
    for (index, value) in list.enumerated() {
      objects.append(try GuestFields(value, at: "\(place(name))[\(index)]"))
    }
    return objects
  }

  /// A list of ids, each once: digits in strings, or integers.
  func ids<Entity>(
    _ name: String, of entity: Entity.Type = Entity.self, atMost limit: Int
  ) throws(RPCError) -> [Snowflake<Entity>]? {
    guard let list = try list(name, atMost: limit) else { return nil }
    var (ids, seen) = ([Snowflake<Entity>](), Set<UInt64>())
    for (index, value) in list.enumerated() {
      guard let id = value.snowflake, id > 0 else {
        throw .invalid("\(place(name))[\(index)] must be a Discord id")
      }
      if seen.insert(id).inserted { ids.append(Snowflake(id)) }
    }
    return ids
  }
}
