// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// What a program was linked of: its objects in the order the build system gave, and the link command.
///
/// Kept in a folder of its own (`link.json` and `objects/`), so that linking again needs neither the
/// sources nor the scratch folder, which by then holds another revision.
struct LinkInputs: Codable, Equatable {
  /// The compiler that drives the linker, and its arguments but for the objects and the output.
  var command: [String]
  /// Names in `objects/`, in the original order.
  var objects: [String]

  static let fileName = "link.json"

  /// Copies them out of a scratch folder.
  ///
  /// Throws an error of kind `reference` when SwiftPM's manifest does not say how the product was linked.
  static func keep(product: String, manifest: String, products: String, in folder: String)
    throws(BuildError)
  {
    let step = try linkStep(of: product, manifest: manifest)
    var inputs = LinkInputs(command: [], objects: [])
    var sources: [String] = []
    var arguments = step[...]
    while let word = arguments.popFirst() {
      if word == "-o" {
        arguments = arguments.dropFirst()
      } else if word.hasPrefix("@") {
        sources += try objectList(String(word.dropFirst()))
      } else if word.hasSuffix(".o"), word.hasPrefix("/") {
        sources.append(word)
      } else {
        inputs.command.append(word)
      }
    }
    guard !sources.isEmpty else {
      throw BuildError(.reference, "the link step in \(manifest) names no objects")
    }
    try ProgramFolder.makeEmpty(folder + "/objects")
    for (number, source) in sources.enumerated() {
      let name = "\(number)-\((source as NSString).lastPathComponent)"
      try ProgramFolder.copy(source, to: "\(folder)/objects/\(name)")
      inputs.objects.append(name)
    }
    do {
      try JSONEncoder().encode(inputs).write(to: URL(fileURLWithPath: "\(folder)/\(fileName)"))
    } catch {
      throw BuildError(
        .failed, "cannot write \(folder)/\(fileName): \(error.localizedDescription)")
    }
  }

  static func read(from folder: String) throws(BuildError) -> LinkInputs {
    let file = try ReadableFile("\(folder)/\(fileName)")
    guard file.size < 64 << 20,
      let inputs = try? JSONDecoder().decode(
        LinkInputs.self, from: Data(try file.bytes(at: 0, count: file.size))),
      !inputs.command.isEmpty
    else {
      throw BuildError(
        .failed, "\(folder)/\(fileName) is damaged: remove \(folder) and build again")
    }
    return inputs
  }

  /// The arguments of the step that makes the product, as SwiftPM wrote them down for its build engine:
  /// a step is a few lines of YAML whose values are JSON.
  static func linkStep(of product: String, manifest: String) throws(BuildError) -> [String] {
    guard let text = try? String(contentsOfFile: manifest, encoding: .utf8) else {
      throw BuildError(
        .reference, "SwiftPM left no \(manifest), which says how the program was linked")
    }
    var makesProduct = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("  \"") {
        makesProduct = false
      } else if let outputs = words(line, after: "    outputs: ") {
        makesProduct = outputs.contains { $0.hasSuffix("/release/\(product)") }
      } else if makesProduct, let arguments = words(line, after: "    args: "), !arguments.isEmpty {
        return arguments
      }
    }
    throw BuildError(.reference, "\(manifest) has no step that makes the program '\(product)'")
  }

  private static func words(_ line: Substring, after prefix: String) -> [String]? {
    guard line.hasPrefix(prefix) else { return nil }
    return try? JSONDecoder().decode([String].self, from: Data(line.dropFirst(prefix.count).utf8))
  }

  /// A response file: a path a line, spaces and quotes escaped by backslashes or in quotes.
  private static func objectList(_ path: String) throws(BuildError) -> [String] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw BuildError(.reference, "the list of objects \(path) is missing")
    }
    return ResponseFile.words(text)
  }
}
