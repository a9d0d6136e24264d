// The schedules of a manifest, and the functions that answer to them.

import JSON
import SandboxContract

extension ManifestReader {
  private static let maximum = 5

  mutating func cron(of object: JSONObject) -> [GuestManifest.CronEntry] {
    let entries = declaredCron(object["cron"])
    let names = Set(entries.map(\.name))
    for task in scan.tasks where !names.contains(task.name) {
      findings.warn(
        "cron_task_not_in_manifest",
        "The function \(ArtifactFinding.quoted(task.name, 64)) is never called: \"cron\" has no entry of that name.",
        path: task.path)
    }
    for path in scan.scheduled {
      findings.warn(
        "schedule_task_never_runs", "Functions under .schedule(…) never run here; use \"cron\".", path: path)
    }
    let tasks = Set(scan.tasks.map(\.name))
    if !entries.isEmpty, tasks.isEmpty, !scan.events.contains("cron"), !scan.hasDynamicEvents {
      findings.warn(
        "cron_tasks_not_found", "\"cron\" has entries, and no function answers to them.", path: Self.file)
    } else if !tasks.isEmpty {
      for entry in entries where !tasks.contains(entry.name) {
        findings.warn(
          "cron_missing_task",
          "No function \(ArtifactFinding.quoted(entry.name, 64)) answers to the entry of \"cron\".",
          path: Self.file)
      }
    }
    return entries
  }

  private mutating func declaredCron(_ value: JSONValue?) -> [GuestManifest.CronEntry] {
    guard let value, !value.isNull else { return [] }
    guard let items = value.array else {
      findings.error("cron_not_list", "\"cron\" must be a list.", path: Self.file)
      return []
    }
    if items.count > Self.maximum {
      findings.error("cron_too_many", "\"cron\" may have at most \(Self.maximum) entries.", path: Self.file)
    }
    var entries: [GuestManifest.CronEntry] = []
    for item in items.prefix(Self.maximum) {
      guard let spec = item["spec"]?.string, let name = item["name"]?.string, !spec.isEmpty, !name.isEmpty
      else {
        findings.error(
          "cron_entry_malformed", "An entry of \"cron\" needs a \"spec\" and a \"name\".", path: Self.file)
        continue
      }
      if check(name, spec), !isTaken(name, entries) {
        entries.append(GuestManifest.CronEntry(name: name, spec: spec))
      }
    }
    return entries
  }

  private mutating func isTaken(_ name: String, _ entries: [GuestManifest.CronEntry]) -> Bool {
    guard entries.contains(where: { $0.name == name }) else { return false }
    findings.error(
      "cron_name_duplicate", "\"cron\" has two entries with the name \(ArtifactFinding.quoted(name, 64)).",
      path: Self.file)
    return true
  }

  private mutating func check(_ name: String, _ spec: String) -> Bool {
    let shown = ArtifactFinding.quoted(name, 64)
    guard Self.isIdentifier(name) else {
      findings.error("cron_name_invalid", "\"cron\": \(shown) is no name of a function.", path: Self.file)
      return false
    }
    do throws(CronSpec.Mistake) {
      let schedule = try CronSpec(spec)
      guard schedule.isTooFrequent else { return true }
      findings.error(
        "cron_spec_too_frequent",
        "\"cron\": \(shown) fires every \(schedule.gap) minutes; \(CronSpec.shortestGap) must lie between.",
        path: Self.file)
    } catch {
      findings.error("cron_spec_invalid", "\"cron\": \(shown): \(error.message)", path: Self.file)
    }
    return false
  }

  private static func isIdentifier(_ name: String) -> Bool {
    guard name.utf8.count <= 100, let first = name.unicodeScalars.first else { return false }
    func isStart(_ scalar: Unicode.Scalar) -> Bool { scalar == "_" || scalar.properties.isXIDStart }
    return isStart(first) && name.unicodeScalars.allSatisfy { isStart($0) || $0.properties.isXIDContinue }
  }
}
