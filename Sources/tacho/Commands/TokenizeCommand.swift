// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoTokenizers

/// Prints the token ids of standard input on one line.
struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Print the token ids of standard input, separated by spaces, on one line.")

  @Option(
    name: [.short, .long],
    help: "A .gguf file, a tokenizer.json, or a Hugging Face model directory.")
  var model: String

  @Flag(help: "Add the beginning and end tokens where the model wants them.")
  var addSpecial = false

  @Flag(help: "Read special tokens spelled out in the text as what they say.")
  var special = false

  @Flag(help: "Print each id with its piece, one a line.")
  var pieces = false

  func run() throws {
    let tokenizer = try Tokenizers.load(modelPath: model)
    for warning in tokenizer.warnings {
      StandardStreams.note("warning: \(warning)\n")
    }
    let input = [UInt8](FileHandle.standardInput.readDataToEndOfFile())
    let ids = tokenizer.encode(bytes: input, addSpecial: addSpecial, parseSpecial: special)
    guard pieces else {
      print(ids.map(String.init).joined(separator: " "))
      return
    }
    for id in ids {
      print("\(id)\t\(String(decoding: tokenizer.piece(of: id), as: UTF8.self).debugDescription)")
    }
  }
}
