// Everything the program stores.

import PlatformAccess
import PlatformAccounts
import PlatformAudit
import PlatformBots
import PlatformConfiguration
import PlatformData
import PlatformDispatch
import PlatformNotices
package import PlatformPlugins
import PlatformSchedule
import PlatformSite
import PlatformTenancy
import Sandbox
package import Storage

extension Schema {
  /// The tables of an installation with these plugins.
  package static func installation(_ plugins: [PluginUnit] = builtInPlugins) -> Schema {
    Schema(
      platform: [
        AccountSchema.platform, BotSchema.owner, DataSchema.owner, NoticeSchema.platform,
        OperatorAuditSchema.platform, RegistrationSchema.owner, ScheduleSchema.owner, SiteSchema.platform,
        TenancySchema.owner,
      ] + Sandbox.platformTables,
      guild: [
        AccessSchema.owner, AuditSchema.owner, ConfigurationSchema.owner, NoticeSchema.guild,
      ] + Dispatcher.guildTables + Sandbox.guildTables + plugins.compactMap(\.tables))
  }
}
