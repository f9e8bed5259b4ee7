// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoTune

/// Importances of parameters whose parts are known.
@Suite struct ImportanceTests {
  static func history(_ count: Int) throws -> StudyHistory {
    let space = try SearchSpace([
      Parameter("idle", .real(0...1, log: false)), Parameter("much", .real(0...1, log: false)),
      Parameter("kind", .categorical(["a", "b", "c"])),
    ])
    let run = try SamplerCase.run("random", space: space, trials: count) { configuration in
      let much = configuration["much"]?.doubleValue ?? 0
      return 10 * (much - 0.3) * (much - 0.3) + (configuration["kind"] == "b" ? 0 : 0.2)
    }
    return run.study.history(run.trials)
  }

  @Test func findsWhatMatters() throws {
    let found = try #require(ImportanceAnalysis.importances(try Self.history(120), seed: 1))
    #expect(found.map(\.path) == ["much", "kind", "idle"])
    #expect(abs(found.reduce(0) { $0 + $1.share } - 1) < 1e-9)
    #expect(found[0].share > 0.5 && found[2].share < 0.15, "\(found)")
    for parameter in found {
      #expect(parameter.low <= parameter.high && (0...1).contains(parameter.share), "\(parameter)")
    }
    #expect(found[0].low > found[2].high, "\(found)")
  }

  @Test func saysNothingOfTooFew() throws {
    #expect(ImportanceAnalysis.importances(try Self.history(40), seed: 1) == nil)
  }
}
