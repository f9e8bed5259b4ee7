// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import TachoRun
import Testing

/// Callgrind's files: sums by function worked out by hand, and every kind of damage.
@Suite struct CallgrindProfileTests {
  /// `main` spends 10 of its own and calls `work` (50) twice; its costs stand in two blocks.
  static let text = """
    # callgrind format
    version: 1
    creator: callgrind-3.19.0
    pid: 7
    cmd:  ./program
    part: 2

    desc: Trigger: Client Request: sample

    positions: line
    events: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw
    summary: 60 5 1 0 2 1 0 1

    ob=(1) /opt/program
    fl=(1) ???
    fn=(1) main
    0 4 1
    cob=(2) /lib/libwork.so
    cfi=(2) work.c
    cfn=(2) work
    calls=2 0
    0 50 3 1 0 2 1 0 1

    ob=(2)
    fl=(2)
    fn=(2)
    17 30 2 0 0 2 0 0 1
    +3 20 1 1 0 0 1

    ob=(1)
    fn=(1)
    0 6 1

    totals: 60 5 1 0 2 1 0 1
    """

  @Test func sumsByFunction() throws {
    let counts = try CallgrindProfile.read(Self.text)
    #expect(counts.totals["Ir"] == 60 && counts.totals["D1mw"] == 1 && counts.totals["DLmw"] == 0)
    #expect(counts.totals.count == 9 && counts.otherInstructions == 0 && counts.unavailable == nil)
    #expect(
      counts.functions == [
        FunctionCounts(
          name: "work", object: "libwork.so", instructions: 50, inclusiveInstructions: 50,
          level1DataMisses: 3, lastLevelMisses: 1),
        FunctionCounts(
          name: "main", object: "program", instructions: 10, inclusiveInstructions: 60,
          level1DataMisses: 0, lastLevelMisses: 0),
      ])
  }

  @Test func keepsTheLargestFunctions() throws {
    let count = CallgrindProfile.functionLimit + 3
    let functions = (1...count).map { "fn=f\($0)\n0 \($0)" }.joined(separator: "\n")
    let counts = try CallgrindProfile.read(
      "events: Ir\n\(functions)\ntotals: \(count * (count + 1) / 2)")
    #expect(counts.functions.count == CallgrindProfile.functionLimit)
    #expect(counts.functions.first?.name == "f\(count)" && counts.otherInstructions == 1 + 2 + 3)
  }

  @Test(arguments: [
    ("version: 1", "version: 2", "line 2: format version  2"),
    ("positions: line", "positions: instr line", "line 10: positions"),
    ("events: Ir", "event: Ir", "line 11: an unknown header 'event'"),
    ("events: Ir Dr", "events: Ir Ir", "line 11: 9 events, or one of them twice"),
    ("fn=(1) main", "fnn=(1) main", "line 16: an unknown word 'fnn'"),
    ("fn=(1) main", "fn=(9)", "line 16: name (9) is not defined"),
    ("0 4 1\n", "0 x 1\n", "line 17: 'x' is no cost"),
    ("0 4 1\n", "0 -4 1\n", "line 17: '-4' is no cost"),
    ("0 4 1\n", "0 99999999999999999999 1\n", "is no cost"),
    ("0 4 1\n", "0 4 1 1 1 1 1 1 1 1 1\n", "10 costs for 9 events"),
    ("0 4 1\n", "0 5 1\n", "the functions' Ir are 61 in all, the file says 60"),
    ("0 50 3 1 0 2 1 0 1\n", "", "a call without its costs"),
    ("totals: 60 5 1 0 2 1 0 1", "", "the file ends before its totals"),
    ("desc: Trigger: Client Request: sample", "jumble", "neither a cost nor a known word"),
    ("fn=(1) main\n", "", "line 16: costs before a function"),
  ])
  func damage(_ find: String, _ replacement: String, _ message: String) throws {
    #expect(Self.text.contains(find))
    var text = Self.text
    let range = try #require(text.range(of: find))
    text.replaceSubrange(range, with: replacement)
    let error = #expect(throws: CallgrindProfile.Failure.self) {
      try CallgrindProfile.read(text)
    }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  /// Cut anywhere it is an error or, from the end of its totals on, the whole.
  @Test func truncation() throws {
    let whole = try CallgrindProfile.read(Self.text)
    for length in 0..<Self.text.count {
      let text = String(Self.text.prefix(length))
      if let counts = try? CallgrindProfile.read(text) {
        #expect(length > Self.text.count - 3 && counts == whole, "cut to \(length)")
      }
    }
  }
}
