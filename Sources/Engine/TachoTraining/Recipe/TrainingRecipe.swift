// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoModelFiles
package import TachoTasks

/// A model to be made, as a file says it: shape, data, training; see `suites/models`.
package struct TrainingRecipe: Sendable {
  package let name: String
  /// The shape of a new model; nil where adapters go beside one that is loaded.
  package let shape: TrainingShape?
  /// The model that adapters go beside, and what they are.
  package let base: String?
  package let adapters: AdapterSettings?
  package let mixture: [Entry]
  package let promptWeight: Double
  package let settings: TrainingSettings
  /// The model whose logits are learnt from, or nil.
  package let teacher: String?
  /// Held-out items of each task that are scored at the end, and steps between scores on the way (0: none).
  package let scoredItems: Int
  package let scoreEvery: Int
  package let checkpointEvery: Int
  /// A digest of all that decides the parameters.
  package let identity: String

  /// A task of the mixture.
  package struct Entry: Sendable {
    package let label: String
    package let family: any TaskFamily
    package let weight: Double
  }

  /// - Parameter file: its path; paths in it are relative to its folder.
  package init(file: String, text: String) throws {
    var top = try RecipeReader(file: file, text: text)
    guard try top.requiredInt("schema") == 1 else {
      throw TrainingError(.badRecipe, "\(file): schema must be 1")
    }
    let folder = FilePaths.directory(of: file)
    func path(_ name: String) -> String {
      name.hasPrefix("/") ? name : FilePaths.join(folder, name)
    }
    name = try top.requiredText("name")
    guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) })
    else {
      throw TrainingError(
        .badRecipe,
        "\(file): name '\(name)' names files: letters, digits, '-', '_' and '.' are possible")
    }
    _ = try top.text("description")
    shape = try top.section("model").map(Self.shape)
    let adapted = try top.section("adapters").map(Self.adapters)
    base = adapted.map { path($0.base) }
    adapters = adapted?.settings
    guard (shape == nil) != (adapters == nil) else {
      throw TrainingError(.badRecipe, "\(file): either model or adapters must be there, not both")
    }
    var data = try top.requiredSection("data")
    promptWeight = try data.double("prompt_weight") ?? 0.1
    mixture = try data.sections("mixture").map(Self.entry)
    try data.finish()
    let trained = try Self.settings(top.requiredSection("training"))
    settings = trained.settings
    teacher = trained.teacher.map(path)
    checkpointEvery = try top.int("checkpoint_every") ?? 200
    var evaluation = try top.section("evaluation")
    scoredItems = try evaluation?.int("items") ?? 200
    scoreEvery = try evaluation?.int("every") ?? 0
    try evaluation?.finish()
    guard checkpointEvery >= 1, scoredItems >= 1, scoreEvery >= 0 else {
      throw TrainingError(
        .badRecipe,
        "\(file): checkpoint_every and evaluation.items are at least 1, evaluation.every at least 0"
      )
    }
    try top.finish()
    if let shape { try settings.validate(for: shape) }
    identity = SHA256.hex(
      top.canonical(without: ["name", "description", "checkpoint_every", "evaluation"]))
  }
}
