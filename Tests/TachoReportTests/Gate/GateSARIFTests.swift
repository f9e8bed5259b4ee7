// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoReport

/// What SARIF 2.1.0 requires, by hand: sections 3.13, 3.14, 3.19, 3.27, 3.28, 3.49 of the standard.
@Suite("Gate: SARIF")
struct GateSARIFTests {
  private typealias Object = [String: Any]

  private func run(_ result: GateResult, _ context: GateContext = GateFixture.context) throws
    -> [String: Any]
  {
    let text = try GateSARIF.render(result, context)
    let root = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object)
    #expect(root["version"] as? String == "2.1.0")
    #expect((root["$schema"] as? String)?.hasSuffix("sarif-schema-2.1.0.json") == true)
    let runs = try #require(root["runs"] as? [Object])
    #expect(runs.count == 1)
    return runs[0]
  }

  private func results(_ run: [String: Any]) throws -> [[String: Any]] {
    try #require(run["results"] as? [Object])
  }

  @Test(
    "What the standard requires is there",
    arguments: ["pass", "every", "hostile", "invalid", "inconclusive"])
  func required(_ name: String) throws {
    let made: [String: GateResult] = [
      "pass": GateFixture.pass(), "every": GateFixture.every(), "hostile": GateFixture.hostile(),
      "invalid": GateFixture.invalid(), "inconclusive": GateFixture.inconclusive(),
    ]
    let run = try run(try #require(made[name]))
    let tool = try #require(run["tool"] as? Object)
    let driver = try #require(tool["driver"] as? Object)
    #expect(driver["name"] as? String == "tacho")
    #expect(driver["version"] as? String == TachoVersion.string)
    let rules = try #require(driver["rules"] as? [Object])
    let ids = try rules.map { try #require($0["id"] as? String) }
    #expect(Set(ids).count == ids.count)
    for id in ["regression", "different-output", "exact-count", "broken", "layout"] {
      #expect(ids.contains(id))
    }
    for invocation in try #require(run["invocations"] as? [Object]) {
      #expect(invocation["executionSuccessful"] as? Bool != nil)
    }
    for result in try results(run) {
      let message = try #require(result["message"] as? Object)
      #expect((message["text"] as? String)?.isEmpty == false)
      let level = try #require(result["level"] as? String)
      #expect(["none", "note", "warning", "error"].contains(level))
      let index = try #require(result["ruleIndex"] as? Int)
      #expect(ids[index] == result["ruleId"] as? String)
      let location = try #require((result["locations"] as? [Object])?.first)
      let physical = try #require(location["physicalLocation"] as? Object)
      let artifact = try #require(physical["artifactLocation"] as? Object)
      #expect(artifact["uri"] as? String == "suites/gate.yaml")
      #expect((physical["region"] as? Object)?["startLine"] as? Int == 1)
      #expect((location["logicalLocations"] as? [Object])?.first?["name"] as? String != nil)
      let prints = try #require(result["partialFingerprints"] as? [String: String])
      #expect(prints["tachoGateMember/v1"]?.count == 64)
      #expect(prints["primaryLocationLineHash"] != nil)
    }
  }

  @Test("Each verdict has its rule and level; passes and skips are no findings")
  func levels() throws {
    let found = try results(try run(GateFixture.every())).map { result in
      "\(result["ruleId"] ?? "") \(result["level"] ?? "")"
    }
    #expect(
      found == [
        "broken error", "regression error", "regression error", "different-output error",
        "exact-count error", "exact-count error", "undecided warning", "undecided warning",
        "layout note",
      ])
    #expect(try results(try run(GateFixture.pass())).isEmpty)
    let invalid = try run(GateFixture.invalid())
    #expect(
      try results(invalid).map { $0["ruleId"] as? String } == [
        "invalid-control", "invalid-control",
      ])
    let invocation = (invalid["invocations"] as? [Object])?.first
    #expect(invocation?["executionSuccessful"] as? Bool == false)
    #expect(invocation?["exitCode"] as? Int == 4)
  }

  @Test("Fingerprints stay when numbers change and differ between members")
  func fingerprints() throws {
    func prints(_ result: GateResult) throws -> [String] {
      try results(try run(result)).compactMap {
        ($0["partialFingerprints"] as? [String: String])?["primaryLocationLineHash"]
      }
    }
    let first = try prints(GateFixture.every())
    #expect(Set(first).count == first.count)
    var changed = GateFixture.every()
    for index in changed.decisions.indices {
      changed.decisions[index].shift = changed.decisions[index].shift.map { $0 * 1.01 }
      changed.decisions[index].pairs += 3
      changed.decisions[index].reason += " 17"
    }
    changed.differences[0].candidate = "other"
    changed.startedAt = "2027-01-01T00:00:00Z"
    #expect(try prints(changed) == first)
    var renamed = GateFixture.every()
    renamed.record.members[0].id = "another"
    renamed.decisions[0].memberID = "another"
    #expect(try prints(renamed) != first)
  }

  @Test("Paths are addresses; without one a finding has its logical location")
  func locations() throws {
    func uri(_ path: String?) throws -> [String: Any]? {
      let found = try results(try run(GateFixture.every(), GateContext(suitePath: path)))
      let location = try #require((found[0]["locations"] as? [Object])?.first)
      return (location["physicalLocation"] as? Object)?["artifactLocation"] as? Object
    }
    #expect(try uri("a b/ü%.yaml")?["uri"] as? String == "a%20b/%C3%BC%25.yaml")
    #expect(try uri("a b/ü.yaml")?["uriBaseId"] as? String == "%SRCROOT%")
    #expect(try uri("/x/y.yaml")?["uri"] as? String == "file:///x/y.yaml")
    #expect(try uri("/x/y.yaml")?["uriBaseId"] == nil)
    #expect(try uri(nil) == nil)
  }
}
