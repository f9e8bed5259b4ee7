// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A shell script in a folder of its own that answers like a llama-bench, and keeps what it was asked.
final class FakeLlamaBench {
  let directory: String
  var path: String { directory + "/llama-bench" }

  /// `result` is shell that prints the result; `$p`, `$n`, `$d`, `$t`, `$r` hold what was asked for.
  init(result: String = FakeLlamaBench.result, help: String = "llama.cpp.help") throws {
    directory =
      FileManager.default.temporaryDirectory.path + "/tacho-fake-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    try LlamaBenchFormatTests.golden(help)
      .write(toFile: directory + "/help", atomically: true, encoding: .utf8)
    let script = """
      #!/bin/sh
      here=\(directory)
      [ "$1" = --help ] && exec cat "$here/help"
      echo "$*" >> "$here/asked"
      echo "fake llama-bench on standard error" >&2
      d=0
      while [ $# -gt 0 ]; do
        case $1 in
          -p) p=$2;; -n) n=$2;; -d) d=$2;; -t) t=$2;; -r) r=$2;;
          -pg) p=${2%,*}; n=${2#*,};;
        esac
        shift 2
      done
      \(result)
      """
    try script.write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// A millisecond for the first repetition, one more for each of the next.
  static let result = """
    sleep 0.05
    times=1000000 i=2
    while [ $i -le $r ]; do times="$times, ${i}000000"; i=$((i + 1)); done
    echo "[ { \\"build_commit\\": \\"abc1234\\", \\"build_number\\": 77, \\"n_threads\\": $t,"
    echo "\\"n_prompt\\": $p, \\"n_gen\\": $n, \\"n_depth\\": $d, \\"n_ubatch\\": 512, \\"new\\": [1],"
    echo "\\"type_k\\": \\"f16\\", \\"backends\\": \\"CPU\\", \\"samples_ns\\": [ $times ] } ]"
    """

  /// The arguments of each start for a measurement.
  var asked: [String] {
    let text = (try? String(contentsOfFile: directory + "/asked", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }
}
