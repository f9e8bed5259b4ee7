// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import TachoStore
import Testing

extension EndToEnd {
  /// Accepted slowdowns from the command that writes them to the job that goes by them.
  @Suite struct AcceptCommandTests {
    let place: Workplace

    init() throws {
      place = try Workplace()
      try place.write(
        "s.yaml",
        """
        schema: 1
        name: small
        measure: { warmup: 1, timeout: 1m }
        gate: { samples: 2, pairs: 6, must_not_pass: 50%, tolerated: 30% }
        benchmarks:
          gemv:
            kind: kernel
            set: { kernel: { op: gemv, rows: 64, columns: 256 }, engine.threads: 1 }
            axes: { kernel.format: [q4_0, q8_0] }

        """)
    }

    private func accept(_ arguments: String...) throws -> CommandResult {
      try place.start(["accept", "--suite", "s.yaml"] + arguments).result()
    }

    private static let rest = ["--up-to", "2.0", "--reason", "r", "--expires", "90d"]

    @Test func linesAreWrittenListedAndRemoved() throws {
      #expect(try accept("--list").output.contains("nothing is accepted"))
      let first = try accept(
        "gemv *q4_0", "--up-to", "80%", "--reason", "it \"checks\" more", "--expires", "2999-12-31")
      #expect(first.code == 0, "\(first)")
      for part in [
        "s.accepted.yaml:5: - { point: \"gemv *q4_0\", up_to: 1.8, expires: 2999-12-31, reason:",
        "It covers 1 of 2 points of suite 'small'",
        "gemv kernel.format=q4_0: tolerated 30% -> 80%, must not pass 50% -> 107.7%",
        "git add s.accepted.yaml",
      ] { #expect(first.output.contains(part), "\(part): \(first)") }
      let before = try place.text("s.accepted.yaml")
      #expect(
        try accept("gemv *q8_0", "--up-to", "2", "--reason", "r", "--expires", "1d").code == 0)
      #expect(try place.text("s.accepted.yaml").hasPrefix(before))
      let list = try accept("--list")
      #expect(list.code == 0 && list.output.contains("up to 80% until 2999-12-31 ("), "\(list)")
      #expect(list.output.contains("1 d left), 1 point\n    r"), "\(list)")
      #expect(try accept("--remove", "gemv *q8_0").code == 0)
      #expect(try place.text("s.accepted.yaml") == before)
    }

    @Test func mistakesSayWhatToDo() throws {
      #expect(
        try accept("gemv *q4_0", "--up-to", "2", "--reason", "r", "--expires", "9d").code == 0)
      let before = try place.text("s.accepted.yaml")
      for (arguments, words) in [
        ([], "say which points"), (["gemv *"], "needs --up-to"),
        (["gemm *"] + Self.rest, "no point of suite 'small' matches 'gemm *'"),
        (["gemv *q4_0"] + Self.rest, "s.accepted.yaml:5 accepts 'gemv kernel.format=q4_0' already"),
        (["*"] + Self.rest, "remove it first (tacho accept --remove 'gemv *q4_0' --suite s.yaml)"),
        (["*q8_0", "--up-to", "6", "--reason", "r", "--expires", "9d"], "percentage such as 6%"),
        (["*q8_0", "--up-to", "1.2", "--reason", "r", "--expires", "9d"], "within the 30%"),
        (["*q8_0", "--up-to", "2", "--reason", " ", "--expires", "9d"], "--reason: a sentence"),
        (
          ["*q8_0", "--up-to", "2", "--reason", "r", "--expires", "2020-01-01"], "not a day to come"
        ),
        (["*q8_0", "--up-to", "2", "--reason", "r", "--expires", "soon"], "2027-01-31, or 90d"),
        (["*q8_0", "--metric", "a/b"] + Self.rest, "names no metric for them"),
        (["--list", "--remove", "x"], "choose one"), (["--remove"], "say which to remove"),
        (["--remove", "gemv *"], "it has 'gemv *q4_0'"),
        (["--check", "gone.json"], "cannot be read"),
        (["--check", "s.yaml"], "s.yaml"), (["--list", "--reason", "x"], "is for accepting"),
      ] as [([String], String)] {
        let answer = try place.start(["accept", "--suite", "s.yaml"] + arguments).result()
        #expect(answer.code == 2 && answer.errors.contains(words), "\(arguments): \(answer)")
      }
      #expect(try place.text("s.accepted.yaml") == before)
    }

    /// Before anything is built: a line that is expired, idle or broken ends the gate.
    @Test func theGateStopsAtBadLines() throws {
      let program = try Workplace.program()
      for (line, words) in [
        (
          "point: 'gemv *', up_to: 2, expires: 2020-01-01, reason: r",
          "s.accepted.yaml:3:43: the acceptance of 'gemv *' expired on 2020-01-01"
        ),
        ("point: 'gemm *', up_to: 2, expires: 2999-01-01, reason: r", "no point of suite 'small'"),
        ("point: 'gemv *', up_to: 2, expires: 2999-01-01", "has no 'reason'"),
      ] {
        try place.write("s.accepted.yaml", "schema: 1\naccepted:\n  - { \(line) }\n")
        let gate = try place.start(["gate", "s.yaml", "--base", program, "--candidate", program])
          .result()
        #expect(gate.code == 2 && gate.errors.contains(words), "\(words): \(gate)")
        #expect(!place.exists("tacho-results"))
      }
    }

    @Test func aJobGoesByThemAndIsCheckedForThem() throws {
      #expect(
        try accept("gemv *q4_0", "--up-to", "2", "--reason", "it checks", "--expires", "9d").code
          == 0)
      let program = try Workplace.program()
      // The smallest job: what is not needed is told whatever the verdict.
      let gate = try place.start([
        "gate", "s.yaml", "--base", program, "--candidate", program, "--store", "g.sqlite",
        "--budget", "20s", "--seed", "5", "--format", "md=g.md", "--format", "json=g.json",
      ]).result()
      let store = try ResultStore(path: place.path("g.sqlite"), readOnly: true)
      let sweep = try #require(store.sweeps().first { $0.suite == "gate-small" })
      let result = try #require(try store.gateResult(of: sweep.id), "\(gate)")
      let acceptances = try #require(result.record.acceptances)
      #expect(acceptances.text == (try place.text("s.accepted.yaml")))
      #expect(acceptances.baseUnknown == "s.accepted.yaml is in no repository")
      let entry = try #require(acceptances.entries.first)
      #expect(entry.isNew == nil && entry.daysLeft == 9 && entry.members.count == 1)
      let (accepted, other) = (result.record.members[0], result.record.members[1])
      #expect(accepted.accepted == "it checks" && accepted.margins.tolerated == 1)
      #expect(other.accepted == nil && other.margins.tolerated == 0.3)
      #expect(gate.errors.contains("1 of 1 accepted slowdown in force"), "\(gate)")
      #expect(try place.text("g.md").contains("accepted up to 100% until"))
      for source in ["g.json", "g.sqlite"] {
        let check = try place.start(["accept", "--check", source]).result()
        let need = result.need(of: entry)
        #expect(check.output.contains("gemv *q4_0: up to 100%"), "\(check)")
        #expect(check.output.hasPrefix("UNUSED") == (need == .unneeded), "\(check)")
        let expected: Int32 = result.outcome == .invalid ? 4 : need == .unneeded ? 1 : 0
        #expect(check.code == expected, "\(check)")
      }
    }

    private func git(_ arguments: String...) throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments =
        ["git", "-C", place.directory, "-c", "user.name=t", "-c", "user.email=t@example.org"]
        + arguments
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0, "\(arguments)")
    }

    /// The candidate's file counts, and of it what the base lacks; that neither can be built comes after.
    @Test func linesAreTakenFromTheCandidatesTree() throws {
      func line(_ point: String, expires: String = "2999-01-01") -> String {
        "  - { point: '\(point)', up_to: 2, expires: \(expires), reason: r }\n"
      }
      let head = "schema: 1\naccepted:\n"
      func gate(_ base: String, _ candidate: String, _ words: String) throws {
        let answer = try place.start(["gate", "s.yaml", "--base", base, "--candidate", candidate])
          .result()
        #expect(answer.code == 2 && answer.errors.contains(words), "\(words): \(answer)")
      }
      try git("init", "-q", "-b", "main")
      try git("add", "s.yaml")
      try git("commit", "-q", "-m", "none")
      try git("tag", "v0.1.0")
      try place.write("s.accepted.yaml", head + line("*q4_0"))
      try git("add", "s.accepted.yaml")
      try git("commit", "-q", "-m", "one")
      try gate("v0.1.0", "main", "main:s.accepted.yaml: 1 of 1 accepted slowdown in force")
      try gate("main", "main", "main:s.accepted.yaml: 0 of 1 accepted slowdown in force")
      try place.write(
        "s.accepted.yaml", head + line("*q4_0", expires: "2998-01-01") + line("*q8_0"))
      try gate("main", "worktree", "s.accepted.yaml: 1 of 2 accepted slowdowns in force")
      try gate(
        "release", "worktree", "0 of 2 accepted slowdowns in force, since the sum is to be seen")
      let released = try place.start(
        ["gate", "s.yaml", "--base", "release", "--with-accepted"]
      ).result()
      #expect(
        released.errors.contains("last release, v0.1.0; s.accepted.yaml: 2 of 2"), "\(released)")
      // What is wrong in a revision is said of the revision.
      try place.write("s.accepted.yaml", head + line("*q4_0", expires: "2020-01-01"))
      try git("commit", "-q", "-a", "-m", "expired")
      try place.write("s.accepted.yaml", head)
      try gate("v0.1.0", "main", "main:s.accepted.yaml:3:42: the acceptance of '*q4_0' expired")
      let clean = try place.start(["gate", "s.yaml", "--base", "v0.1.0"]).result()
      #expect(clean.code == 2 && !clean.errors.contains("accepted"), "\(clean)")
    }

    @Test func theLastReleaseIsATag() throws {
      let program = try Workplace.program()
      func gate(_ arguments: String...) throws -> CommandResult {
        try place.start(["gate", "s.yaml", "--candidate", program] + arguments).result()
      }
      try git("init", "-q", "-b", "main")
      try git("add", "s.yaml")
      try git("commit", "-q", "-m", "one")
      let none = try gate("--base", "release")
      #expect(none.code == 2 && none.errors.contains("git tag -a v0.1.0 COMMIT"), "\(none)")
      let flag = try gate("--base", "main", "--with-accepted")
      #expect(flag.code == 2 && flag.errors.contains("is for --base release"), "\(flag)")
      // A release that is no Swift package cannot be built, which says that it was found.
      try git("tag", "v0.1.0")
      let found = try gate("--base", "last-release")
      #expect(found.code == 2 && found.errors.contains("v0.1.0"), "\(found)")
      try git("branch", "release")
      let both = try gate("--base", "release")
      #expect(both.code == 2 && both.errors.contains("refs/heads/release"), "\(both)")
    }
  }
}
