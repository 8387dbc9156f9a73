//! What each service costs to build: crates, time, and the size of the program.
//!
//! Each is built with its own dependencies and no others, into an empty folder, as the
//! first build in a fresh clone. The services take turns, round after round, so that a
//! machine that is slower for a while is slower for all of them. The crates must be
//! downloaded: `cargo fetch` does it. You will see a row for each service.
//!
//!     cargo run -p lesson-05-stack -- build-costs

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::Instant,
};

use lesson_kit::{Column, Lesson, Results, Runtime, Variant, end_with_parent};
use serde::Deserialize;

/// The services: the program of each is `stack-NAME`, and its feature `NAME`.
const SERVICES: [&str; 3] = ["threads", "smol", "tokio"];

fn main() -> ExitCode {
    Lesson::new(
        env!("CARGO_PKG_NAME"),
        "A service as teams write it, and what it costs to build",
    )
    .variant(
        Variant::rust("build-costs", Runtime::Std, build_costs)
            .source("src/main.rs")
            .watch(
                "crates, build time and size of the three services; it takes minutes",
            ),
    )
    .setting("SERVICES", "build-costs: which ones, such as threads,smol (all)")
    .setting("ROUNDS", "build-costs: how often each is built from nothing (3)")
    .setting(
        "FOLDER",
        "build-costs: where to build; without it a folder that goes afterwards",
    )
    .run()
}

fn build_costs() -> Result<(), String> {
    let services = chosen()?;
    let rounds: usize = match setting("ROUNDS") {
        None => 3,
        Some(rounds) => rounds
            .parse()
            .ok()
            .filter(|rounds| (1..=99).contains(rounds))
            .ok_or_else(|| format!("ROUNDS={rounds} is no number from 1 to 99"))?,
    };
    let temporary = tempfile::tempdir()
        .map_err(|error| format!("no folder to build in: {error}"))?;
    let kept = setting("FOLDER").map(PathBuf::from);
    let folder = kept.clone().unwrap_or_else(|| temporary.path().to_owned());
    println!(
        "{rounds} rounds of {} builds from nothing, then --release: it takes minutes",
        services.len()
    );

    let mut builds: Vec<Vec<Build>> = services.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for (service, builds) in services.iter().zip(&mut builds) {
            let target = folder.join(service);
            builds.push(build(service, &target, &[])?);
            if kept.is_none() {
                fs::remove_dir_all(&target)
                    .map_err(|error| format!("{}: {error}", target.display()))?;
            }
        }
    }
    let columns = [
        Column::count("crates"),
        Column::of("first build", "s", 1),
        Column::of("from", "s", 1),
        Column::of("to", "s", 1),
        Column::of("release build", "s", 1),
        Column::of("program", "MB", 1),
    ];
    let mut results = Results::new(
        "service",
        services.iter().map(|service| format!("stack-{service}")),
        columns,
    );
    for (service, mut builds) in services.iter().zip(builds) {
        let release = build(service, &folder.join(service), &["--release"])?;
        builds.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
        let last = builds.len() - 1;
        results.row(
            &format!("stack-{service}"),
            [
                builds[0].crates,
                builds[last / 2].seconds,
                builds[0].seconds,
                builds[last].seconds,
                release.seconds,
                release.megabytes,
            ],
        );
    }
    Ok(())
}

/// What a build has taken and given.
struct Build {
    seconds: f64,
    crates: f64,
    megabytes: f64,
}

/// Builds a service into the folder `target`.
fn build(service: &str, target: &Path, options: &[&str]) -> Result<Build, String> {
    let cannot = |error: io::Error| format!("stack-{service}: {error}");
    let mut cargo =
        Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["build", "--quiet", "--locked", "--offline", "--no-default-features"])
        .args(["--package", env!("CARGO_PKG_NAME"), "--features", service])
        .args(["--bin", &format!("stack-{service}")])
        .args(["--message-format", "json-render-diagnostics"])
        .args(options)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("CARGO_TARGET_DIR", target)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    let begin = Instant::now();
    let output = end_with_parent(&mut cargo).output().map_err(cannot)?;
    let seconds = begin.elapsed().as_secs_f64();
    if !output.status.success() {
        return Err(format!(
            "stack-{service} was not built; with `cargo fetch` all crates are there"
        ));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let built =
        messages.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let built: Vec<_> =
        built.filter(|message| !message.package_id.is_empty()).collect();
    let program = built.iter().rev().find_map(|message| message.executable.as_ref());
    let program =
        program.ok_or_else(|| format!("stack-{service}: cargo names no program"))?;
    let mut crates: Vec<_> = built.iter().map(|message| &message.package_id).collect();
    crates.sort_unstable();
    crates.dedup();
    Ok(Build {
        seconds,
        crates: figure(crates.len() as u64),
        megabytes: figure(fs::metadata(program).map_err(cannot)?.len()) / 1e6,
    })
}

/// What cargo says of a crate that it has built, or had built before.
#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    package_id: String,
    executable: Option<PathBuf>,
}

/// The services that were asked for.
fn chosen() -> Result<Vec<&'static str>, String> {
    let Some(chosen) = setting("SERVICES") else { return Ok(SERVICES.to_vec()) };
    chosen
        .split(',')
        .map(|name| {
            let known = SERVICES.into_iter().find(|service| *service == name);
            known.ok_or_else(|| {
                format!(
                    "SERVICES={chosen} names `{name}`; there are {}",
                    SERVICES.join(", ")
                )
            })
        })
        .collect()
}

/// What a person has set; `None` if it is empty.
fn setting(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Exact for all that is counted here.
#[allow(clippy::cast_precision_loss, reason = "sizes of programs are far below 2^53")]
fn figure(number: u64) -> f64 {
    number as f64
}
