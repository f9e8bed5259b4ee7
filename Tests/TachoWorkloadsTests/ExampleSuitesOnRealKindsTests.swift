// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoPlan
import TachoRecord
import TachoSuite
import TachoWorkloads
import Testing

/// The suites that come with the package, against the knobs that this build really has.
@Suite struct ExampleSuitesOnRealKindsTests {
  /// The `suites` folder, found from this file.
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("suites")

  private static func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yaml") }.sorted()
  }

  @Test func everyPointCanRun() throws {
    let files = try Self.files()
    #expect(files.count >= 4)
    for file in files {
      let path = Self.folder.appendingPathComponent(file).path
      let plan = try Plan.load(suite: path, kinds: Workloads.kinds)
      #expect(!plan.points.isEmpty, "\(file)")
      for planned in plan.points {
        #expect(planned.skip == nil, "\(file) \(planned.point.benchmark) \(planned.point.label)")
      }
    }
  }

  /// A misspelt knob must be found, else the test above proves nothing.
  @Test func aMisspeltKnobIsFound() throws {
    let path = Self.folder.appendingPathComponent("quickstart.yaml").path
    let text = try String(contentsOfFile: path, encoding: .utf8)
      .replacing("engine.threads", with: "engine.treads")
    #expect(throws: SuiteError.self) {
      try SuiteFile.read(text: text, path: path, kinds: Workloads.kinds)
    }
  }
}
