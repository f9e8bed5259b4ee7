// SPDX-License-Identifier: Apache-2.0
import Glibc
package import TachoCatalog

/// What the operating system keeps of a model's files in memory: `model.page_cache`.
package struct PageCache {
  /// The state a sample begins in.
  package enum State: String, CaseIterable {
    /// As it is: whatever earlier samples and other programs have read.
    case warm
    /// Nothing of the model's files is in memory.
    case dropped
  }

  package static let knob = Knob(
    "model.page_cache", .choice(State.allCases.map(\.rawValue)),
    default: .string(State.warm.rawValue),
    "State of the page cache when a sample begins: warm, as earlier samples left it; dropped, the model's "
      + "files are read from the disk again.")

  /// More than this share left in memory is not dropped: the kernel may keep a page that is just in use.
  package static let droppedLimit = 0.01

  package let files: [String]

  /// Of a model's file, or of all files of a directory that a model is loaded from.
  package init(model path: String) throws { files = try ModelFingerprint.files(of: path) }

  /// Tells the kernel to forget the files (posix_fadvise(2)), written back first because it keeps pages that
  /// the disk does not have.
  package func drop() throws(WorkloadError) {
    for file in files {
      let descriptor = try Self.open(file)
      defer { close(descriptor) }
      guard fdatasync(descriptor) == 0 else { throw Self.failure("write back", file, errno) }
      let code = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
      guard code == 0 else { throw Self.failure("drop", file, code) }
    }
  }

  /// Drops the files and makes sure that they are gone.
  package func dropAll() throws(WorkloadError) {
    try drop()
    let share: Double
    do throws(Unknown) { share = try residentShare() } catch {
      throw WorkloadError(
        .unsupported, "model.page_cache: dropped cannot be checked: \(error.reason)")
    }
    guard share <= Self.droppedLimit else {
      throw WorkloadError(
        .unsupported,
        "model.page_cache: dropped was not reached: \((share * 1000).rounded() / 10)% of "
          + "\(files.first ?? "the model") stayed in memory; another program has it mapped or locked, or its "
          + "file system lives in memory (tmpfs)")
    }
  }

  /// Why the kernel does not tell what is in memory.
  package struct Unknown: Error {
    package let reason: String
  }

  /// Resident pages over all pages of the files (mincore(2)).
  package func residentShare() throws(Unknown) -> Double {
    var (resident, pages) = (0, 0)
    for file in files {
      let counts = try Self.count(file)
      resident += counts.resident
      pages += counts.pages
    }
    guard pages > 0 else { throw Unknown(reason: "the files are empty") }
    return Double(resident) / Double(pages)
  }

  private static func count(_ file: String) throws(Unknown) -> (resident: Int, pages: Int) {
    let descriptor: Int32
    do throws(WorkloadError) { descriptor = try open(file) } catch {
      throw Unknown(reason: error.message)
    }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else {
      throw Unknown(reason: failure("examine", file, errno).message)
    }
    // Since Linux 5.2 every page of a file that the caller neither owns nor may write counts as resident.
    guard information.st_uid == geteuid() || access(file, W_OK) == 0 else {
      throw Unknown(
        reason: "\(file) belongs to another user and may not be written: the kernel does not tell "
          + "who else reads it")
    }
    let size = Int(information.st_size)
    guard size > 0 else { return (0, 0) }
    guard let start = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED
    else { throw Unknown(reason: failure("map", file, errno).message) }
    defer { munmap(start, size) }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    var states = [UInt8](repeating: 0, count: (size + page - 1) / page)
    guard mincore(start, size, &states) == 0 else {
      throw Unknown(reason: failure("examine", file, errno).message)
    }
    return (states.count { $0 & 1 == 1 }, states.count)
  }

  private static func open(_ file: String) throws(WorkloadError) -> Int32 {
    let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", file, errno) }
    return descriptor
  }

  private static func failure(_ verb: String, _ file: String, _ code: Int32) -> WorkloadError {
    WorkloadError(.failed, "cannot \(verb) \(file): \(String(cString: strerror(code)))")
  }
}
