// An entry of a context menu that somebody chose.

package import DiscordCore
package import DiscordModels

/// A menu call without the plugin's type.
package struct MenuInvocationContext: PersonInvocation {
  package let core: ContextCore
  package let person: Person
  package let channel: ChannelID
  package let target: MenuTarget
  package let responder: any Responder

  package init(
    core: ContextCore, person: Person, channel: ChannelID, target: MenuTarget, responder: any Responder
  ) {
    (self.core, self.person, self.channel) = (core, person, channel)
    (self.target, self.responder) = (target, responder)
  }
}

/// Whose menu it was.
package enum MenuTarget: Sendable {
  case message(Message)
  case user(User)
}

/// A menu call.
package struct MenuCall<P: Plugin>: PersonCall {
  package let invocation: MenuInvocationContext

  package init(_ invocation: MenuInvocationContext) { self.invocation = invocation }

  /// Whose menu it was.
  package var target: MenuTarget { invocation.target }
}
