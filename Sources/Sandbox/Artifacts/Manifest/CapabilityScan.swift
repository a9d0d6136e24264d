// Which capabilities a plugin's sources use, by plain search for bytes (plugin-host contract, section 12.4).

import SandboxContract

/// The table of the search.
enum CapabilityScan {
  /// Paths below such folders are not searched.
  static let skippedFolders: Set<Substring> = [
    "tests", "test", "__pycache__", ".venv", "venv", "site-packages", ".git",
  ]

  /// Capabilities that some method's call gives away. The others cannot be told from the sources.
  static let detectable = Set(patterns.map(\.capability))

  /// Adds what the file uses.
  static func search(_ bytes: [UInt8], into found: inout Set<GuestCapability>) {
    bytes.withUnsafeBufferPointer { text in
      for index in text.indices where text[index] == UInt8(ascii: ".") || text[index] == UInt8(ascii: "(") {
        for pattern in patterns where !found.contains(pattern.capability) {
          let end = index + pattern.bytes.count
          if end <= text.count, text[index..<end].elementsEqual(pattern.bytes) {
            found.insert(pattern.capability)
          }
        }
      }
    }
  }

  private static let patterns: [(bytes: [UInt8], capability: GuestCapability)] = {
    var patterns: [(bytes: [UInt8], capability: GuestCapability)] = []
    func add(_ capability: GuestCapability, _ object: String, _ methods: String) {
      for method in methods.split(separator: " ") {
        patterns.append((Array("\(object).\(method)(".utf8), capability))
      }
    }
    add(.storageKV, ".kv", "get set delete list increment get_many set_many list_values mget mput")
    add(.sql, ".sql", "execute query query_one")
    add(.secrets, ".secrets", "get set delete")
    add(.sendMessage, "", "send_message")
    add(.editMessage, "", "edit_message")
    add(.deleteMessage, "", "delete_message")
    add(.addReaction, "", "add_reaction")
    add(
      .read, "",
      "get_member get_channel get_guild list_roles list_members list_channels search_members get_messages")
    add(.manageChannels, "", "create_channel edit_channel delete_channel create_thread")
    add(.moderateMembers, "", "timeout_member timeout_bulk")
    add(.banMembers, "", "ban_member")
    add(.kickMembers, "", "kick_member kick_bulk")
    add(.manageRoles, "", "add_role remove_role add_role_bulk remove_role_bulk")
    add(.respond, ".interaction", "respond defer send_modal")
    add(.http, ".http", "get post request")
    add(.webSocket, ".ws", "ensure send connect")
    for text in [#"("content""#, "('content'", #".get("content""#, ".get('content'"] {
      patterns.append((Array(text.utf8), .messageContent))
    }
    return patterns
  }()
}
