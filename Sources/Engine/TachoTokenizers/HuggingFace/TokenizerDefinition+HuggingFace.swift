// SPDX-License-Identifier: Apache-2.0
package import TachoModelFiles

extension TokenizerDefinition {
  /// Reads a Hugging Face `tokenizer.json`, or the one in a directory, with the
  /// `tokenizer_config.json` and `generation_config.json` beside it where there are any.
  package init(huggingFace path: String) throws {
    let isFile = !FilePaths.isDirectory(path)
    let directory =
      isFile
      ? path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        .joined(separator: "/")
      : path
    let file = isFile ? path : path + "/tokenizer.json"
    func beside(_ name: String) -> String {
      isFile && !path.contains("/") ? name : directory + "/" + name
    }
    try self.init(
      huggingFace: MappedFile(path: file),
      configuration: Self.optional(beside("tokenizer_config.json")),
      generation: Self.optional(beside("generation_config.json")))
  }

  /// Reads the contents of `tokenizer.json` and, where they exist, of the files beside it.
  package init(
    huggingFace file: MappedFile, configuration: MappedFile? = nil, generation: MappedFile? = nil
  ) throws {
    let root = try Self.read(file)
    do throws(TokenizerError) {
      self = try HuggingFaceReader(root).definition()
    } catch {
      throw error.at(file.path)
    }
    source = file.path
    if let configuration {
      let root = try Self.read(configuration)
      HuggingFaceConfiguration(root).apply(to: &self)
    }
    EndOfGeneration.complete(&self)
    if let generation {
      let ends = try Self.read(generation)["eos_token_id"]
      let ids = ends?.elements?.compactMap(\.id) ?? ends?.id.map { [$0] } ?? []
      special.endOfGeneration.formUnion(ids.filter { $0 >= 0 && $0 < tokens.count })
    }
  }

  private static func read(_ file: MappedFile) throws -> JSONValue {
    do throws(TokenizerError) {
      // The bytes live only as long as the file object.
      return try withExtendedLifetime(file) { () throws(TokenizerError) in
        try JSONReader.read(file.bytes)
      }
    } catch {
      throw error.at(file.path)
    }
  }

  /// A file that need not be there.
  private static func optional(_ path: String) throws -> MappedFile? {
    do {
      return try MappedFile(path: path)
    } catch let error as ModelFileError where error.code == .notFound {
      return nil
    }
  }
}
