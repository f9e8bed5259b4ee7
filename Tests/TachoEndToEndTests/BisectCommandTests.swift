// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

extension EndToEnd {
  /// `tacho bisect`: what it refuses before anything is built, and a range whose end does not build.
  @Suite struct BisectCommandTests {
    let place: Workplace

    init() throws {
      place = try Workplace()
      try place.write(
        "s.yaml",
        """
        schema: 1
        name: small
        benchmarks:
          gemv:
            kind: kernel
            set: { kernel: { op: gemv, rows: 64, columns: 256 } }
            axes: { kernel.format: [q4_0, q8_0] }

        """)
    }

    @discardableResult private func git(_ arguments: String...) throws -> String {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments =
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", place.directory]
        + arguments
      process.environment = ProcessInfo.processInfo.environment.filter {
        !$0.key.hasPrefix("GIT_")
      }
      let output = Pipe()
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      let data = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0, "\(arguments)")
      return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// Three commits, and a branch from the first; no Swift package in any.
    private func repository() throws {
      try git("init", "-q", "-b", "main")
      for name in ["one", "two", "three"] {
        try place.write("a.txt", name)
        try git("add", "a.txt")
        try git("commit", "-q", "-m", name)
        if name == "one" {
          try git("tag", "one")
          try git("checkout", "-q", "-b", "side")
          try git("commit", "-q", "--allow-empty", "-m", "aside")
          try git("checkout", "-q", "main")
        }
      }
    }

    @Test func mistakesSayWhatToDo() throws {
      let outside = try place.start(["bisect", "one..main", "s.yaml"]).result()
      #expect(outside.code == 2 && outside.errors.contains("in no git repository"), "\(outside)")
      try repository()
      for (arguments, words) in [
        (["main", "s.yaml"], "write GOOD..BAD"), (["..main", "s.yaml"], "where to begin"),
        (["...main", "s.yaml"], "where to begin"),
        (["main..one", "s.yaml"], "one comes before main: write one..main"),
        (["main..main", "s.yaml"], "nothing to search"),
        (["side..main", "s.yaml"], "begin at their merge base"),
        (["gone..main", "s.yaml"], "'gone' is neither a file here nor a revision"),
        (["one..", "s.yaml", "--point", "gemm"], "points are named 'gemv kernel.format=q4_0'"),
        (["one..", "s.yaml", "--point", "a", "--filter", "b"], "give one of them"),
        (["one..", "s.yaml", "--filter", "zz"], "no point matches"),
        (["one..", "s.yaml", "--budget", "soon"], "write a time"),
        (["one..", "gone.yaml"], "gone.yaml"),
      ] {
        let answer = try place.start(["bisect"] + arguments).result()
        #expect(answer.code == 2 && answer.errors.contains(words), "\(arguments): \(answer)")
        #expect(answer.output.isEmpty)
      }
    }

    /// The merge base as the beginning; then the end that is no package ends it, with the compiler's reason.
    @Test func anEndThatDoesNotBuildIsAMistake() throws {
      try repository()
      let answer = try place.start([
        "bisect", "side...main", "s.yaml", "--store", "b.sqlite", "--seed", "3",
      ]).result()
      #expect(answer.code == 2 && answer.output.isEmpty, "\(answer)")
      #expect(
        answer.errors.contains("2 commits after \(try git("rev-parse", "--short=12", "one"))"))
      #expect(answer.errors.contains("[1, 3 left] the ends, "), "\(answer)")
      #expect(answer.errors.contains("three"), "\(answer)")
      // Nothing was answered, so nothing is kept.
      let files = try FileManager.default.contentsOfDirectory(atPath: place.directory)
      #expect(!files.contains { $0.hasPrefix("bisect-") }, "\(files)")
    }
  }
}
