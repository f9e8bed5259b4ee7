// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Links kept objects in another order, with gaps between them, by the linker that linked them first.
///
/// It needs nothing of a linker but that it places objects in the order it is given, which gold, lld
/// and bfd do (`--shuffle-sections` is lld's alone, and objects of Swift hold all functions of a file
/// in one section anyway).
struct Relinking {
  /// The folder of `LinkInputs`.
  let inputs: String
  let cancelled: () -> Bool

  /// The symbols of gaps; made the linker's roots so that it does not drop them as unused.
  private static func symbol(_ number: Int) -> String { "tacho_layout_gap_\(number)" }

  /// Writes the program; how many seconds it took.
  func link(to path: String, seed: UInt64, report: ProgressReport) throws(BuildError) -> Double {
    let kept = try LinkInputs.read(from: inputs)
    let layout = CodeLayout(objects: kept.objects.count, seed: seed)
    let folder = try TemporaryFolder(in: path + ".link")
    defer { try? FileManager.default.removeItem(atPath: path + ".link") }
    report.begin(.linking)
    let began = MonotonicSeconds.now
    let gaps = try makeGaps(layout.gaps, in: folder.path, compiler: kept.command)
    var list: [String] = []
    var next = 0
    for place in 0...layout.order.count {
      while next < gaps.count, layout.places[next] <= place {
        list.append(gaps[next])
        next += 1
      }
      if place < layout.order.count {
        list.append("\(inputs)/objects/\(kept.objects[layout.order[place]])")
      }
    }
    let listPath = folder.path + "/objects.list"
    try write(ResponseFile.text(list), to: listPath)
    let roots = gaps.indices.flatMap { ["-Xlinker", "-u", "-Xlinker", Self.symbol($0)] }
    // Shared libraries of the package itself were kept beside the program.
    let libraries = ["-L", (inputs as NSString).deletingLastPathComponent]
    let command = kept.command + libraries + roots + ["@" + listPath, "-o", path]
    let run = try ToolRun.run(
      .init(arguments: command, directory: folder.path, mergesErrors: true),
      cancelled: cancelled, watch: report.tick)
    guard run.succeeded else {
      throw BuildError(
        .failed, "the objects in \(inputs) do not link in another order",
        lastLines: CompilerOutput.last(run.lines))
    }
    return MonotonicSeconds.now - began
  }

  /// One object for each gap, assembled at once.
  private func makeGaps(_ sizes: [Int], in folder: String, compiler: [String]) throws(BuildError)
    -> [String]
  {
    guard !sizes.isEmpty else { return [] }
    var names: [String] = []
    for (number, size) in sizes.enumerated() {
      let symbol = Self.symbol(number)
      try write(
        """
        .section .text.\(symbol),"ax",%progbits
        .balign \(CodeLayout.gapUnit)
        .globl \(symbol)
        \(symbol):
        .zero \(size)
        .section .note.GNU-stack,"",%progbits

        """, to: "\(folder)/gap\(number).s")
      names.append("gap\(number)")
    }
    // The clang beside the swiftc that links: it is there wherever SwiftPM compiles C.
    let swiftc = compiler.first ?? "swiftc"
    let beside = (swiftc as NSString).deletingLastPathComponent + "/clang"
    let clang = FileManager.default.isExecutableFile(atPath: beside) ? beside : "clang"
    let run = try ToolRun.run(
      .init(
        arguments: [clang, "-c"] + names.map { $0 + ".s" }, directory: folder, mergesErrors: true),
      cancelled: cancelled)
    guard run.succeeded else {
      throw BuildError(
        .failed, "clang does not assemble the gaps of a layout",
        lastLines: CompilerOutput.last(run.lines))
    }
    return names.map { "\(folder)/\($0).o" }
  }

  private func write(_ text: String, to path: String) throws(BuildError) {
    do {
      try text.write(toFile: path, atomically: false, encoding: .utf8)
    } catch {
      throw BuildError(.failed, "cannot write \(path): \(error.localizedDescription)")
    }
  }
}
