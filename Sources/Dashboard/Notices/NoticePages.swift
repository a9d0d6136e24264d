// The notices of a guild.

import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformNotices
import Resources

/// `/g/{guild}/notices`.
enum NoticePages {
  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.guild(.viewer, .get, "/notices", name: "guild.notices") { visit in
      let view = try await board(visit).content()
      let strings = visit.strings
      return try visit.visit.page(
        PageHead(strings["notices.title"], section: "notices", lead: strings["notices.lead"])
      ) { $0.add(view) }
    }
    // Read is read for all who look after the server.
    routes.guild(.manager, .post, "/notices/mark", name: "guild.notices.mark") { visit in
      try await board(visit).mark()
    }
    routes.guild(.manager, .post, "/notices/read", name: "guild.notices.read") { visit in
      try await board(visit).markAllRead()
    }
  }

  private static func board(_ visit: GuildVisit) -> NoticeBoard {
    NoticeBoard(
      visit: visit.visit, audience: .guild(visit.tenant), page: ["g", "\(visit.guild)", "notices"],
      mayMark: visit.role >= .manager)
  }
}
