// What the bot must be allowed at Discord so that a plugin can do what it was granted here.

package import DiscordCore
package import SandboxContract

extension GuestCapability {
  /// The bot's permissions that the capability's methods use, as those methods check them; none for what is not Discord's.
  package var permissions: Permissions {
    switch self {
    case .sendMessage: [.viewChannel, .sendMessages, .sendMessagesInThreads, .embedLinks, .attachFiles]
    case .editMessage: [.viewChannel]
    case .addReaction: [.viewChannel, .readMessageHistory, .addReactions]
    case .read: [.viewChannel, .readMessageHistory]
    case .deleteMessage: [.viewChannel, .readMessageHistory, .manageMessages]
    case .manageChannels:
      [
        .viewChannel, .manageChannels, .manageRoles, .manageThreads, .createPublicThreads,
        .createPrivateThreads,
      ]
    case .manageWebhooks: [.viewChannel, .manageWebhooks]
    case .moderateMembers: [.moderateMembers, .manageNicknames]
    case .kickMembers: [.kickMembers]
    case .banMembers: [.banMembers]
    case .manageRoles: [.manageRoles]
    case .storageKV, .respond, .http, .sql, .secrets, .messageContent, .webSocket: []
    }
  }
}
