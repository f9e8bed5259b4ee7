// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// What the checks look at: files of /proc and /sys, this program, and what others did for a moment.
package struct Examination: Sendable {
  package let files: SystemFiles
  package let variables: [String: String]
  package let isDebugBuild: Bool
  /// What happened while nothing was measured; nil when nobody watched.
  package let watch: SampleEnvironment?

  package init(
    files: SystemFiles = SystemFiles(),
    variables: [String: String] = ProcessInfo.processInfo.environment,
    isDebugBuild: Bool = BuildProbe.isDebug, watch: SampleEnvironment? = nil
  ) {
    self.files = files
    self.variables = variables
    self.isDebugBuild = isDebugBuild
    self.watch = watch
  }

  /// Watches the machine for a while, doing nothing; all that is busy then is other processes'.
  package static func watching(seconds: Double, files: SystemFiles = SystemFiles()) -> Examination {
    let reader = ProcEnvironmentReader(files: files)
    func look() -> EnvironmentReading {
      var reading = reader.read(processID: nil)
      reading.worker = .init(seconds: 0, childSeconds: 0)
      return reading
    }
    let before = look()
    let start = MonotonicClock.seconds()
    Thread.sleep(forTimeInterval: seconds)
    let wall = MonotonicClock.seconds() - start
    let seen = EnvironmentSentinel.difference(from: before, to: look(), wallSeconds: wall)
    return Examination(files: files, watch: seen)
  }
}

extension Examination {
  /// Where things can be changed: settings of the processor belong to the host of a virtual machine.
  var isVirtual: Bool {
    if files.line("/sys/hypervisor/type") != nil { return true }
    let flags = files.text("/proc/cpuinfo")?.split(separator: "\n").first { $0.hasPrefix("flags") }
    return flags?.split(separator: " ").contains("hypervisor") ?? false
  }

  /// Settings of the kernel belong to the host of a container.
  var isContainer: Bool {
    files.bytes("/.dockerenv") != nil || files.bytes("/run/.containerenv") != nil
      || variables["container"] != nil
  }

  /// The remedy for a setting of the processor.
  func onHost(_ command: String) -> Finding.Remedy {
    isVirtual
      ? .none("inside this virtual machine: it is the host's setting") : inKernel(command)
  }

  /// The remedy for a setting of the kernel.
  func inKernel(_ command: String) -> Finding.Remedy {
    isContainer ? .none("inside this container; on its host: \(command)") : .command(command)
  }

  /// The remedy to put back what cannot be read here.
  var unreadable: String {
    isVirtual ? "not visible in this virtual machine" : "cannot be read"
  }

  /// Processors online.
  var processors: Int {
    let names = files.names(in: "/sys/devices/system/cpu").filter {
      $0.hasPrefix("cpu") && Int($0.dropFirst(3)) != nil
    }
    return max(names.count { files.line("/sys/devices/system/cpu/\($0)/online") != "0" }, 1)
  }

  /// A figure of /proc/meminfo, in MiB.
  func memory(_ name: String) -> Int? {
    for line in files.text("/proc/meminfo")?.split(separator: "\n") ?? [] {
      let words = line.split(separator: " ")
      guard words.count > 1, words[0] == name + ":" else { continue }
      return Int(words[1]).map { $0 / 1024 }
    }
    return nil
  }
}
