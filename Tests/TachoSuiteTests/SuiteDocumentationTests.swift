// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import TachoSuite
import Testing

/// Holds the reference and the editors' schema to the keys the reader accepts.
@Suite struct SuiteDocumentationTests {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("suites")

  private func reference() throws -> String {
    try String(contentsOf: Self.folder.appendingPathComponent("SCHEMA.md"), encoding: .utf8)
  }

  @Test(arguments: SuiteLanguage.sections)
  func referenceHasTheTableOfEachSection(_ section: SuiteSection) throws {
    #expect(
      try reference().contains("\n\n" + section.markdownTable + "\n\n"),
      "put this into SCHEMA.md:\n\(section.markdownTable)")
  }

  @Test func referenceDocumentsNoOtherKeys() throws {
    let rows = try reference().split(separator: "\n").filter { $0.hasPrefix("| `") }
    let known = SuiteLanguage.sections.flatMap { $0.markdownTable.split(separator: "\n") }
    for row in rows { #expect(known.contains(row), "not a key: \(row)") }
    #expect(rows.count == SuiteLanguage.sections.reduce(0) { $0 + $1.keys.count })
  }

  /// Complete suites in the reference are accepted as they stand.
  @Test func referenceExamplesAreAccepted() throws {
    let blocks = try reference().components(separatedBy: "```")
    let examples = stride(from: 1, to: blocks.count, by: 2).map { blocks[$0] }
      .filter { $0.hasPrefix("yaml\nschema: 1\n") }
    #expect(examples.count >= 1)
    for example in examples {
      _ = try SuiteFile.read(
        text: String(example.dropFirst("yaml\n".count)), path: "suites/example.yaml",
        kinds: [TestKinds.referenceGenerate])
    }
  }

  /// The parts of a JSON schema the test looks at.
  private struct EditorSchema: Decodable {
    struct Place: Decodable {
      var properties: [String: AnyMember]?
      var additionalProperties: Bool?
      var required: [String]?

      init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        properties = try container.decodeIfPresent([String: AnyMember].self, forKey: .properties)
        required = try container.decodeIfPresent([String].self, forKey: .required)
        additionalProperties = try? container.decode(Bool.self, forKey: .additionalProperties)
      }

      enum Key: String, CodingKey { case properties, additionalProperties, required }
    }

    /// Any JSON value: only its key matters.
    struct AnyMember: Decodable {
      init(from decoder: any Decoder) throws {}
    }

    var definitions: [String: Place]
    var properties: [String: AnyMember]
    var required: [String]
    var additionalProperties: Bool

    enum CodingKeys: String, CodingKey {
      case definitions = "$defs"
      case properties, required, additionalProperties
    }
  }

  @Test func editorSchemaHasTheSameKeys() throws {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent("suite.schema.json"))
    let schema = try JSONDecoder().decode(EditorSchema.self, from: data)
    #expect(schema.properties.keys.sorted() == SuiteLanguage.file.names.sorted())
    #expect(schema.required == ["schema"])
    #expect(!schema.additionalProperties)
    for section in SuiteLanguage.sections.dropFirst() {
      let place = try #require(schema.definitions[section.title], "\(section.title)")
      #expect(
        (place.properties ?? [:]).keys.sorted() == section.names.sorted(), "\(section.title)")
      // A variant also holds knobs; the other places hold nothing else.
      #expect(place.additionalProperties == (section.title == "variant" ? nil : false))
    }
    #expect(schema.definitions["benchmark"]?.required == ["kind"])
  }
}
