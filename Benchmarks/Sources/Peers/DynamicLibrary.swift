import Glibc

/// A shared library that is loaded at run time.
///
/// The peers are optional. With run-time loading the package builds on machines without them, and a program built there
/// measures against them on machines that have them. A library stays loaded until the program ends, so its functions may
/// be kept.
@safe
struct DynamicLibrary {
    private let handle: UnsafeMutableRawPointer

    /// Loads the newest installed version of a library; fails if none is installed.
    ///
    /// - Parameters:
    ///   - name: The library's name, without the prefix `lib` and the suffix.
    ///   - versions: The version numbers in the file names whose functions are known.
    init?(named name: String, versions: ClosedRange<Int>) {
        let files = versions.reversed().map { "lib\(name).so.\($0)" }
        // Safe: `dlopen` only reads the name, and runs the same set-up of the library as linking it would.
        guard let handle = unsafe files.lazy.compactMap({ unsafe dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first
        else { return nil }
        unsafe self.handle = handle
    }

    /// Finds a function.
    ///
    /// - Parameters:
    ///   - name: The function's name in C.
    ///   - type: Its type, a `@convention(c)` function; a wrong type is undefined behaviour.
    /// - Returns: The function, or `nil` if the library has none of this name.
    @unsafe
    func function<Function>(_ name: String, as type: Function.Type) -> Function? {
        unsafe dlsym(self.handle, name).map { unsafe unsafeBitCast($0, to: type) }
    }
}
