// The dashboard's pages of cases: the list with its search, and one case with all that is known about it.

import DiscordCore
import EventLoop
import HTML
import PlatformAccess
import PlatformPlugins
import Resources

enum CasePages {
  static let pageSize = 50

  static func declare(_ plugin: inout PluginDeclaration<Moderation>) {
    plugin.page("cases", role: .viewer, list)
    plugin.page("case", role: .viewer, isListed: false, one)
    CaseActions.declare(&plugin)
  }

  private static func list(_ context: PluginContext<Moderation>, _ request: PageRequest) async throws
    -> PageContent
  {
    let query = CaseQuery(request.fields)
    let page = min(max(request.fields["page"].flatMap { Int($0) } ?? 1, 1), 100_000)
    var filter = query.filter
    (filter.limit, filter.offset) = (pageSize, (page - 1) * pageSize)
    let found = try await CaseStore(context.store).find(filter)
    let view = CaseListView(
      people: CasePeople(context.bot), strings: context.strings, query: query, number: page, page: found)
    return PageContent { $0.add(view) }
  }

  private static func one(_ context: PluginContext<Moderation>, _ request: PageRequest) async throws
    -> PageContent
  {
    let cases = CaseStore(context.store)
    guard let number = request.fields["number"].flatMap({ Int64($0) }),
      let record = try await cases.find(number)
    else {
      let strings = context.strings
      return PageContent { $0.add(EmptyState(strings["page.case.none"], strings["page.case.noneHelp"])) }
    }
    let view = CasePageView(
      people: CasePeople(context.bot), strings: context.strings, record: record,
      evidence: try await cases.evidence(of: record), revisions: try await cases.revisions(of: number),
      child: try await cases.child(of: number),
      forms: request.role >= .manager && record.void == nil
        ? CasePageView.Forms(
          edit: request.post("edit", ("number", "\(number)")),
          void: request.post("void", ("number", "\(number)"))) : nil)
    return PageContent { $0.add(view) }
  }

  /// The address of a page of the plugin.
  static func link(_ guild: GuildID, _ page: String, _ query: [(name: String, value: String)] = []) -> SafeURL
  {
    SafeURL(segments: ["g", "\(guild)", Moderation.id, page], query: query)
  }
}
