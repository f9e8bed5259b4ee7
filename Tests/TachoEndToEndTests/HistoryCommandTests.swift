// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

extension EndToEnd {
  /// `tacho history` from a store, and from a file of series.
  @Suite struct HistoryCommandTests {
    let place: Workplace

    init() throws { place = try Workplace() }

    /// Thirty builds, 10% slower from the 16th on: no draw of the noise hides that.
    static let file =
      (["series,position,value,label"]
      + (0..<30).map { build in
        let value = (build < 15 ? 100.0 : 110) + Double(build * 7 % 5) * 0.2
        return "decode,\(build),\(value),build\(build)"
      }).joined(separator: "\n")

    @Test func seriesOfAFile() throws {
      try place.write("h.csv", Self.file)
      let text = try place.expect("history", "--series", "h.csv")
      #expect(text.contains("suspicion since build15: +10"), "\(text)")
      #expect(!text.contains("tacho gate"))
      let json = try place.expect("history", "--series", "-", "--json", input: Self.file)
      let parsed = try #require(
        try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
      let series = try #require((parsed["series"] as? [[String: Any]])?.first)
      let changes = try #require(series["changes"] as? [[String: Any]])
      #expect(changes.map { $0["index"] as? Int } == [15])
    }

    @Test func storeOfOneBuild() throws {
      try place.write(
        "s.yaml",
        """
        schema: 1
        name: once
        benchmarks:
          read:
            kind: kernel
            set: { kernel.op: read, kernel.working_set_mib: 1 }
            measure: { samples: 2, warmup: 0, contaminated: keep }

        """)
      try place.expect("run", "s.yaml", "--store", "s.sqlite", "--quiet")
      let text = try place.expect("history", "--store", "s.sqlite")
      #expect(text.contains("suite once") && text.contains("kernel/bytes-per-second"), "\(text)")
      #expect(text.contains("absolute times of different days: suspicions only"))
      #expect(text.contains("that takes 10 builds"))
      try place.write("order", "0123456789\n")
      let left = try place.tacho("history", "--store", "s.sqlite", "--order", "order")
      #expect(left.code == 2 && left.errors.contains("for the revisions in order"), "\(left)")
      let none = try place.tacho("history", "--store", "s.sqlite", "--metric", "none/such")
      #expect(none.code == 2 && none.errors.contains("no value of none/such"), "\(none)")
      let other = try place.tacho("history", "--store", "s.sqlite", "--suite", "other")
      #expect(other.code == 2 && other.errors.contains("it holds sweeps of: once"), "\(other)")
    }

    @Test(arguments: [
      (["history", "--store", "gone.sqlite"], "gone.sqlite"),
      (["history", "--series", "gone.csv"], "cannot read gone.csv"),
      (["history", "--series", "h.csv", "--store", "s"], "leave out --store"),
      (["history", "--log"], "--log is about"),
      (["history", "--series", "h.csv", "--filter", "("], "is not a regular expression"),
      (["history", "--series", "h.csv", "--filter", "none"], "no series matches 'none'"),
      (["history", "--series", "bad.csv"], "line 2: value '1x' is not a finite number"),
    ])
    func refusals(arguments: [String], complaint: String) throws {
      try place.write("h.csv", Self.file)
      try place.write("bad.csv", "series,position,value\na,1,1x\n")
      let result = try place.start(arguments).result()
      #expect(result.code == 2 && result.output.isEmpty, "\(result)")
      #expect(result.errors.hasPrefix("Error: ") && result.errors.contains(complaint), "\(result)")
    }
  }
}
