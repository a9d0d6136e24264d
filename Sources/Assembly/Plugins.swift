// The built-in plugins, one line each. A test compares the list with the folders.

import AutoModPlugin
import ModerationPlugin
import PlatformDispatch
package import PlatformPlugins
import RolesPlugin
import WelcomePlugin

/// Everything that comes with the program, in the order in which plugins get events: protection first.
package let builtInPlugins: [PluginUnit] = [
  PluginUnit(CorePlugin.self),
  PluginUnit(AutoMod.self),
  PluginUnit(Moderation.self),
  PluginUnit(Roles.self),
  PluginUnit(Welcome.self),
]
