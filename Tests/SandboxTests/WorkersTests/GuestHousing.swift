// Where the plugins of a suite run.

import SandboxContract
import SandboxEngine
import SandboxTestKit
import TestKit
import Testing

/// How workers of a test run.
enum GuestHousing: Sendable {
  /// As plain processes: many of them, and quickly.
  case processes
  /// As in a real house.
  case containers

  @TaskLocal static var current = GuestHousing.processes

  /// A container each: more at once than this and their starts take as long as tests wait for something.
  private static let slots = Slots(3)

  /// Runs `body` with what starts workers here.
  func hold(_ sources: GuestSources, _ body: (ObservedLauncher) async throws -> Void) async throws {
    switch self {
    case .processes: try await body(ObservedLauncher(ProcessLauncher(sources)))
    case .containers:
      try await Self.slots.hold {
        let engine = try await TestEngine.shared.value
        try await body(
          ObservedLauncher(
            engine.launcher { GuestFiles(plugin: try sources.folder(of: $0), requirements: nil) }))
      }
    }
  }
}

/// Has the plugins of a suite run in containers.
struct ContainersTrait: SuiteTrait, TestTrait, TestScoping {
  let isRecursive = true

  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    try await GuestHousing.$current.withValue(.containers) { try await function() }
  }
}

extension Trait where Self == ContainersTrait {
  /// The plugins run in containers, as in a real house.
  static var inContainers: Self { ContainersTrait() }
}
