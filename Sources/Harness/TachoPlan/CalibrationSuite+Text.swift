// SPDX-License-Identifier: Apache-2.0

extension CalibrationSuite {
  /// The suite as YAML.
  package var text: String {
    """
    # Question: what can this machine do at most: memory and caches, arithmetic, launches, the harness?
    # Cost: \(quick ? "under 40 seconds" : "under three minutes"), \(2 * (memoryBytes >> 20)) MiB of memory.
    # Metric: kernel/bytes-per-second, kernel/flops-per-second, kernel/seconds, sample/overhead-seconds.
    schema: 1
    name: \(name)
    description: What can this machine do at most?

    measure:
      samples: \(quick ? "5..10" : "10..40")
      warmup: 1..3
      half_width: \(quick ? "2%" : "1%")
      time: \(quick ? "200ms" : "600ms")
      timeout: 2m
      launches: \(launches)

    benchmarks:

    """ + benchmarks.map(\.text).joined()
  }

  /// More processes where there are few points, so that intervals hold what differs between launches.
  private var launches: Int {
    quick ? 1 : max(1, min(3, 110 / max(1, benchmarks.reduce(0) { $0 + $1.points })))
  }

  /// One benchmark's lines, and how many points they make.
  private struct Entry {
    let text: String
    let points: Int
  }

  private var benchmarks: [Entry] {
    let memory = memoryBytes >> 20
    var entries = levels.map { level in
      kernel(
        "read-l\(level.level)", "{ op: read, thread_kib: \(level.bytesPerThread >> 10) }",
        threads: level.threads)
    }
    entries.append(
      kernel("read-memory", "{ op: read, working_set_mib: \(memory) }", threads: threadCounts))
    entries.append(
      kernel("copy-memory", "{ op: copy, working_set_mib: \(memory) }", threads: threadCounts))
    entries.append(
      kernel(
        "copy-stream-memory", "{ op: copy_stream, working_set_mib: \(memory) }",
        threads: threadCounts))
    entries += levels.map { level in
      kernel(
        "latency-l\(level.level)", "{ op: chase, thread_kib: \(level.bytesPerThread >> 10) }",
        threads: [1])
    }
    entries.append(
      kernel("latency-memory", "{ op: chase, working_set_mib: \(memory) }", threads: [1]))
    entries += peaks
    entries.append(kernel("launch", "{ op: \"null\" }", threads: threadCounts))
    let several = threadCounts.filter { $0 > 1 }
    if !several.isEmpty { entries.append(kernel("wake", "{ op: wake }", threads: several)) }
    entries.append(kernel("clock", "{ op: clock }", threads: [1]))
    entries.append(Entry(text: "  empty:\n    kind: empty\n", points: 1))
    return entries
  }

  private func kernel(_ name: String, _ settings: String, threads: [Int]) -> Entry {
    Entry(
      text: """
          \(name):
            kind: kernel
            set: { kernel: \(settings) }
            axes: { engine.threads: \(list(threads.map(String.init))) }

        """, points: threads.count)
  }

  /// Each arithmetic in every instruction set that has it, on one thread and on all.
  private var peaks: [Entry] {
    let threads = Array(Set([1, machine.threads])).sorted()
    return Set(machine.peaks.map(\.arithmetic)).sorted().map { arithmetic in
      let isas = machine.peaks.filter { $0.arithmetic == arithmetic }.map(\.isa)
      return Entry(
        text: """
            peak-\(arithmetic):
              kind: kernel
              set: { kernel: { op: peak, arithmetic: \(arithmetic) } }
              axes:
                engine.isa: \(list(isas))
                engine.threads: \(list(threads.map(String.init)))

          """, points: isas.count * threads.count)
    }
  }

  private func list(_ words: [String]) -> String { "[" + words.joined(separator: ", ") + "]" }
}
