// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoSuite
import Testing

/// The suites that come with the package: each reads, expands and says what it is for.
@Suite struct ExampleSuiteTests {
  /// The `suites` folder, found from this file.
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("suites")

  /// The suites directly in the folder; subfolders hold suites of kinds defined elsewhere.
  static func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yaml") }.sorted()
      .map { folder.appendingPathComponent($0).path }
  }

  @Test(arguments: [
    ("smoke", 2 + 2 * 2 + 2), ("quickstart", 6 + 6 + 16 + 2),
    ("kernels", 26 + 4 * 4 + 4 * 2 + 2 * 4 + 9 + 30 + 6 + 14 + 2 + 2), ("decode-depth", 12 + 1),
  ])
  func exampleExpandsTo(_ name: String, _ count: Int) throws {
    let path = Self.folder.appendingPathComponent(name + ".yaml").path
    let plan = try Plan.load(suite: path, kinds: SampleKinds.all)
    #expect(plan.suite == name)
    #expect(plan.points.count == count)
    #expect(plan.points.allSatisfy { $0.skip == nil })
  }

  @Test func everySuiteReadsAndStartsWithItsQuestion() throws {
    let files = try Self.files()
    #expect(files.count >= 4)
    for file in files {
      let text = try String(contentsOfFile: file, encoding: .utf8)
      #expect(text.hasPrefix("# Question: "), "\(file)")
      #expect(text.contains("\n# Cost: ") && text.contains("\n# Metric: "), "\(file)")
      let suite = try SuiteFile.read(path: file, kinds: SampleKinds.all)
      #expect(!suite.description.isEmpty, "\(file)")
    }
  }

  /// The reference says how many points its example has, and counts them in words.
  @Test func referenceExampleExpandsAsItSays() throws {
    let reference = try String(
      contentsOf: Self.folder.appendingPathComponent("SCHEMA.md"), encoding: .utf8)
    let blocks = reference.components(separatedBy: "```yaml\n")
    let example = try #require(blocks.dropFirst().first?.components(separatedBy: "```").first)
    let suite = try SuiteFile.read(
      text: example, path: "suites/example.yaml", kinds: SampleKinds.all)
    let points = try Planner().plan(suite).points
    #expect(reference.contains("each for 2 variants: \(points.count) points."))
    #expect(points.count == (3 * 4 * 2 - 2 * 2 + 1) * 2)
  }
}
