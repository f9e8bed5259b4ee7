// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// The content to build and where git finds it.
struct BuildSource {
  let repository: Repository
  let tree: String
  /// Where git finds objects that are not in the repository.
  let environment: [String: String]
}

/// The folder revisions are compiled in, one after another; who uses it holds its lock.
///
///     source/    the files of the revision built last
///     scratch/   SwiftPM's
///     index      git's knowledge of source/, so that only files that differ are written
///     times.json how long builds took
struct BuildSlot {
  let folder: String
  let recipe: BuildRecipe
  let toolchain: Toolchain

  private var source: String { folder + "/source" }
  private var scratch: String { folder + "/scratch" }
  /// Where SwiftPM puts what a release build makes.
  private var products: String { scratch + "/release" }

  /// Compiles a revision's content; how many seconds it took.
  func build(_ content: BuildSource, _ report: ProgressReport, cancelled: () -> Bool)
    throws(BuildError) -> Double
  {
    report.begin(.checkingOut)
    try checkOut(content)
    let times = BuildTimes(folder: folder)
    let isFresh = access("\(products)/\(recipe.product)", F_OK) != 0
    report.begin(.building, expectedSeconds: times.expected(fresh: isFresh))
    let began = MonotonicSeconds.now
    let run = try ToolRun.run(
      .init(
        arguments: [toolchain.swift, "build", "--package-path", source, "--scratch-path", scratch]
          + recipe.arguments,
        directory: source, mergesErrors: true),
      cancelled: cancelled, watch: report.tick)
    guard run.succeeded else { throw failure(run, content, report.label) }
    let seconds = MonotonicSeconds.now - began
    times.record(seconds, fresh: isFresh)
    return seconds
  }

  /// Copies the program, what it needs beside it and what it was linked of; why the last is not there,
  /// or nil.
  func keep(in target: String) throws(BuildError) -> String? {
    try ProgramFolder.copy("\(products)/\(recipe.product)", to: "\(target)/\(recipe.product)")
    try ProgramFolder.copyCompanions(from: products, to: target)
    let link = target + "/link"
    do {
      try LinkInputs.keep(
        product: recipe.product, manifest: scratch + "/release.yaml", products: products, in: link)
      return nil
    } catch {
      try? FileManager.default.removeItem(atPath: link)
      // A full disk is no property of the build.
      guard error.kind == .reference else { throw error }
      return error.message
    }
  }

  /// Makes `source` the files of a tree, writing only those that differ.
  private func checkOut(_ content: BuildSource) throws(BuildError) {
    let first = try checkOutOnce(content)
    guard !first.succeeded else { return }
    // What an interrupted checkout left may be anything: once more from nothing.
    for name in ["source", "index"] {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
    let second = try checkOutOnce(content)
    guard second.succeeded else {
      throw BuildError(
        .failed,
        "git cannot check out \(content.tree) of \(content.repository.directory) into \(source): "
          + second.reason)
    }
  }

  private func checkOutOnce(_ content: BuildSource) throws(BuildError) -> ToolRun {
    do {
      try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
    } catch {
      throw BuildError(.failed, "cannot make \(source): \(error.localizedDescription)")
    }
    // Of a process that was killed: the slot's lock is ours.
    unlink(folder + "/index.lock")
    let environment = content.environment.merging(["GIT_INDEX_FILE": folder + "/index"]) { $1 }
    func git(_ arguments: [String]) throws(BuildError) -> ToolRun {
      try ToolRun.run(
        .init(
          arguments: [
            "git", "--git-dir", content.repository.gitDirectory, "--work-tree", source, "-c",
            "core.bare=false", "-c", "core.splitIndex=false", "-c", "core.fsmonitor=false", "-c",
            "core.sparseCheckout=false",
          ] + arguments,
          directory: source, environment: environment))
    }
    let steps = [
      ["read-tree", "--reset", "-u", content.tree],
      // Files of the tree that somebody changed or removed here.
      ["checkout-index", "--all", "--force", "--quiet"],
      // Files of another revision; what SwiftPM settled on stays, asking again takes the network.
      ["clean", "-ffdxq", "--exclude=/Package.resolved"],
    ]
    for arguments in steps.dropLast() {
      let run = try git(arguments)
      guard run.succeeded else { return run }
    }
    return try git(steps[steps.count - 1])
  }

  private func failure(_ run: ToolRun, _ content: BuildSource, _ label: String) -> BuildError {
    let arguments = ([toolchain.swift, "build"] + recipe.arguments).map(ShellText.quoted)
      .joined(separator: " ")
    let root = ShellText.quoted(content.repository.directory)
    let command =
      content.environment.isEmpty
      ? "git -C \(root) archive --prefix=tacho-\(content.tree.prefix(8))/ \(content.tree) "
        + "| tar -x && cd tacho-\(content.tree.prefix(8)) && \(arguments)"
      : "cd \(root) && \(arguments)"
    if let foreign = CompilerOutput.foreignCause(run.lines) ?? CompilerOutput.killed(run.code) {
      return BuildError(
        .failed, "\(label) was not built: \(foreign)", lastLines: CompilerOutput.last(run.lines),
        repeatedBy: command)
    }
    return BuildError(
      .doesNotBuild, "\(label) does not build: swift build ended with code \(run.code)",
      lastLines: CompilerOutput.last(run.lines), repeatedBy: command)
  }
}
