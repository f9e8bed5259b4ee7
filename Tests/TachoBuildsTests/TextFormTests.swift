// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import TachoBuilds

/// The texts read from and written for other programs.
@Suite struct TextFormTests {
  @Test func responseFilesKeepTheirWords() {
    #expect(
      ResponseFile.words("/a/b.o\n/c\\ d.o 'e f.o'\t\"g \\\"h\"\n\n") == [
        "/a/b.o", "/c d.o", "e f.o", "g \"h",
      ])
    let words = ["/plain.o", "/with space.o", #"/with"quote\.o"#, ""]
    #expect(ResponseFile.words(ResponseFile.text(words)) == words)
  }

  @Test func theLinkStepIsFoundAmongOthers() throws {
    let folder = try ScratchFolder()
    try folder.write(
      """
      commands:
        "C.a.module":
          tool: shell
          outputs: ["/s/release/tool.build/a.o"]
          args: ["swiftc","-c"]

        "C.tool.exe":
          tool: shell
          inputs: ["/s/release/tool.build/a.o"]
          outputs: ["/s/release/tool"]
          args: ["swiftc","-o","/s/release/tool","@/s/list","-Xlinker","-rpath=$ORIGIN"]

        "PackageStructure":
          args: ["x"]

      """, to: "release.yaml")
    let manifest = folder.path + "/release.yaml"
    #expect(
      try LinkInputs.linkStep(of: "tool", manifest: manifest)
        == ["swiftc", "-o", "/s/release/tool", "@/s/list", "-Xlinker", "-rpath=$ORIGIN"])
    for (product, file) in [("other", manifest), ("tool", folder.path + "/none")] {
      #expect {
        _ = try LinkInputs.linkStep(of: product, manifest: file)
      } throws: {
        ($0 as? BuildError)?.kind == .reference
      }
    }
  }

  @Test func theFirstErrorIsShownAndForeignCausesAreTold() {
    let noise = (0..<50).map { "[\($0)/50] Compiling" }
    let lines = noise + ["a.swift:3:1: error: no such thing", "  code", "  ^"]
    #expect(CompilerOutput.last(lines) == Array(lines.suffix(3)))
    #expect(CompilerOutput.last(noise) == Array(noise.suffix(20)))
    #expect(CompilerOutput.foreignCause(lines) == nil)
    let network = "fatal: unable to access 'https://x': Could not resolve host: x"
    #expect(CompilerOutput.foreignCause(noise + [network]) == network)
    #expect(CompilerOutput.killed(137)?.contains("signal 9") == true)
    #expect(CompilerOutput.killed(1) == nil)
  }

  @Test func shellWordsAreQuotedWhereTheyMust() {
    #expect(ShellText.quoted("-Xcc") == "-Xcc")
    #expect(ShellText.quoted("a b") == "'a b'")
    #expect(ShellText.quoted("it's") == "'it'\\''s'")
    #expect(ShellText.quoted("") == "''")
  }
}
