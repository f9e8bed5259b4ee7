// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoStore
import Testing

extension EndToEnd {
  /// Studies of functions: in one go, broken off, and by other programs.
  @Suite struct TuneCommandTests {
    let place: Workplace

    static let suite = """
      schema: 1
      name: studies
      search: auto
      benchmarks:
        plain: { kind: function, set: { function.name: branin }, sampler: tpe, budget: 60 }
        noisy:
          kind: function
          set: { function.name: rosenbrock-switches, function.noise: 0.5 }
          budget: 30
          sampler: tpe

      """

    init() throws {
      place = try Workplace()
      try place.write("s.yaml", Self.suite)
    }

    @Test func repeatsToTheLastBit() throws {
      let first = try place.expect("tune", "s.yaml", "--seed", "4", "--json")
      #expect(try place.expect("tune", "s.yaml", "--seed", "4", "--json") == first)
      let lines = first.split(separator: "\n")
      #expect(lines.count == 60 + 1 + 30 + 1)
      #expect(lines[60].contains("\"true_regret\":") && lines[60].contains("\"sampler\":\"tpe\""))
      #expect(try place.expect("tune", "s.yaml", "--seed", "5", "--json") != first)
    }

    /// Killed again and again, a study ends with the trials of one that was left alone.
    @Test func killedStudiesGoOn() throws {
      let command = ["tune", "s.yaml", "--benchmark", "plain", "--seed", "4", "--json", "--store"]
      try place.expect(
        "tune", "s.yaml", "--benchmark", "plain", "--seed", "4", "--json", "--store", "whole.sqlite"
      )
      for delay in [5, 15, 25, 40, 60, 90] {
        let running = try place.start(command + ["s.sqlite"])
        usleep(UInt32(delay) * 1000)
        running.send(SIGKILL)
        _ = try running.result()
      }
      let last = try place.start(command + ["s.sqlite"]).result()
      #expect(last.code == 0, "\(last)")
      func trials(_ store: String) throws -> [StudyTrial] {
        try ResultStore(path: place.path(store), readOnly: true)
          .trials(ofStudy: "studies/plain/4").map {
            StudyTrial(
              text: $0.trial.configuration.canonicalJSON, values: $0.trial.values.map(\.mean))
          }
      }
      #expect(try trials("s.sqlite") == trials("whole.sqlite"))
      #expect(try trials("s.sqlite").count == 60)
    }

    struct StudyTrial: Equatable {
      var text: String
      var values: [Double]
    }

    @Test func othersAskAndTell() throws {
      let base = ["tune", "s.yaml", "--benchmark", "plain", "--store", "s.sqlite"]
      func run(_ more: String...) throws -> CommandResult { try place.start(base + more).result() }
      let asked = try run("--ask")
      #expect(asked.code == 0 && asked.output.contains(#""repetition":0,"trial":0"#), "\(asked)")
      let second = try run("--ask")
      #expect(second.output.contains(#""trial":1"#) && second.output != asked.output)
      let told = try run("--tell", "0", "--value", "12.5/0.25", "--cost", "3")
      #expect(told.code == 0, "\(told)")
      #expect(
        told.output.contains(#""standard_errors":[0.25]"#) && told.output.contains(#""cost":3"#))
      let crashed = try run("--tell", "1", "--failed", "it fell over")
      #expect(crashed.output.contains(#""failure":"crash""#), "\(crashed)")
      for (arguments, words) in [
        (["--tell", "0", "--value", "1"], "is complete"),
        (["--tell", "9", "--value", "1"], "no trial 9"),
        (["--ask", "--tell", "0", "--value", "1"], "two calls"),
        (["--tell", "0"], "--value"), (["--tell", "0", "--value", "x"], "not a value"),
      ] {
        let result = try place.start(base + arguments).result()
        #expect(result.code == 2 && result.errors.contains(words), "\(arguments): \(result)")
      }
    }

    @Test func saysWhatIsWrong() throws {
      for (arguments, words) in [
        (["s.yaml", "--benchmark", "plane"], "did you mean 'plain'"),
        (["s.yaml", "--sampler", "tp"], "did you mean 'tpe'"),
        (["s.yaml", "--ask", "--store", "a.sqlite"], "2 studies"),
        (["s.yaml", "--ask"], "need --store"), (["none.yaml"], "cannot open"),
      ] {
        let result = try place.start(["tune"] + arguments).result()
        #expect(result.code == 2 && result.errors.contains(words), "\(arguments): \(result)")
      }
      #expect(try place.expect("list", "samplers").contains("nsga2"))
    }
  }
}
