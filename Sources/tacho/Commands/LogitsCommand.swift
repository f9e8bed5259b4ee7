// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoCatalog
import TachoEngine
import TachoKernels

/// Writes the logits of every position, for independent checks.
struct LogitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logits",
    abstract: "Write the float32 logits of every position as an .npy array [position, vocabulary].",
    discussion: "Keys and values stay in float32 unless --set kv.format=f16 is given.")

  @Option(name: [.short, .long], help: "A .gguf file or a Hugging Face model directory.")
  var model: String

  @Option(help: "Token ids separated by commas or spaces, for example 1,15,7; none is added.")
  var ids: String

  @Option(name: [.short, .long], help: "The .npy file to write.")
  var out: String

  @OptionGroup var engine: EngineOptions

  func run() throws {
    let tokens = try ids.split(whereSeparator: { $0 == "," || $0.isWhitespace }).map { part in
      guard let id = Int32(part) else {
        throw ValidationError("--ids: '\(part)' is not a token id")
      }
      return id
    }
    guard !tokens.isEmpty else { throw ValidationError("--ids holds no token id") }
    var settings = try engine.configuration(knobs: EngineConfiguration.knobs)
    // A check of the arithmetic, not of the cache's rounding, unless that is asked for.
    settings["kv.format"] = settings["kv.format"] ?? "f32"
    let configuration = try EngineConfiguration(settings)
    let transformer = try Transformer(ModelLoader.load(path: model), configuration)
    let context = transformer.model.configuration.contextLength
    guard tokens.count <= context else {
      throw ValidationError(
        "--ids: \(tokens.count) tokens exceed the model's context of \(context)")
    }
    let vocabulary = transformer.model.output.rows
    // Before the file is begun: a wrong id leaves nothing behind.
    if let wrong = tokens.first(where: { $0 < 0 || Int($0) >= transformer.model.embedding.rows }) {
      throw ValidationError(
        "--ids: there is no token \(wrong): the vocabulary has \(transformer.model.embedding.rows)")
    }
    let store = transformer.makeStore()
    let sequence = store.makeSequence()
    var writer = try NPYWriter(path: out, shape: [tokens.count, vocabulary])
    var fed = 0
    // Few positions at a time: their logits are the largest thing in memory.
    while fed < tokens.count {
      let piece = tokens[fed...].prefix(min(64, configuration.batchRows))
      var batch = TokenBatch()
      batch.append(piece, to: sequence, at: fed, wantsLogits: .all)
      try writer.append(try transformer.forward(batch, store))
      fed += piece.count
    }
    try writer.finish()
  }
}
