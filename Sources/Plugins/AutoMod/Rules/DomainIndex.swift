// All domains of all lists, looked up by host and by what it lies in.

/// Which lists a host stands in.
struct DomainIndex<List: Hashable & Sendable>: Sendable {
  private var lists: [Substring: Set<List>] = [:]

  /// Adds domains to a list; what is no domain is left out.
  mutating func add(_ domains: [String], to list: List) {
    for domain in domains {
      guard let host = HostName(setting: domain) else { continue }
      lists[host.text[...], default: []].insert(list)
    }
  }

  /// The lists that name the host or what it lies in.
  func lists(of host: HostName) -> Set<List> {
    if lists.isEmpty { return [] }
    var found: Set<List> = []
    for suffix in host.suffixes { if let here = lists[suffix] { found.formUnion(here) } }
    return found
  }
}
