// A command that somebody gave.

package import DiscordCore
import DiscordModels
package import PlatformCommands

/// How a command came.
package enum CommandSource: Hashable, Sendable {
  case slash
  /// In a message, after the prefix or a mention.
  case message(MessageID)
}

/// A command call without the plugin's type.
package struct CommandInvocationContext: PersonInvocation {
  package let core: ContextCore
  package let declaration: CommandDeclaration
  package let arguments: CommandArguments
  package let person: Person
  package let channel: ChannelID
  package let source: CommandSource
  package let responder: any Responder

  package init(
    core: ContextCore, declaration: CommandDeclaration, arguments: CommandArguments, person: Person,
    channel: ChannelID, source: CommandSource, responder: any Responder
  ) {
    (self.core, self.declaration, self.arguments) = (core, declaration, arguments)
    (self.person, self.channel, self.source, self.responder) = (person, channel, source, responder)
  }
}

/// A command call. Read arguments by the parameters that were declared: `call[Commands.members]`.
package struct CommandCall<P: Plugin>: PersonCall {
  package let invocation: CommandInvocationContext

  package init(_ invocation: CommandInvocationContext) { self.invocation = invocation }

  /// How the command came.
  package var source: CommandSource { invocation.source }
  /// All that was given, for those who hand it on.
  package var arguments: CommandArguments { invocation.arguments }

  /// What was given for a parameter.
  package subscript<Value>(_ parameter: CommandParameter<Value>) -> Value { invocation.arguments[parameter] }
}
