//! The version of what runs a variant.

use lesson_data::table::Runtime;

/// Of the crate, as the lock file has it, or of the compiler. The interpreter's is known only where it runs.
pub(crate) fn of(runtime: Runtime) -> Option<String> {
    let version = match runtime {
        Runtime::Std | Runtime::FromScratch => env!("LESSON_KIT_RUSTC").split(' ').nth(1),
        Runtime::TokioCurrentThread | Runtime::TokioMultiThread => locked("tokio"),
        Runtime::AsyncStd => locked("async-std"),
        Runtime::SmolLocal => locked("smol"),
        Runtime::All => {
            let versions: Option<Vec<_>> = ["tokio", "async-std", "smol"].into_iter().map(locked).collect();
            return versions.map(|versions| versions.join(", "));
        }
        Runtime::Python => None,
    };
    version.map(str::to_owned)
}

/// The version of the package `name` in the workspace's lock file.
fn locked(name: &str) -> Option<&'static str> {
    const LOCK: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock"));
    let (_, package) = LOCK.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    package.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_version_of_every_runtime_that_is_a_crate() {
        for runtime in
            [Runtime::Std, Runtime::TokioCurrentThread, Runtime::AsyncStd, Runtime::SmolLocal, Runtime::FromScratch]
        {
            let version = of(runtime).unwrap_or_default();
            assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{runtime}: {version}");
        }
        assert_eq!(of(Runtime::Python), None);
    }
}
