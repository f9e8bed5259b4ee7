// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Testing

@testable import TachoBuilds

/// Who excludes whom.
@Suite struct CacheLockTests {
  @Test func usersShareAndMakersDoNot() throws {
    let folder = try ScratchFolder()
    let path = folder.path + "/lock"
    var first = try CacheLock.attempt(path, .shared)
    var second = try CacheLock.attempt(path, .shared)
    #expect(first != nil && second != nil)
    #expect(try CacheLock.attempt(path, .exclusive) == nil)
    first = nil
    #expect(try CacheLock.attempt(path, .exclusive) == nil)
    second = nil
    let maker = try CacheLock.attempt(path, .exclusive)
    #expect(maker != nil)
    #expect(try CacheLock.attempt(path, .shared) == nil)
    withExtendedLifetime((first, second, maker)) {}
  }

  @Test func waitingEndsWithTheLockOrByRequest() throws {
    let folder = try ScratchFolder()
    let path = folder.path + "/lock"
    var holder = try CacheLock.attempt(path, .exclusive)
    #expect(holder != nil)
    #expect(throws: BuildError(.cancelled, "enough")) {
      try CacheLock.wait(path, .shared) { () throws(BuildError) in
        throw BuildError(.cancelled, "enough")
      }
    }
    let lock = try CacheLock.wait(path, .shared) { () throws(BuildError) in holder = nil }
    withExtendedLifetime(lock) {}
  }
}
