// What is remembered of tenants between calls: budgets and sizes, in memory and bounded.

import EventLoop
import SandboxContract
import Synchronization

/// Budgets and sizes by tenant. At the bound all is forgotten: budgets begin anew, sizes are measured again.
final class SQLBooks: Sendable {
  private struct Page {
    var budget = DDLBudget()
    var size = SchemaSize()
  }

  private static let maximumPages = 20_000
  private let pages = Mutex<[PluginSchema: Page]>([:])

  private func with<Value>(_ schema: PluginSchema, _ body: (inout Page) -> Value) -> Value {
    pages.withLock { pages in
      if pages.count >= Self.maximumPages, pages[schema] == nil { pages = [:] }
      return body(&pages[schema, default: Page()])
    }
  }

  func spend(_ schema: PluginSchema, installedAt: Timestamp, now: Timestamp) throws {
    let outcome = with(schema) { page in
      Result { () throws(RPCError) in try page.budget.spend(installedAt: installedAt, now: now) }
    }
    try outcome.get()
  }

  func isStale(_ schema: PluginSchema, limit: Int, now: Duration) -> Bool {
    with(schema) { $0.size.isStale(limit: limit, now: now) }
  }

  func measured(_ schema: PluginSchema, _ bytes: Int, now: Duration) {
    with(schema) { $0.size.measured(bytes, now: now) }
  }

  func wrote(_ schema: PluginSchema, _ bytes: Int, taking duration: Duration) {
    with(schema) { $0.size.wrote(parameters: bytes, taking: duration) }
  }

  func mayReclaim(_ schema: PluginSchema, now: Duration) -> Bool {
    with(schema) { $0.size.mayReclaim(now: now) }
  }

  func forget(_ schema: PluginSchema) { pages.withLock { _ = $0.removeValue(forKey: schema) } }
}
