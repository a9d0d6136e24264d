// Permission overwrites on the wire.

package import DiscordCore
package import JSON

private enum OverwriteField: Int, JSONFieldName {
  case id, type, allow, deny
  static let keys = JSONKeys<OverwriteField>("id", "type", "allow", "deny")
}

extension PermissionOverwrite: WireDecodable, WireEncodable {
  /// - Throws: `.typeMismatch` also for a kind of target that is not known: it can be neither role nor member.
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(OverwriteField.keys)
    let id = try fields.require(.id).asSnowflake()
    let type = try fields.require(.type)
    let target: Target
    // The word was the form of API versions before 8.
    switch (type.int, type.string) {
    case (0, _), (_, "role"): target = .role(RoleID(id))
    case (1, _), (_, "member"): target = .member(UserID(id))
    default: throw type.mismatch()
    }
    self.init(target, allow: fields[.allow]?.permissions ?? [], deny: fields[.deny]?.permissions ?? [])
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      switch target {
      case .role(let id):
        json.field("id", id)
        json.field("type", 0)
      case .member(let id):
        json.field("id", id)
        json.field("type", 1)
      }
      json.field("allow", allow)
      json.field("deny", deny)
    }
  }
}
