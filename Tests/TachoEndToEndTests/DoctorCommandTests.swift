// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

extension EndToEnd {
  /// `tacho doctor`, and its grade in a sweep's record.
  @Suite struct DoctorCommandTests {
    let place: Workplace

    init() throws { place = try Workplace() }

    private struct Document: Decodable {
      struct Finding: Decodable {
        let check: String
        let severity: String
      }
      let grade: String
      let findings: [Finding]
    }

    @Test func screenAndJSON() throws {
      let screen = try place.expect("doctor", "--watch", "0.1")
      #expect(screen.hasPrefix("Grade ") && screen.contains("A: nothing found"))
      let json = try place.expect("doctor", "--json", "--watch", "0.1")
      let document = try JSONDecoder().decode(Document.self, from: Data(json.utf8))
      #expect(["A", "B", "C", "D", "F"].contains(document.grade))
      #expect(document.findings.count > 20)
      // The tests run a debug build, which no machine makes up for.
      let isDebug = document.findings.contains { $0.check == "build" && $0.severity == "severe" }
      #if DEBUG
        #expect(isDebug && document.grade == "F")
        let required = try place.tacho("doctor", "--require", "D", "--watch", "0.1")
        #expect(required.code == 4 && required.errors.contains("grade F is worse than D"))
      #else
        #expect(!isDebug)
      #endif
      #expect(try place.tacho("doctor", "--require", "f", "--watch", "0.1").code == 0)
      for arguments in [["--require", "E"], ["--watch", "0"], ["--watch", "-1"]] {
        #expect(try place.start(["doctor"] + arguments).result().code == 2)
      }
    }

    @Test func sweepsKeepTheGradeAndSayWhenThePolicyChanged() throws {
      try place.write(
        "s.yaml",
        """
        schema: 1
        name: small
        measure: { samples: 2, warmup: 0, contaminated: keep }
        benchmarks:
          k: { kind: kernel, set: { kernel.rows: 64, kernel.columns: 256, engine.threads: 1 } }

        """)
      try place.expect("run", "s.yaml", "--store", "s.sqlite", "--quiet")
      let sweep = try place.sweep("s.sqlite")
      let conditions = try #require(sweep.events.first { $0.kind == "conditions" })
      #expect(conditions.message.contains(#""doctor.grade":""#), "\(conditions)")
      #expect(sweep.record.build.facts["library.sqlite"] != nil)
      let run = try #require(sweep.runs.first)
      #expect(run.record.policy?.contaminated == .keep && run.record.policy?.samplesMax == 2)
      for sample in run.samples {
        let seen = try #require(sample.environment)
        #expect(seen.wallSeconds >= sample.observation.seconds)
        #expect((seen.workerSeconds ?? -1) >= 0 && (seen.threads ?? 0) >= 1, "\(seen)")
        #expect(seen.fields.count { $0.value == nil } == seen.unavailable.count, "\(seen)")
      }
      let again = try place.tacho(
        "run", "s.yaml", "--store", "s.sqlite", "--quiet", "--resume", "--set",
        "measure.samples=3")
      #expect(
        again.errors.contains("the measurement policy has changed for 1 launch:"), "\(again)")
      #expect(
        try place.sweep("s.sqlite").events.contains { $0.kind == "policy-changed" })
    }
  }
}
