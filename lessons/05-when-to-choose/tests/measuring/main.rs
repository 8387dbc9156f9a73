//! What the programs that measure promise: every row, a sentence at the end, and nothing left running. What the figures are
//! is no matter of a test.
#![cfg(unix)]

mod python;
mod yours;

use std::{
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

/// Has Python left out. It has its rows only in tests that are named after it.
const NO_PYTHON: (&str, &str) = ("LESSON_PYTHON", "none");

/// What `load` says of that.
const LEFT_OUT: &str =
    concat!("asyncio is left out: LESSON_PYTHON=none is no CPython 3.11 or newer; ", "unset it, or name one that is\n");

fn run(variant: &str, settings: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lesson-05"));
    command.arg(variant).envs([NO_PYTHON]).envs(settings.iter().copied()).output().expect("it starts")
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    assert_eq!(errors(output), "");
    String::from_utf8(output.stdout.clone()).expect("it is text")
}

/// What it says is wrong, beside what is said of Python.
fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).replace(LEFT_OUT, "")
}

/// The words of a line, with one space between them.
fn words(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The cells of a row, which must be there so often, all of them figures that are greater than zero.
fn rows(text: &str, name: &str, times: usize) -> Vec<Vec<f64>> {
    let rows = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix("  "));
    let rows: Vec<Vec<f64>> = rows
        .map(|row| {
            row.split_whitespace().map(|cell| cell.parse().unwrap_or_else(|_| panic!("{cell}: {row}"))).collect()
        })
        .collect();
    assert_eq!(rows.len(), times, "{name}: {text}");
    rows
}

#[test]
fn a_load_gives_every_server_a_row_and_compares_them() {
    let text = text(&run("load", &[("CLIENTS", "7,1"), ("SECONDS", "0.05")]));
    let heads: Vec<_> = text.lines().filter(|line| line.starts_with("server, clients  ")).map(words).collect();
    let columns = "server, clients served /s spread % median ms p99 ms memory MB threads";
    assert_eq!(heads, [columns, "server, clients rate /s open median ms open p99 ms quiet ms worst ms"]);
    for server in ["http-threads", "http-pool", "http-tokio", "http-async-std", "http-smol"] {
        for clients in [1.0, 7.0] {
            let rows = rows(&text, &format!("{server}, {clients}"), 2);
            let [closed, open] = &rows[..] else { unreachable!("there are two") };
            let [served, _spread, median, p99, ..] = closed[..] else { panic!("{closed:?}") };
            assert!(served > 0.0 && median <= p99, "{closed:?}");
            let [rate, median, p99, quiet, worst] = open[..] else { panic!("{open:?}") };
            // The worst has a digit less.
            assert!(rate > 0.0 && median <= p99 && quiet <= p99 && p99 <= worst + 0.051, "{open:?}");
            if cfg!(target_os = "linux") && server == "http-threads" {
                // One that accepts, one that waits for signals, and one for each client.
                assert!((closed[5] - clients - 2.0).abs() < 0.5, "{closed:?}");
            }
            if cfg!(target_os = "linux") && server == "http-pool" {
                // The same two, and the workers, however many clients there are.
                assert!((closed[5] - 18.0).abs() < 0.5, "{closed:?}");
            }
        }
        if server != "http-threads" {
            let verdicts = ["serves more than http-threads ", "does not serve more than http-threads for good "];
            let is_compared = text.lines().any(|line| {
                let is_decided = verdicts.iter().any(|verdict| line.starts_with(&format!("{server} {verdict}")));
                let is_open = line.starts_with("undecided with 7 connections: ") && line.contains(server);
                is_decided || is_open
            });
            assert!(is_compared, "{text}");
        }
    }
}

/// With as much other work as there can be, no difference between two servers is one.
#[cfg(target_os = "linux")]
#[test]
fn a_load_decides_nothing_on_a_machine_with_other_work() {
    use std::{
        sync::atomic::{AtomicBool, Ordering::Relaxed},
        thread,
    };

    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    let allowed = sched_getaffinity(None).expect("it may be asked");
    let cores: Vec<_> = (0..CpuSet::MAX_CPU).filter(|&core| allowed.is_set(core)).take(2).collect();
    let is_over = AtomicBool::new(false);
    let text = thread::scope(|scope| {
        // Two on each core, so that a third gets a third of it.
        for &core in cores.iter().chain(&cores) {
            let is_over = &is_over;
            scope.spawn(move || {
                let mut set = CpuSet::new();
                set.set(core);
                sched_setaffinity(None, &set).expect("the core is allowed");
                while !is_over.load(Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let output = run("load", &[("CLIENTS", "1,10"), ("SECONDS", "0.05")]);
        is_over.store(true, Relaxed);
        text(&output)
    });
    let noise = text.lines().find_map(|line| line.strip_prefix("other programs had ")?.split_once(" % of a core"));
    let (noise, _) = noise.unwrap_or_else(|| panic!("{text}"));
    assert!(noise.parse::<f64>().is_ok_and(|noise| noise > 20.0), "{text}");
    for server in ["http-pool", "http-tokio", "http-async-std", "http-smol"] {
        let open = format!("undecided with 10 connections: whether {server} serves more than http-threads; undecided");
        assert!(text.contains(&open), "{text}");
    }
    assert!(text.ends_with("end the other programs, and run this again\n"), "{text}");
}

#[test]
fn the_overhead_is_told_for_every_server_with_its_spread_and_from_rest() {
    // The system tells the CPU time as of its last tick, on most kernels up to 4 ms ago. That is a hundredth of this.
    let text = text(&run("overhead", &[("SECONDS", "0.4")]));
    let heads: Vec<_> = text.lines().filter(|line| line.starts_with("server  ")).map(words).collect();
    let columns = "server served /s ratio % from % to % CPU ratio % turns /1000 busy %";
    assert_eq!(heads, [columns, "server served from rest /s turns from rest /1000"]);
    for server in ["http-threads", "http-tokio", "http-async-std", "http-smol"] {
        let rows = rows(&text.replace("n/a", "1"), server, 2);
        let [served, ratio, from, to, _cpu_ratio, _turns, busy] = rows[0][..] else { panic!("{rows:?}") };
        assert!(served > 0.0 && busy <= 101.0, "{rows:?}");
        assert!(from <= ratio && ratio <= to, "{rows:?}");
        let [from_rest, _turns] = rows[1][..] else { panic!("{rows:?}") };
        assert!(from_rest > 0.0, "{rows:?}");
    }
}

#[test]
fn a_route_that_computes_is_told_of_every_server_and_way() {
    let text = text(&run("mixed", &[("CLIENTS", "2"), ("SECONDS", "0.05")]));
    for server in ["http-tokio", "http-async-std", "http-smol"] {
        for way in ["in the task", "handed over"] {
            rows(&text, &format!("{server} {way}, 2"), 1);
        }
    }
    for server in ["http-threads", "http-pool"] {
        let [mixed, _, median, p99, worst] = rows(&text, &format!("{server}, 2"), 1)[0][..] else { panic!("{text}") };
        assert!(mixed > 0.0 && median <= p99 && p99 <= worst + 0.051, "{text}");
    }
}

#[test]
fn one_thread_and_two_have_a_row_each() {
    let text = text(&run("cores", &[("SECONDS", "0.05")])).replace("n/a", "0");
    for server in ["http-tokio", "http-async-std", "http-smol"] {
        for threads in ["1", "2"] {
            let rows = rows(&text, &format!("{server}, {threads}"), 1);
            assert!(rows[0][0] > 0.0 && rows[0][3] > 0.0, "{text}");
        }
    }
    for server in ["http-threads", "http-pool"] {
        rows(&text, server, 1);
    }
}

/// Stops it, and lets it go on, again and again, as Ctrl-Z and `fg` do. Linux ends waits early then
/// that nothing else ends.
fn is_not_ended_by_being_stopped(variant: &str, settings: &[(&str, &str)]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lesson-05"));
    let command = command.arg(variant).envs([NO_PYTHON]).envs(settings.iter().copied());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    while child.try_wait().expect("it is ours").is_none() {
        for signal in [Signal::STOP, Signal::CONT] {
            kill_process(Pid::from_child(&child), signal).expect("it is ours, and not waited for");
            thread::sleep(Duration::from_millis(20));
        }
    }
    text(&child.wait_with_output().expect("it is ours"));
}

#[test]
fn a_load_goes_on_after_it_was_stopped() {
    is_not_ended_by_being_stopped("load", &[("CLIENTS", "1"), ("SECONDS", "0.1")]);
}

#[test]
fn the_overhead_goes_on_after_it_was_stopped() {
    is_not_ended_by_being_stopped("overhead", &[("SECONDS", "0.005")]);
}

/// Runs it on a machine with these ports, which is a network of its own. `None` where we may have
/// none.
#[cfg(target_os = "linux")]
fn run_with_ports(range: &str, reserved: &str, variant: &str, clients: &str) -> Option<Output> {
    const SCRIPT: &str = "
        ip link set lo up && cd /proc/sys/net/ipv4 || exit 99
        echo \"$RANGE\" > ip_local_port_range && echo \"$RESERVED\" > ip_local_reserved_ports || exit 99
        exec \"$0\" \"$1\"";
    let lesson = env!("CARGO_BIN_EXE_lesson-05");
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--net", "sh", "-c", SCRIPT, lesson, variant]);
    command.envs([NO_PYTHON, ("RANGE", range), ("RESERVED", reserved), ("CLIENTS", clients)]);
    let output = command.output().expect("util-linux is there");
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.starts_with("unshare: ") || output.status.code() == Some(99) {
        eprintln!("skipped: no network of our own here: {errors}");
        return None;
    }
    Some(output)
}

#[cfg(target_os = "linux")]
#[test]
fn what_limits_the_connections_is_named_and_kept_to() {
    for (range, reserved, most) in [("40000 40099", "", 90), ("40000 40099", "8080,40000-40080", 9)] {
        let Some(output) = run_with_ports(range, reserved, "load", "91") else { return };
        let text = String::from_utf8_lossy(&output.stdout);
        let named = format!("is limited to {most} of 91 connections here (net.ipv4.ip_local_port_range = {range}");
        assert!(text.contains(&named) && text.contains(reserved), "{text}");
        let said = format!("lesson-05: nothing is left to measure; write a smaller number, such as CLIENTS={most}\n");
        assert_eq!(errors(&output), said);
    }
    let Some(output) = run_with_ports("40000 40039", "", "overhead", "") else { return };
    let said = "lesson-05: http-threads beside plain-threads: no port is left for one of 50 connections \
                (net.ipv4.ip_local_port_range = 40000 40039); widen that, or try again when more are free, such as in a minute\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), said);
}

#[test]
fn says_what_is_wrong_with_a_setting() {
    for (variant, name, value, said) in [
        (
            "load",
            "CLIENTS",
            "1,many",
            "CLIENTS=1,many is no list of whole numbers from 1; write CLIENTS=10,200 or the like",
        ),
        ("overhead", "SECONDS", "0", "SECONDS=0 is no number of seconds from 0.001 to 3600; without it, it is 0.1"),
        (
            "overhead",
            "SECONDS",
            "1e30",
            "SECONDS=1e30 is no number of seconds from 0.001 to 3600; without it, it is 0.1",
        ),
        ("load", "CLIENTS", "1000000000", "nothing is left to measure; write a smaller number, such as CLIENTS=100"),
    ] {
        let output = run(variant, &[(name, value)]);
        // A number that is one is not wrong in itself.
        let code = if said.starts_with(name) { 2 } else { 1 };
        assert_eq!(output.status.code(), Some(code), "{variant} {name}={value}");
        assert_eq!(errors(&output), format!("lesson-05: {said}\n"));
    }
}
