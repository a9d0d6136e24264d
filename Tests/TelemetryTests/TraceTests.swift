// Tests of trace ids and the header that carries them.

import Telemetry
import Testing

@Suite struct TraceTests {
  @Test func `an id is printed as it is read`() {
    let text = "0af7651916cd43dd8448eb211c80319c"
    #expect(TraceID(text)?.description == text)
    #expect(TraceID(text)?.short == "0af76519")
    let fresh = TraceID.random()
    #expect(TraceID(fresh.description) == fresh && TraceID.random() != fresh)
  }

  @Test(arguments: [
    "", "0af7651916cd43dd8448eb211c80319", "0af7651916cd43dd8448eb211c80319cc",
    "00000000000000000000000000000000",
    "0AF7651916CD43DD8448EB211C80319C", "0af7651916cd43dd8448eb211c80319g",
    "+af7651916cd43dd8448eb211c80319c",
  ])
  func `what is no id is refused`(text: String) { #expect(TraceID(text) == nil) }

  @Test func `a header is printed as it is read`() throws {
    let header = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"
    let parent = try #require(TraceParent(header))
    #expect(parent.description == header && parent.flags == 1 && parent.span == 0x00F0_67AA_0BA9_02B7)
    let call = TraceParent(trace: parent.trace)
    #expect(TraceParent(call.description) == call)
  }

  @Test func `a later version may say more`() {
    #expect(TraceParent("cc-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-00-what-comes") != nil)
  }

  @Test(arguments: [
    "", "00", "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7",
    "ff-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01",
    "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01-",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-1",
    "0-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01",
    "00-0af7651916cd43dd8448eb211c80319c-00F067AA0BA902B7-01",
  ])
  func `what the standard refuses is refused`(header: String) { #expect(TraceParent(header) == nil) }

  @Test func `child tasks are part of the trace, and it ends with its scope`() async {
    #expect(TraceID.current == nil)
    let trace = TraceID.random()
    await withTrace(trace) {
      async let child = TraceID.current
      #expect(await child == trace)
    }
    withTrace { #expect(TraceID.current != nil && TraceID.current != trace) }
    #expect(TraceID.current == nil)
  }
}
