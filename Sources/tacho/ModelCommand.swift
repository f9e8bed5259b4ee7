// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import TachoCatalog
import TachoKernels
import TachoModelFiles

/// Makes, describes and converts model files.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Make, describe and convert model files.",
    subcommands: [Synth.self, Info.self, Quantize.self])

  /// A weight format by name.
  static func format(_ name: String) throws -> ElementType {
    guard let type = ElementType(name: name) else {
      throw ValidationError(
        "unknown weight format '\(name)': use one of "
          + ElementType.allCases.map(\.name).joined(separator: ", "))
    }
    return type
  }

  struct Synth: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a GGUF with a real model's shape and random weights, for measuring speed.")

    @Option(
      help:
        "\(ModelShapes.all.names.joined(separator: ", ")), or custom:hidden=...,layers=... and so on."
    )
    var shape: String

    @Option(help: "Weight format of the matrices.")
    var format = "q8_0"

    @Option(help: "Seed of the random weights.")
    var seed: UInt64 = 1

    @Argument(help: "The file to write.")
    var out: String

    func run() throws {
      let shape = try ModelShapes.shape(shape)
      let bar = ProgressLine("synthesising \(shape.name)")
      try ModelSynthesizer.synthesize(
        shape: shape, format: ModelCommand.format(format), seed: seed, to: out,
        progress: bar.update)
      bar.finish()
    }
  }

  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Describe a GGUF file.")

    @Flag(help: "List every tensor.")
    var tensors = false

    @Flag(help: "Print JSON.")
    var json = false

    @Argument(help: "The .gguf file.")
    var path: String

    func run() throws {
      let summary = try ModelSummary(try GGUFFile(path: path), listsTensors: tensors)
      if json {
        print(try summary.json())
      } else {
        print(summary.text)
      }
    }
  }

  struct Quantize: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Convert a GGUF's weight matrices to another format.")

    @Option(help: "Weight format of the matrices.")
    var format: String

    @Argument(help: "The .gguf file to read.")
    var source: String

    @Argument(help: "The .gguf file to write.")
    var out: String

    func run() throws {
      let bar = ProgressLine("quantising to \(format)")
      try ModelQuantizer.quantize(
        from: source, to: out, format: ModelCommand.format(format), progress: bar.update)
      bar.finish()
    }
  }
}
