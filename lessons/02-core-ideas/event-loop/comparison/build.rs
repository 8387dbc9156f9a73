//! Tells the program which compiler builds it, so that its figures can say so.

use std::{env, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let rustc = env::var_os("RUSTC").expect("cargo sets RUSTC for build scripts");
    let version = Command::new(rustc).arg("--version").output().expect("cargo has just run this compiler");
    println!("cargo::rustc-env=COMPARISON_RUSTC={}", String::from_utf8_lossy(&version.stdout).trim());
}
