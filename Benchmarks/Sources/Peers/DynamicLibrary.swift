import Glibc

/// A shared library that is looked for while the program runs.
///
/// The peers are optional: the package builds on machines that have neither their headers nor their libraries, and a
/// binary built there measures against them wherever they are installed. Linking them could do neither.
/// An opened library stays open until the program ends, so its functions may be kept.
@safe
struct DynamicLibrary {
    private let handle: UnsafeMutableRawPointer

    /// Opens the newest installed version of a library; fails if none is installed.
    ///
    /// - Parameters:
    ///   - name: Its name, without `lib` and all that follows the name.
    ///   - versions: The numbers that end the file names of those versions whose functions are known.
    init?(named name: String, versions: ClosedRange<Int>) {
        let files = versions.reversed().map { "lib\(name).so.\($0)" }
        // Safe: `dlopen` only reads the name; opening runs the library's own set-up, as linking it would.
        guard let handle = unsafe files.lazy.compactMap({ unsafe dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first
        else { return nil }
        unsafe self.handle = handle
    }

    /// Finds a function.
    ///
    /// - Parameters:
    ///   - name: The function's name in C.
    ///   - type: Its type, a `@convention(c)` function; the caller vouches for it, nothing can check it.
    /// - Returns: The function, or `nil` if the library has none of this name.
    @unsafe
    func function<Function>(_ name: String, as type: Function.Type) -> Function? {
        unsafe dlsym(self.handle, name).map { unsafe unsafeBitCast($0, to: type) }
    }
}
