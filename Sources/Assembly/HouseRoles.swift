// What a process of an installation does, when several share the work.

/// The roles of a process (`GUILDHALL_ROLES`). One process does everything by default; with Redis and PostgreSQL they are
/// shared out.
package struct HouseRoles: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  /// Connects bots to Discord, answers interactions, decides who serves which guild. One process of an installation.
  package static let gateway = HouseRoles(rawValue: 1)
  /// Works through the lanes. Any number.
  package static let worker = HouseRoles(rawValue: 2)
  /// Fires timers and sweeps. Any number; timers are shared out, sweeping twice is harmless.
  package static let scheduler = HouseRoles(rawValue: 4)
  /// Serves the dashboard. Any number.
  package static let web = HouseRoles(rawValue: 8)
  package static let all: HouseRoles = [.gateway, .worker, .scheduler, .web]

  /// By their names, in the order of the words.
  package var names: [String] {
    let all: [(HouseRoles, String)] = [
      (.gateway, "gateway"), (.worker, "worker"), (.scheduler, "scheduler"), (.web, "web"),
    ]
    return all.filter { contains($0.0) }.map(\.1)
  }

  /// Roles by name, with commas between; nil when one is not known or there is none.
  package init?(_ text: String) {
    var roles: HouseRoles = []
    for word in text.split(separator: ",") {
      switch word.filter({ $0 != " " }) {
      case "all": roles.formUnion(.all)
      case "gateway": roles.insert(.gateway)
      case "worker": roles.insert(.worker)
      case "scheduler": roles.insert(.scheduler)
      case "web": roles.insert(.web)
      default: return nil
      }
    }
    guard !roles.isEmpty else { return nil }
    self = roles
  }
}
