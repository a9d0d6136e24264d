// Takes folders away that nobody needs any more.

/// Removes what lies in a folder and is not to be kept.
package enum FolderSweep {
  /// Ends the name of what is on its way out. Only whole folders have proper names: whoever looks for one would take a half
  /// removed one for it.
  private static let leaving = ".leaving"

  /// Removes everything in a folder but what is named, and what changed lately: somebody may be at work on that.
  ///
  /// - Parameters:
  ///   - folder: an absolute path; one that is not there is empty.
  ///   - names: what stays.
  ///   - age: what changed in less than that time stays, too. Moving something into the folder counts as a change.
  /// - Returns: how much went.
  /// - Throws: `EngineError` with `.fileSystem` for the first that could not be removed; the others are gone all the same.
  @discardableResult
  package static func prune(_ folder: String, keeping names: Set<String>, age: Duration) async throws -> Int {
    var count = 0
    var failure: EngineError?
    for entry in try await LocalFiles.entries(of: folder)
    where !names.contains(entry.name) && entry.age >= age {
      do {
        try await remove("\(folder)/\(entry.name)")
        count += 1
      } catch let error as EngineError { failure = failure ?? error }
    }
    if let failure { throw failure }
    return count
  }

  private static func remove(_ path: String) async throws {
    guard !path.hasSuffix(leaving) else { return try await LocalFiles.remove(path) }
    let target = path + leaving
    // What an earlier sweep did not finish.
    try await LocalFiles.remove(target)
    _ = try await LocalFiles.move(path, to: target)
    try await LocalFiles.remove(target)
  }
}
