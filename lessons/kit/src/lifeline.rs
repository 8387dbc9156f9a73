//! Child processes that don't outlive the one that has started them, however that ends.
//!
//! A program that is killed can do nothing about its children any more, so the system has to. Linux sends a child a signal
//! when its parent ends, and Windows ends all processes of a job when the last handle to it closes. Other systems do
//! neither: there the child looks whether its parent is still there.

use std::process::Command;

/// Has what `command` starts killed when this process ends, whatever ends it.
///
/// On Linux it ends with the thread that has started it, so that must not end before the child either.
#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "nothing in the standard library does it; the proof is at the block")]
pub fn end_with_parent(command: &mut Command) -> &mut Command {
    use std::{io, os::unix::process::CommandExt};

    use rustix::process::{Signal, getpid, getppid, set_parent_process_death_signal};

    let us = getpid();
    let tie = move || {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        // Who has ended before this could be asked for sends no signal any more.
        if getppid() == Some(us) { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    };
    // SAFETY: between fork and exec, only what is async-signal-safe may be called. The closure makes two system calls, and
    // neither allocates nor panics nor takes a lock.
    unsafe { command.pre_exec(tie) }
}

/// Has what `command` starts killed when this process ends, whatever ends it.
#[cfg(windows)]
pub fn end_with_parent(command: &mut Command) -> &mut Command {
    use std::sync::Once;

    static JOINED: Once = Once::new();
    JOINED.call_once(join_job);
    command
}

/// Puts this process, and so all that it starts from then on, into a job that ends with it.
#[cfg(windows)]
#[allow(unsafe_code, reason = "nothing in the standard library does it; the proof is at the block")]
fn join_job() {
    use std::{mem, ptr};

    use windows_sys::Win32::System::{
        JobObjects::{
            AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
            JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation, SetInformationJobObject,
        },
        Threading::GetCurrentProcess,
    };

    let size = u32::try_from(size_of::<JOBOBJECT_EXTENDED_LIMIT_INFORMATION>()).expect("it is small");
    // SAFETY: the pointers are null where that is allowed, or to a structure of the right type and size, for which all
    // zeros are a value. If the system refuses, the functions do nothing, and a child can be left over as without them.
    // The handle is never closed by us: the system does it when this process ends, which is the point.
    unsafe {
        let mut limits: JOBOBJECT_EXTENDED_LIMIT_INFORMATION = mem::zeroed();
        limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
        let job = CreateJobObjectW(ptr::null(), ptr::null());
        SetInformationJobObject(job, JobObjectExtendedLimitInformation, (&raw const limits).cast(), size);
        AssignProcessToJobObject(job, GetCurrentProcess());
    }
}

/// Tells a child which process is its parent, where the system does not end them together. Python's stage reads it too.
#[cfg(all(unix, not(target_os = "linux")))]
const PARENT: &str = "LESSON_KIT_PARENT";

/// Has what `command` starts end when this process does, whatever ends it.
#[cfg(all(unix, not(target_os = "linux")))]
pub fn end_with_parent(command: &mut Command) -> &mut Command {
    command.env(PARENT, std::process::id().to_string())
}

/// Called by every process of a lesson, which may be such a child.
#[cfg(all(unix, not(target_os = "linux")))]
pub(crate) fn hold() {
    use std::{env, process, thread, time::Duration};

    use rustix::process::getppid;

    /// How often it looks. On these systems nobody counts the thread.
    const LOOK: Duration = Duration::from_millis(100);

    let is_there = |parent: i32| getppid().is_some_and(|found| found.as_raw_pid() == parent);
    let parent = env::var(PARENT).ok().and_then(|parent| parent.parse().ok());
    // Without one, or as the child of a child, it is for somebody else.
    let Some(parent) = parent.filter(|&parent| is_there(parent)) else { return };
    // If there is no room for the thread, Ctrl-C still ends both.
    let _ = thread::Builder::new().spawn(move || {
        while is_there(parent) {
            thread::sleep(LOOK);
        }
        process::exit(1);
    });
}

/// There the system sees to it.
#[cfg(any(target_os = "linux", windows))]
pub(crate) fn hold() {}
