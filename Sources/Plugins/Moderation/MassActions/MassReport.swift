// What people are told of a mass action.

import DiscordCore
import DiscordModels
import JSON
import PlatformAudit
import PlatformPlugins
import PlatformText
import Resources

enum MassReport {
  static func text(_ context: PluginContext<Moderation>, _ job: Job, _ status: JobStatus) -> String {
    let plan = MassPlan(job)
    let strings = context.strings
    let values = [
      "done": "\(plan.done)", "all": "\(plan.count)", "refused": "\(plan.refused)",
      "failed": "\(plan.failed)",
    ]
    var lines = [
      strings(dynamic: "\(job.kind.rawValue).\(status.isOver ? status.rawValue : "running")", values)
    ]
    if plan.refused > 0 {
      lines.append(
        strings(dynamic: job.kind == .unbanall ? "unbanall.protected" : "mass.refused", values))
    }
    if plan.failed > 0 { lines.append(strings(dynamic: "mass.failed", values)) }
    if status.isOver, !plan.failures.isEmpty {
      let more = plan.refused + plan.failed - plan.failures.count
      let names = plan.failures.map { "<@\($0)>" }.joined(separator: " ")
      lines.append(more > 0 ? strings(dynamic: "mass.more", ["users": names, "count": "\(more)"]) : names)
    }
    return lines.joined(separator: "\n").limited(to: MessageCreate.maximumContentLength)
  }

  static func end(
    _ context: PluginContext<Moderation>, _ job: Job, _ status: JobStatus
  ) async throws {
    let plan = MassPlan(job)
    let topic: LogTopic =
      switch job.kind {
      case .masskick: .kick
      case .masstimeout: .timeout
      case .unbanall: .unban
      default: .ban
      }
    try await OperationLog(context).post(
      topic, title: "log.\(job.kind.rawValue)",
      fields: [
        ("log.by", "<@\(job.person)>"),
        (
          "log.mass.counts",
          context.strings(
            dynamic: "mass.counts",
            ["done": "\(plan.done)", "refused": "\(plan.refused)", "failed": "\(plan.failed)"])
        ),
        ("log.duration", plan.duration.map { HumanDuration.format($0) } ?? ""), ("log.reason", plan.reason),
      ])
    try await context.auditOnce(
      job.kind.rawValue, by: .user(job.person), target: "\(job.number)",
      after: [
        "done": .integer(Int64(plan.done)), "refused": .integer(Int64(plan.refused)),
        "failed": .integer(Int64(plan.failed)), "status": .string(status.rawValue),
        "reason": .string(plan.reason),
      ])
  }
}
