// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoStore
import Testing

extension EndToEnd {
  /// The candidate alone against what the store has.
  @Suite struct StoredGateTests {
    let place: Workplace

    private static func suite(formats: String) -> String {
      """
      schema: 1
      name: small
      measure: { samples: 3, warmup: 1, launches: 2, contaminated: keep, timeout: 1m }
      benchmarks:
        gemv:
          kind: kernel
          set: { kernel: { op: gemv, rows: 64, columns: 256 }, engine.threads: 1 }
          axes: { kernel.format: [\(formats)] }

      """
    }

    init() throws {
      place = try Workplace()
      try place.write("s.yaml", Self.suite(formats: "q4_0, q8_0"))
      try place.expect("run", "s.yaml", "--store", "s.sqlite", "--quiet")
    }

    private struct Found: Decodable {
      struct Sweep: Decodable {
        let sweep, suite: String
      }
      struct Row: Decodable {
        struct Figure: Decodable {
          let ratio: Double
          let launches_then, launches_now: Int
        }
        let label: String
        let metrics: [Figure]
      }
      let verdict: String?
      let then, now: Sweep
      let points: [Row]
      let stored_only, suite_only: [String]
    }

    @Test func reportsAndNeverFails() throws {
      let old = try place.sweep("s.sqlite")
      // A thousand times as slow as then: still no failure.
      try place.alter("s.sqlite", "UPDATE measurement SET value = value * 1000")
      try place.write("t.yaml", Self.suite(formats: "q4_0, f16"))
      let program = try Workplace.program()
      for reference in ["s.sqlite", "s.sqlite#\(old.record.id.prefix(6))"] {
        let result = try place.start([
          "gate", "t.yaml", "--against-stored", reference, "--candidate", program, "--launches",
          "3", "--store", "s.sqlite", "--seed", "4", "--format", "md=g.md", "--format",
          "json=g.json",
        ]).result()
        #expect(result.code == 0 && result.output.contains("No verdict:"), "\(result)")
        #expect(result.output.contains("beyond the spread"), "\(result)")
        let found = try JSONDecoder().decode(Found.self, from: Data(place.text("g.json").utf8))
        #expect(found.verdict == nil && found.then.sweep == old.record.id)
        #expect(found.then.suite == "small" && found.now.suite == "against-stored-small")
        #expect(found.points.map(\.label) == ["kernel.format=q4_0"])
        #expect(found.stored_only == ["gemv kernel.format=q8_0"])
        #expect(found.suite_only == ["gemv kernel.format=f16"])
        let figure = try #require(found.points.first?.metrics.first)
        #expect(figure.launches_then == 2 && figure.launches_now == 3)
        #expect(try place.text("g.md").contains("against a stored run"))
        let store = try ResultStore(path: place.path("s.sqlite"), readOnly: true)
        let new = try store.results(of: found.now.sweep)
        #expect(new.record.build.facts["build.reference"]?.stringValue == program, "\(new.record)")
        #expect(new.runs.allSatisfy { $0.record.policy == old.runs[0].record.policy })
      }
    }

    @Test func anotherMachineIsRefused() throws {
      let old = try place.sweep("s.sqlite").record.machine
      var facts = old.facts
      facts["cpu.model"] = "Another CPU"
      let other = MachineRecord(name: "elsewhere", facts: facts)
      let text = ConfigurationValue.object(facts).canonicalJSON.replacing("'", with: "''")
      try place.alter(
        "s.sqlite",
        """
        UPDATE machine SET id = '\(other.id)', facts = '\(text)';
        UPDATE sweep SET machine_id = '\(other.id)', machine_name = 'elsewhere'
        """)
      let result = try place.start([
        "gate", "s.yaml", "--against-stored", "s.sqlite", "--candidate", "/nowhere/tacho",
        "--store", "new.sqlite",
      ]).result()
      #expect(result.code == 2 && result.errors.contains("elsewhere"), "\(result)")
      #expect(result.errors.contains("cpu.model: Another CPU then, "), "\(result)")
      #expect(result.errors.contains("--base REF"), "\(result)")
      #expect(!place.exists("new.sqlite"))
    }

    @Test func mistakesSayWhatToDo() throws {
      try place.write("other.yaml", Self.suite(formats: "f16"))
      try place.write(
        "named.yaml", Self.suite(formats: "q4_0").replacing("name: small", with: "name: large"))
      for (arguments, words) in [
        (["s.yaml", "--against-stored", "gone.sqlite"], "there is no such store"),
        (["s.yaml", "--against-stored", "gone.sqlite#a"], "there is no store gone.sqlite"),
        (["s.yaml", "--against-stored", "s.sqlite#"], "leave out the #"),
        (["s.yaml", "--against-stored", "s.sqlite#zz"], "no sweep in s.sqlite has an id"),
        (["named.yaml", "--against-stored", "s.sqlite"], "no sweep of suite 'large'"),
        (["other.yaml", "--against-stored", "s.sqlite"], "there is nothing to compare"),
        (["s.yaml", "--against-stored", "s.sqlite", "--base", "x"], "leave out --base"),
        (["s.yaml", "--against-stored", "s.sqlite", "--launches", "1"], "give 2 to 1000"),
        (["s.yaml", "--base", "x", "--launches", "3"], "with --against-stored"),
        (["s.yaml", "--against-stored", "s.sqlite", "--format", "junit=x"], "md, json"),
        (
          ["s.yaml", "--against-stored", "s.sqlite", "--candidate", "/nowhere/tacho"],
          "/nowhere/tacho"
        ),
      ] {
        let answer = try place.start(["gate"] + arguments).result()
        #expect(answer.code == 2 && answer.errors.contains(words), "\(arguments): \(answer)")
      }
    }
  }
}
