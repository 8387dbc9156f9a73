//! The page `recording-format.md` is enough to write a reader: one in Python, which knows nothing else, reads what these
//! types write.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use lesson_data::recording::Recording;
use nanoserde::SerJson;

/// What the recording holds, as the reader in Python has to say it.
const EXPECTED: &str = r"lesson-00 demo tokio multi_thread 1.2.3 rustc 1.85.0 (4d91de4e4 2025-02-17)
linux x86_64 2 1795369227 None
0 None
1000000000 4540000 None 3
0 main True
0 worker True
0 worker True
slow None call 0 500000000
main 0 500000000 call
spin slow future 90000000 601000000
worker 100000000 101000000 poll
worker 350000000 351000000 poll
worker 600000000 601000000 drop
100000000 worker spin | thinking!
350000000 worker spin / thinking!
in a task frames 0.0 without unit
in a task elapsed 12.25 ms
beside elapsed 3.0 ms
in a task ends in <time>
90000000 1 turn None None 1 0 1
100000000 1 polling 2 None None None None
100100000 1 woken 3 2 None None None
102000000 1 waits 2 None None None None
103000000 2 woken 2 None None None None
'spinner object: Handle { id: Id(7) }\n\r| thinking!\r/ thinking!\r\x1b[KAnswer: 42\nin a task       0  12.25  in <time>\nbeside             3\n'
";

/// What the reader in Python says of the recording at `path`. `None` if there is no Python.
fn read(path: &Path) -> Option<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let chosen = env::var_os("LESSON_PYTHON").into_iter().chain(["python3", "python"].map(Into::into));
    let outputs = chosen.filter_map(|python| {
        let mut command = Command::new(python);
        command.arg(here.join("tests/reader.py")).arg(here.join("../recording-format.md")).arg(path);
        // Where Windows has no Python, a program of its name says so and does nothing else.
        command.env("PYTHONIOENCODING", "utf-8").output().ok().filter(|output| output.status.code() != Some(9009))
    });
    let output = outputs.into_iter().next()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("it writes UTF-8").replace("\r\n", "\n"))
}

#[test]
fn another_program_reads_what_is_written() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recording.json");
    let text = fs::read_to_string(&fixture).expect("it is in the tree");
    let mut recording = Recording::parse(&text).expect("it is sound");
    let written = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("recording.json");
    fs::write(&written, recording.serialize_json()).expect("the folder is ours");
    let Some(said) = read(&written) else {
        assert!(env::var_os("CI").is_none(), "there is no Python, which CI requires");
        eprintln!("skipped: there is no Python");
        return;
    };
    assert_eq!(said, format!("not in the page:\n{EXPECTED}"));

    // Keys that are not known are passed over, and a run can have ended by a signal in the middle.
    let of_fixture = read(&fixture).expect("there is a Python");
    let (unknown, rest) = of_fixture.split_once('\n').expect("it has lines");
    assert_eq!(unknown, "not in the page: a a key and from the future");
    assert_eq!(rest, EXPECTED.replace("frames 0.0", "frames 0").replace("elapsed 3.0", "elapsed 3"));
    recording.exit = lesson_data::recording::Exit::signal(2);
    recording.complete_until = Some(7);
    (recording.spans[0].closed, recording.cpus) = (None, None);
    fs::write(&written, recording.serialize_json()).expect("the folder is ours");
    let said = read(&written).expect("there is a Python");
    assert!(said.contains("\nlinux x86_64 None 1795369227 7\nNone 2\n"), "{said}");
    assert!(said.contains("\nslow None call 0 None\n"), "{said}");
}
