// Many occurrences of one thing are one notice.

import EventLoop
import PlatformNotices
import PlatformText
import Storage
import Testing

private func draft(_ key: String, _ severity: NoticeSeverity = .warning, _ text: String = "x") -> NoticeDraft
{
  NoticeDraft(severity, from: "welcome", key: key, Sentence("notice.\(text)"))
}

@Suite struct NoticeDigestTests {
  @Test func `a thousand failures are one notice in two writes`() {
    var digest = NoticeDigest(interval: .seconds(5))
    var written: [NoticeDigest.Entry] = []
    for number in 0..<1_000 {
      let at = Timestamp(milliseconds: Int64(number))
      if let entry = digest.add(draft("card"), for: .operators, at: at, uptime: .milliseconds(number)) {
        written.append(entry)
      }
    }
    #expect(written.map(\.count) == [1])
    #expect(digest.due(at: .seconds(4)) == [])
    written += digest.due(at: .seconds(5))
    #expect(written.map(\.count) == [1, 999])
    #expect(written[1].firstAt == Timestamp(milliseconds: 1))
    #expect(written[1].lastAt == Timestamp(milliseconds: 999))
    // Quiet since, it is forgotten: the next is written at once.
    #expect(digest.due(at: .seconds(10)) == [])
    #expect(digest.nextDue == nil)
    let next = digest.add(
      draft("card"), for: .operators, at: Timestamp(milliseconds: 20_000), uptime: .seconds(20))
    #expect(next != nil)
  }

  @Test func `what is of another kind, source or audience is not the same`() {
    var digest = NoticeDigest()
    let instant = Timestamp(milliseconds: 1)
    var other = draft("card")
    other.source = "roles"
    for (draft, audience) in [
      (draft("card"), NoticeAudience.operators), (draft("dm"), .operators), (other, .operators),
      (draft("card"), .guild(Tenant(1))), (draft("card"), .guild(Tenant(2))),
    ] {
      #expect(digest.add(draft, for: audience, at: instant, uptime: .zero) != nil)
    }
  }

  @Test func `the last sentence and the highest severity are kept`() {
    var digest = NoticeDigest()
    let instant = Timestamp(milliseconds: 1)
    _ = digest.add(draft("a"), for: .operators, at: instant, uptime: .zero)
    _ = digest.add(draft("a", .problem, "first"), for: .operators, at: instant, uptime: .zero)
    _ = digest.add(draft("a", .info, "last"), for: .operators, at: instant, uptime: .zero)
    let due = digest.due(at: .zero, all: true)
    #expect(due.map(\.draft.severity) == [.problem])
    #expect(due.map(\.draft.sentence.key) == ["notice.last"])
  }

  @Test func `what could not be written is counted together with what came since`() {
    var digest = NoticeDigest()
    let instant = Timestamp(milliseconds: 1)
    let first = digest.add(draft("a"), for: .operators, at: instant, uptime: .zero)
    _ = digest.add(draft("a"), for: .operators, at: instant, uptime: .zero)
    if let first { digest.putBack(first, uptime: .zero) }
    #expect(digest.due(at: .zero, all: true).map(\.count) == [2])
  }

  @Test func `at the bound nothing is lost, it is written one by one`() {
    var digest = NoticeDigest(bound: 2)
    let instant = Timestamp(milliseconds: 1)
    for key in ["a", "b", "c", "c"] {
      #expect(digest.add(draft(key), for: .operators, at: instant, uptime: .zero) != nil)
    }
    #expect(digest.add(draft("a"), for: .operators, at: instant, uptime: .zero) == nil)
  }
}
