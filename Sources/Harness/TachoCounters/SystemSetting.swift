// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Settings of the kernel that decide what may be counted.
package enum SystemSetting {
  /// kernel.perf_event_paranoid, or nil where there is none: above 1, other users may not observe the kernel.
  package static var paranoia: Int? {
    guard let file = fopen("/proc/sys/kernel/perf_event_paranoid", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 32)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    let text = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return Int(String(decoding: text, as: UTF8.self).filter { $0 != "\n" })
  }
}
