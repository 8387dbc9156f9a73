//! Child processes of a variant, started to be measured.

use std::{
    io,
    process::{Command, Output, Stdio},
    thread,
};

use crate::{
    accounting::{Peaks, Sampler},
    event_log::unrecorded,
    lifeline::end_with_parent,
    own_process,
};

/// Runs `command` to its end and watches it: gives what it wrote to standard output, which must be short, and the most
/// memory and threads seen of it. It is not recorded, so that recording is not what is measured, and
/// it ends when this process does.
///
/// # Errors
///
/// If the command can't be started or waited for.
pub fn run_and_watch(command: &mut Command) -> io::Result<(Output, Peaks)> {
    let mut child = end_with_parent(unrecorded(command)).stdout(Stdio::piped()).spawn()?;
    let mut sampler = Sampler::default();
    loop {
        sampler.look(child.id());
        // What it has written waits in the pipe meanwhile, which is why it must be short.
        if child.try_wait()?.is_some() {
            break;
        }
        thread::sleep(own_process::SAMPLE);
    }
    Ok((child.wait_with_output()?, sampler.peaks()))
}
