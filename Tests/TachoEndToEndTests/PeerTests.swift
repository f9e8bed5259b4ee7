// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import Testing

extension EndToEnd {
  /// Another program beside Tacho's engine in one session, played by a script.
  @Suite struct PeerTests {
    let place: Workplace

    init() throws { place = try Workplace() }

    static let suite = """
      schema: 1
      name: peers
      models: { tiny: { synth: { shape: tiny-llama, seed: 1 } } }
      measure: { samples: 2, warmup: 0, launches: 3, timeout: 30s, contaminated: keep }
      base: { engine.threads: 1 }
      variants:
        tacho: { worker.kind: native }
        script: { worker.kind: llama-bench, worker.path: llama-bench }
        missing: { worker.kind: llama-bench, worker.variable: TACHO_NOT_SET }
      benchmarks:
        prefill:
          kind: generate
          model: tiny
          variants: [tacho, script, missing]
          set: { workload.prompt_tokens: 4 }

      """

    /// Prints what a llama-bench would have measured for 4 prompt tokens, after `before`.
    private func writeScript(before: String) throws {
      try place.write(
        "llama-bench",
        """
        #!/bin/sh
        if [ "$1" = --help ]; then
          for option in -m -p -n -r -o -t -d; do echo "  $option <n>"; done
          exit
        fi
        \(before)
        echo '[ { "n_prompt": 4, "n_gen": 0, "n_depth": 0, "n_threads": 1, "samples_ns": [ 1000 ],'
        echo '    "build_commit": "abc1234", "build_number": 7 } ]'
        """)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: place.path("llama-bench"))
    }

    @Test func standBesideTacho() throws {
      try place.write("peers.yaml", Self.suite)
      try writeScript(before: "echo loading >&2")
      let result = try place.tacho("run", "peers.yaml", "--store", "s.sqlite")
      #expect(result.code == 0, "\(result)")
      let runs = try place.sweep("s.sqlite").runs
      let byVariant = Dictionary(grouping: runs) { $0.record.point.variant ?? "" }
      // Three launches each, and the missing one's three say what is missing.
      for (variant, status) in [("tacho", RunStatus.completed), ("script", .completed)] {
        #expect(byVariant[variant]?.map(\.record.status) == [status, status, status], "\(result)")
      }
      #expect(byVariant["missing"]?.allSatisfy { $0.record.status == .skipped } == true)
      #expect(byVariant["missing"]?.first?.record.reason?.contains("set TACHO_NOT_SET") == true)
      // In blocks: every point's launch 0 comes before any point's launch 1.
      let launches = runs.sorted { $0.record.order < $1.record.order }.map(\.record.launch)
      #expect(launches == launches.sorted())
      let peer = try #require(byVariant["script"]?.first)
      #expect(peer.values(of: "prefill/tokens-per-second") == [4e6, 4e6])
      #expect(peer.record.facts["worker.version"] == "abc1234 (7)")
      #expect(peer.record.stderrTail?.contains("loading") == true)
      #expect(result.output.contains("script measured by llama-bench abc1234 (7)"))
      try place.expect("report", "s.sqlite", "-o", "r.html")
      #expect(try place.text("r.html").contains("Beside the peers"))
    }

    /// A peer that hangs is ended with its worker.
    @Test func hangingPeerIsEnded() throws {
      try place.write("peers.yaml", Self.suite)
      try writeScript(before: "sleep 1000")
      let result = try place.tacho(
        "run", "peers.yaml", "--store", "s.sqlite", "--filter", "script", "--set",
        "measure.timeout=2s", "--set", "measure.launches=1")
      #expect(result.code == 1, "\(result)")
      let run = try #require(try place.sweep("s.sqlite").runs.first)
      #expect(run.record.status == .timedOut, "\(result)")
      #expect(try place.becomesEmpty())
    }

    /// `kill -9` of Tacho leaves no peer behind.
    @Test func killedTachoLeavesNoPeer() throws {
      try place.write("peers.yaml", Self.suite)
      try writeScript(before: "touch started; exec sleep 1000")
      let command = try place.start([
        "run", "peers.yaml", "--store", "s.sqlite", "--filter", "script",
      ])
      for _ in 0..<1500 where !place.exists("started") { usleep(20_000) }
      #expect(place.exists("started"))
      #expect(try place.processes().count >= 3)
      command.send(SIGKILL)
      _ = try command.result()
      #expect(try place.becomesEmpty())
    }
  }
}
