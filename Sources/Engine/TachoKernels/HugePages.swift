// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import Glibc
import Synchronization

/// Whether memory may come in transparent huge pages: `engine.huge_pages`.
package enum HugePages: String, CaseIterable, Sendable {
  /// Large buffers ask for them; the system decides.
  case madvise
  /// None in this process.
  case never

  /// Whether it is this type that forbade them: what the process was started with stays as it is.
  private static let forbidden = Atomic<Bool>(false)

  /// Makes it so for all memory that this process takes from now on (PR_SET_THP_DISABLE).
  package func apply() throws(KernelError) {
    let forbid = self == .never
    guard Self.forbidden.exchange(forbid, ordering: .acquiringAndReleasing) != forbid else {
      return
    }
    let code = tk_allow_huge_pages(forbid ? 0 : 1)
    guard code == 0 else {
      Self.forbidden.store(false, ordering: .releasing)
      throw KernelError(
        code: .hugePages,
        message: "engine.huge_pages: \(rawValue) cannot be had: \(String(cString: strerror(code)))")
    }
  }

  /// Bytes of this process that lie in transparent huge pages now (AnonHugePages of smaps_rollup); nil where the
  /// system does not say.
  package static func bytesInUse(root: String = "") -> Int? {
    guard let text = ProcessorFiles(root: root).text("/proc/self/smaps_rollup") else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix("AnonHugePages:") }
    let words = line?.split(separator: " ") ?? []
    guard words.count >= 2, let kibibytes = Int(words[1]) else { return nil }
    let bytes = kibibytes.multipliedReportingOverflow(by: 1024)
    return bytes.overflow ? nil : bytes.partialValue
  }
}
