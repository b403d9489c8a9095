//! Lets cargo notice a page that was built after the server: what is embedded is read while compiling.

fn main() {
    let watched = match std::env::var_os("CARGO_FEATURE_EMBED") {
        Some(_) => "../target/embed",
        // Naming nothing would mean every file of the package.
        None => "build.rs",
    };
    println!("cargo::rerun-if-changed={watched}");
}
