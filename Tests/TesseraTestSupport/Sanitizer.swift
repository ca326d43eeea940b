import Glibc

package enum Sanitizer {
  /// Whether this process runs under the address or thread sanitizer, which take several times the memory that the code
  /// itself takes: not the place to measure it.
  package static let isOn = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
}
