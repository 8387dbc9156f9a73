//! Tells the kit which compiler builds it, so that a recording can say so.

use std::{env, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let rustc = env::var_os("RUSTC").expect("cargo sets RUSTC for build scripts");
    let version = Command::new(rustc).arg("--version").output().expect("cargo has just run this compiler");
    // "rustc 1.95.0 (59807616e 2026-04-14)"
    println!("cargo::rustc-env=LESSON_KIT_RUSTC={}", String::from_utf8_lossy(&version.stdout).trim());
}
