// SPDX-License-Identifier: Apache-2.0

/// Whether Tacho itself was compiled for speed.
enum DebugBuildCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    guard patient.isDebugBuild else { return Finding("build", .ok, "release build") }
    return Finding(
      "build", .severe, "debug build of tacho",
      cost: "everything outside the C kernels runs many times slower",
      remedy: .command("swift build -c release"))
  }
}
