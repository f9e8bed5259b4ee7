// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoKernels
import TachoModelFiles
import TachoTasks
import TachoTraining

/// Makes a small model from a recipe.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a small model from a recipe, or go on with one.",
    discussion:
      """
      The folder gets NAME.checkpoint, NAME.log.csv and, at the end, NAME.gguf. Interrupted at any time, the same \
      command goes on from the last checkpoint and ends with the same model.
      """)

  @Argument(help: "The recipe, for example suites/models/dense.yaml.")
  var recipe: String

  @Option(name: [.short, .long], help: "Where to put the files.")
  var output = "tacho-results/models"

  @Option(name: [.short, .long], help: "Threads; 0 takes one for each shard of the recipe.")
  var threads = 0

  @Option(help: "Stop, with a checkpoint, after so many steps of this run; 0 goes to the end.")
  var stopAfter = 0

  @Flag(help: "Move an earlier checkpoint away and begin anew.")
  var fresh = false

  func validate() throws {
    if stopAfter < 0 { throw ValidationError("--stop-after \(stopAfter): it is not negative") }
    if !(0...1024).contains(threads) {
      throw ValidationError("--threads \(threads): 0 to 1024 is possible")
    }
  }

  func run() throws {
    try takeBetterKernels()
    let file = try MappedFile(path: recipe)
    let recipe = try TrainingRecipe(
      file: recipe, text: String(decoding: file.bytes, as: UTF8.self))
    try FileManager.default.createDirectory(
      atPath: output, withIntermediateDirectories: true)
    if fresh { try moveCheckpoint(of: recipe) }
    let run = try TrainingRun(recipe, folder: output, threads: threads)
    let shape = run.trainer.model.layout.shape
    note(
      "\(recipe.name): \(run.trainer.model.layout.count) parameters, "
        + "\(run.trainer.model.layout.trainedCount) of them trained; "
        + "\(run.trainer.memoryBytes >> 20) MiB of memory; \(shape.layers) layers; OpenBLAS "
        + OpenBLAS.core)
    if run.resumedAt > 0 { note("going on after step \(run.resumedAt)") }
    try train(run, steps: recipe.settings.steps)
    guard run.isFinished else {
      try run.save()
      note("stopped after step \(run.trainer.step) of \(recipe.settings.steps)")
      return
    }
    let scores = try run.scores(.evaluation)
    try run.export(scores)
    try StandardStreams.write(Self.table(scores) + "\(run.modelPath)\n")
  }

  private func train(_ run: TrainingRun, steps: Int) throws {
    let progress = ProgressLine("training")
    var shown = MonotonicClock.now()
    var done = 0
    while !run.isFinished, stopAfter == 0 || done < stopAfter {
      let report = try run.advance()
      done += 1
      progress.update(Double(run.trainer.step) / Double(steps))
      let now = MonotonicClock.now()
      if done == 1 || now - shown > Self.lineEvery || run.isFinished {
        shown = now
        progress.finish()
        note(Self.line(report, run, steps: steps))
      }
      if run.isScoreDue {
        progress.finish()
        note(Self.table(try run.scores(.search)))
      }
    }
    progress.finish()
  }

  /// Nanoseconds between lines of progress.
  private static let lineEvery = 15_000_000_000

  private static func line(_ report: Trainer.Report, _ run: TrainingRun, steps: Int) -> String {
    let seconds = Double(report.nanoseconds) / 1e9
    let left = run.secondsLeft.map { String(format: ", %.0f min left", $0 / 60) } ?? ""
    return String(
      format:
        "step %d of %d: loss %.4f (mean %.4f), gradient %.2f, rate %.2e, %.0f tokens/s, %.1f GFLOP/s%@",
      report.step + 1, steps, report.loss, run.trainer.averageLoss ?? report.loss,
      report.gradientNorm, report.learningRate, Double(report.tokens) / seconds,
      report.flops / seconds / 1e9, left)
  }

  /// Accuracies and losses of each task, exits after a bar.
  static func table(_ scores: [TrainingRun.Score]) -> String {
    scores.map { score in
      var line = String(
        format: "%@ (%@): %d of %d exact (%.1f%%), %.4f nats/token", score.label,
        score.split.rawValue, score.score.exact, score.score.items, 100 * score.score.accuracy,
        score.score.lossPerToken)
      for exit in score.exits { line += String(format: " | %.1f%%", 100 * exit.accuracy) }
      return line + "\n"
    }.joined()
  }

  private func moveCheckpoint(of recipe: TrainingRecipe) throws {
    let path = output + "/" + recipe.name + ".checkpoint"
    guard FileManager.default.fileExists(atPath: path) else { return }
    let target = path + ".old"
    if FileManager.default.fileExists(atPath: target) {
      try FileManager.default.removeItem(atPath: target)
    }
    try FileManager.default.moveItem(atPath: path, toPath: target)
  }

  /// Starts this program again where OpenBLAS took kernels for an older processor: it chooses before `main`.
  private func takeBetterKernels() throws {
    guard getenv(OpenBLAS.coreVariable) == nil, let core = OpenBLAS.betterCore else { return }
    setenv(OpenBLAS.coreVariable, core, 1)
    var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
    arguments.append(nil)
    execv("/proc/self/exe", arguments)
    throw ValidationError(
      "cannot start again with \(OpenBLAS.coreVariable)=\(core): \(String(cString: strerror(errno)))"
    )
  }

  private func note(_ text: String) {
    StandardStreams.note(text.hasSuffix("\n") ? text : text + "\n")
  }
}
