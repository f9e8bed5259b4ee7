// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation

/// Keeps a sweep from being resumed while a process still measures it: its samples would be doubled.
///
/// It is the name of an abstract socket, which the kernel frees when the process ends, however that
/// happens. It holds on one machine, as resuming does.
final class SweepLock {
  private let descriptor: Int32

  init(sweepID: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // A leading NUL makes a name that is no file.
    let name = Array("\0tacho-sweep-\(sweepID)".utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { path in
      path.copyBytes(from: name.prefix(path.count))
    }
    let length = MemoryLayout<sa_family_t>.size + min(name.count, 100)
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(length))
      }
    }
    guard code == 0 else {
      throw ValidationError(
        errno == EADDRINUSE
          ? "another process is measuring this sweep: wait for its end, or interrupt it"
          : "cannot lock the sweep: \(String(cString: strerror(errno)))")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
