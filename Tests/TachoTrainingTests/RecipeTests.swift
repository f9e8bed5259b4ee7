// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoKernels
import TachoModelFiles
import TachoTasks
import TachoTraining
import Testing

/// Recipes: what they say, what is wrong with them, and that following one can be interrupted.
@Suite struct RecipeTests {
  static let text = """
    schema: 1
    name: tiny
    model: { width: 32, layers: 2, heads: 2, kv_heads: 1, ffn: 64, context: 64, exits: [1] }
    data:
      prompt_weight: 0.2
      mixture:
        - { task: lists, weight: 2, dials: { operation: copy, alphabet: 2, length: 6 } }
        - { task: facts, label: statements, dials: { query: statement, people: 8 } }
    training:
      steps: 6
      batch_tokens: 128
      sequence_tokens: 64
      batches: 2
      exit_weights: [0.5]
    evaluation: { items: 20 }
    checkpoint_every: 2
    """

  static func message(_ text: String) -> String {
    do {
      _ = try TrainingRecipe(file: "suites/models/x.yaml", text: text)
      return "none"
    } catch { return "\(error)" }
  }

  @Test func readsWhatItSays() throws {
    let recipe = try TrainingRecipe(file: "tiny.yaml", text: Self.text)
    #expect(recipe.name == "tiny" && recipe.shape?.headDimension == 16)
    #expect(recipe.shape?.exits == [1] && recipe.settings.exitWeights == [0.5])
    #expect(recipe.mixture.map(\.label) == ["lists", "statements"])
    #expect(recipe.mixture.map(\.weight) == [2, 1])
    #expect(recipe.settings.warmup == 6 && recipe.settings.shards == 2)
    // What does not decide the parameters leaves the identity as it is.
    let relabelled = Self.text.replacingOccurrences(of: "items: 20", with: "items: 30")
    #expect(try TrainingRecipe(file: "a.yaml", text: relabelled).identity == recipe.identity)
    let longer = Self.text.replacingOccurrences(of: "steps: 6", with: "steps: 7")
    #expect(try TrainingRecipe(file: "a.yaml", text: longer).identity != recipe.identity)
  }

  @Test func whatIsWrongIsSaidWithItsPlace() {
    func replaced(_ old: String, _ new: String) -> String {
      Self.message(Self.text.replacingOccurrences(of: old, with: new))
    }
    #expect(replaced("steps: 6", "stepps: 6").contains("training.steps is missing"))
    #expect(
      replaced("batches: 2", "batchs: 2").contains("did you mean 'batches'"),
      "\(replaced("batches: 2", "batchs: 2"))")
    #expect(replaced("steps: 6", "steps: six").contains("x.yaml:10: training.steps is 'six'"))
    #expect(replaced("task: lists", "task: list").contains("did you mean 'lists'"))
    #expect(replaced("alphabet: 2", "alphabet: 99").contains("a whole number from 2 to 26"))
    #expect(replaced("exit_weights: [0.5]", "exit_weights: []").contains("0 exit weights for 1"))
    #expect(replaced("schema: 1", "schema: 2").contains("schema must be 1"))
    #expect(replaced("name: tiny", "name: a/b").contains("names files"))
    #expect(replaced("model:", "models:").contains("either model or adapters"))
    #expect(replaced("heads: 2,", "heads: 3,").contains("cannot share") == false)
    #expect(Self.message("- a").contains("mapping"))
    #expect(Self.message("a: [").contains("not valid YAML"))
    #expect(Self.message("").contains("empty"))
  }

  /// The recipes that come with Tacho can be followed, and each model is of the size it is meant to have.
  @Test func recipesOfTheZoo() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("suites/models")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".yaml")
    }
    #expect(files.count >= 5)
    for file in files {
      let path = folder.appendingPathComponent(file).path
      let recipe = try TrainingRecipe(
        file: path, text: String(contentsOfFile: path, encoding: .utf8))
      #expect(recipe.name + ".yaml" == file)
      let shape = try #require(recipe.shape)
      let count = try ParameterLayout(shape).count
      // As f16 a file has at most 12 MB.
      #expect(count * 2 < 12_000_000, "\(file): \(count) parameters")
      #expect(try !ModelExport.architecture(of: shape).isEmpty)
      for entry in recipe.mixture {
        let source = TaskSource(entry.family, split: .train, seed: recipe.settings.seed)
        for index in 0..<50 {
          let item = try source.item(index)
          #expect(
            item.prompt.utf8.count + item.answer.utf8.count < recipe.settings.longest,
            "\(file), \(entry.label)")
        }
      }
    }
  }

  /// A run that loses all since its last checkpoint ends with the same model as one that was left alone.
  @Test func runsGoOnWhereTheirCheckpointIs() throws {
    let recipe = try TrainingRecipe(file: "tiny.yaml", text: Self.text)
    func run(interruptedAfter steps: Int?) throws -> (Data, String) {
      let folder = try TrainerTests.folder()
      defer { try? FileManager.default.removeItem(at: folder) }
      if let steps {
        let first = try TrainingRun(recipe, folder: folder.path)
        for _ in 0..<steps { _ = try first.advance() }
      }
      let last = try TrainingRun(recipe, folder: folder.path, threads: 1)
      #expect(last.resumedAt == (steps.map { $0 / 2 * 2 } ?? 0))
      while !last.isFinished { _ = try last.advance() }
      try last.export(last.scores(.evaluation))
      let log = try String(
        contentsOf: folder.appendingPathComponent("tiny.log.csv"), encoding: .utf8)
      return (try Data(contentsOf: URL(fileURLWithPath: last.modelPath)), log)
    }
    let (straight, log) = try run(interruptedAfter: nil)
    let (resumed, resumedLog) = try run(interruptedAfter: 5)
    #expect(straight == resumed)
    func steps(_ log: String) -> [String] {
      log.split(separator: "\n").map { $0.split(separator: ",").prefix(3).joined(separator: ",") }
    }
    #expect(steps(log) == steps(resumedLog))
    #expect(steps(log).count == 7)
  }

  @Test func scoresAreOfHeldOutItems() throws {
    let folder = try TrainerTests.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let run = try TrainingRun(
      TrainingRecipe(file: "tiny.yaml", text: Self.text), folder: folder.path)
    while !run.isFinished { _ = try run.advance() }
    let scores = try run.scores(.evaluation)
    // Statements are for training only.
    #expect(scores.map(\.label) == ["lists"])
    #expect(scores[0].score.items == 20 && scores[0].exits.count == 1)
    #expect(scores[0].score.tokens > 60 && scores[0].score.loss > 0)
    #expect(scores[0].score.lossPerToken < 6)
    #expect(scores[0].score != scores[0].exits[0])
  }

  /// Scores count what greedy decoding writes: on a model that knows nothing, hardly any.
  @Test func aModelOfZerosPredictsTheFirstToken() throws {
    let model = try TrainingModel(TinyTraining.shape(), seed: 1)
    model.parameters.pointer.update(repeating: 0, count: model.parameters.count)
    let pass = try DecoderPass<Float>(model.layout, capacity: 128, longest: 64)
    let score = try HeldOutScore(
      model, TinyTraining.data().parts[0].source, count: 30, pass: pass)
    #expect(score.items == 30 && score.exact == 0)
    #expect(abs(score.lossPerToken - 5.605802) < 1e-4, "the logarithm of 272")
  }
}
