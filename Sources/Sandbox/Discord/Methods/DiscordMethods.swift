// The `discord.*` methods of third-party plugins (plugin-host contract, section 10.6).

package import DiscordCore
import PlatformPlugins
import DiscordREST
package import EventLoop
package import JSON
package import SandboxContract
import Storage
import PlatformTenancy

/// Answers `discord.*`: what a plugin may see and do at Discord, in the one server of its call.
///
/// Every id is looked up in that server first: of what belongs to another one the plugin hears what it would hear of what
/// does not exist. All limits are checked here, whatever the SDK has checked before. In a minute, a plugin may act 60 times
/// in a server, each member of a bulk call counted, and look 240 times.
package struct DiscordMethods: GuestMethods {
  private let directory: any GuestDirectory
  private let budgets: GuestBudgets
  private let time: any TimeSource

  /// `directory` is asked when a plugin's data is erased only; calls bring bot and store along.
  package init(directory: any GuestDirectory, time: any TimeSource = SystemTime()) {
    (self.directory, self.time) = (directory, time)
    budgets = GuestBudgets(time: time)
  }

  package var names: [String] { Self.table.keys.sorted() }

  package func answer(_ call: GuestCall) async throws -> JSONValue {
    guard let method = Self.table[call.method] else {
      throw RPCError(.unknownMethod, "unknown method: \(call.method)")
    }
    guard let bot = call.bot else { throw RPCError.offline }
    try budgets.checkMisses(for: call)
    if method.isLook { try budgets.take(of: .look, for: call) }
    do {
      return try await method.answer(DiscordCall(call: call, bot: bot, budgets: budgets, time: time))
    } catch let error as RPCError {
      if error.isMiss { budgets.noteMiss(for: call) }
      throw error
    }
  }

  /// Deletes the plugin's webhooks, at Discord as far as a bot is there to do it, and all that is known of them.
  package func erase(_ plugin: String, in guild: GuildID) async throws {
    let store = WebhookStore(store: directory.storage.guild(Tenant(guild)), plugin: plugin)
    if let bot = directory.bot(in: guild) {
      for webhook in try await store.all() {
        do {
          _ = try await bot.send(.deleteWebhook(webhook.id, token: webhook.token))
        } catch let error as RESTError where error.kind == .gone {
          continue
        }
      }
    }
    try await store.removeAll()
  }

  /// One method.
  private struct Method: Sendable {
    /// Whether it changes nothing.
    let isLook: Bool
    let answer: @Sendable (DiscordCall) async throws -> JSONValue
  }

  private static let table: [String: Method] = {
    var table: [String: Method] = [:]
    func look(_ name: String, _ answer: @escaping @Sendable (DiscordCall) async throws -> JSONValue) {
      table["discord.\(name)"] = Method(isLook: true, answer: answer)
    }
    func act(_ name: String, _ answer: @escaping @Sendable (DiscordCall) async throws -> JSONValue) {
      table["discord.\(name)"] = Method(isLook: false, answer: answer)
    }
    look("get_member") { try await $0.getMember() }
    look("get_channel") { try await $0.getChannel() }
    look("get_guild") { try await $0.getGuild() }
    look("list_roles") { try await $0.listRoles() }
    look("list_channels") { try await $0.listChannels() }
    look("list_members") { try await $0.listMembers() }
    look("search_members") { try await $0.searchMembers() }
    look("get_messages") { try await $0.getMessages() }
    act("send_message") { try await $0.sendMessage() }
    act("edit_message") { try await $0.editMessage() }
    act("delete_message") { try await $0.deleteMessage() }
    act("bulk_delete_messages") { try await $0.bulkDeleteMessages() }
    act("add_reaction") { try await $0.addReaction() }
    act("pin_message") { try await $0.pinMessage() }
    act("unpin_message") { try await $0.unpinMessage() }
    act("create_channel") { try await $0.createChannel() }
    act("edit_channel") { try await $0.editChannel() }
    act("delete_channel") { try await $0.deleteChannel() }
    act("set_channel_permissions") { try await $0.setChannelPermissions() }
    act("delete_channel_permission") { try await $0.deleteChannelPermission() }
    act("create_thread") { try await $0.createThread() }
    act("edit_thread") { try await $0.editThread() }
    act("timeout_member") { try await $0.timeoutMember() }
    act("set_nickname") { try await $0.setNickname() }
    act("kick_member") { try await $0.kickMember() }
    act("ban_member") { try await $0.banMember() }
    act("unban_member") { try await $0.unbanMember() }
    act("add_role") { try await $0.changeRole(isGiven: true) }
    act("remove_role") { try await $0.changeRole(isGiven: false) }
    act("add_role_bulk") { try await $0.changeRoleOfMany(isGiven: true) }
    act("remove_role_bulk") { try await $0.changeRoleOfMany(isGiven: false) }
    act("timeout_bulk") { try await $0.timeoutMany() }
    act("kick_bulk") { try await $0.kickMany() }
    act("create_webhook") { try await $0.createWebhook() }
    act("execute_webhook") { try await $0.executeWebhook() }
    act("delete_webhook") { try await $0.deleteWebhook() }
    return table
  }()
}
