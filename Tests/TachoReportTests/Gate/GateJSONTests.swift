// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoReport

@Suite("Gate: JSON")
struct GateJSONTests {
  @Test("What is written reads back the same")
  func roundTrip() throws {
    for result in [
      GateFixture.pass(), GateFixture.every(), GateFixture.inconclusive(), GateFixture.invalid(),
      GateFixture.hostile(), GateFixture.result([]),
    ] {
      let text = try GateJSON.render(result, GateFixture.context)
      let document = try GateJSON.document(text)
      #expect(document.result == result)
      #expect(document.verdict == result.outcome)
      #expect(document.exitCode == result.outcome.exitCode)
      #expect(document.suite == "suites/gate.yaml")
      #expect(document.machine?.name == "bench-01")
      let bare = try GateJSON.document(try GateJSON.render(result, GateContext()))
      #expect(bare.result == result)
      #expect(bare.machine == nil && bare.command == nil)
    }
  }

  @Test("Ids that look like names of fields stay as they are")
  func keys() throws {
    var result = GateFixture.pass()
    result.causes = ["memberID": GateFixture.cause, "member_id": GateCause(text: "other")]
    let document = try GateJSON.document(try GateJSON.render(result, GateContext()))
    #expect(document.result == result)
    #expect(document.result.causes.keys.sorted() == ["memberID", "member_id"])
  }

  @Test("Fields have the documented names")
  func names() throws {
    let text = try GateJSON.render(GateFixture.every(), GateFixture.context)
    let root = try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(
      Set(root.keys) == [
        "schema", "version", "tacho", "verdict", "exit_code", "suite", "command", "machine",
        "result",
      ])
    #expect(root["schema"] as? String == "tacho-gate")
    #expect(root["version"] as? Int == 1)
    let result = try #require(root["result"] as? [String: Any])
    #expect(
      Set(result.keys) == [
        "record", "decisions", "confirmations", "differences", "causes", "invalid", "started_at",
        "finished_at",
      ])
    let record = try #require(result["record"] as? [String: Any])
    #expect(
      Set(record.keys) == [
        "sweep_id", "base", "candidate", "policy", "seed", "series", "members", "expected",
      ])
    let decision = try #require((result["decisions"] as? [[String: Any]])?.first)
    #expect(
      Set(decision.keys) == [
        "member_id", "verdict", "pairs", "fail_evidence", "fail_threshold", "pass_evidence",
        "pass_threshold", "shift", "low", "high", "reason",
      ])
    let members = try #require(record["members"] as? [[String: Any]])
    let margins = try #require(members[0]["margins"] as? [String: Any])
    #expect(Set(margins.keys) == ["tolerated", "must_not_pass"])
    let series = try #require(record["series"] as? [[String: Any]])
    #expect(series[0]["point_id"] as? String == "point-p0")
    let policy = try #require(record["policy"] as? [String: Any])
    #expect(
      Set(policy.keys) == [
        "alpha", "beta", "fail_chance", "pass_chance", "pairs_max", "rounds", "confirming_evidence",
        "seconds_max",
      ])
  }

  @Test("Numbers that are not finite are written and read")
  func notFinite() throws {
    var result = GateFixture.pass()
    result.decisions[0].shift = .infinity
    result.decisions[0].low = -.infinity
    let text = try GateJSON.render(result, GateContext())
    #expect(text.contains("\"shift\" : \"inf\""))
    #expect(try GateJSON.document(text).result == result)
  }

  @Test("Another schema or a later version is refused by name")
  func refused() throws {
    let text = try GateJSON.render(GateFixture.pass(), GateContext())
    let later = text.replacing("\"version\" : 1", with: "\"version\" : 2")
    #expect(throws: GateJSON.SchemaError.self) { try GateJSON.document(later) }
    let other = text.replacing("\"tacho-gate\"", with: "\"tacho-calibration\"")
    let error = #expect(throws: GateJSON.SchemaError.self) { try GateJSON.document(other) }
    #expect(error?.description.contains("this is tacho-calibration version 1") == true)
    #expect(throws: (any Error).self) { try GateJSON.document("{") }
  }
}
