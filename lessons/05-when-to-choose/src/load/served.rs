//! A server in a process of its own, and what it takes.

use std::{
    env, fs,
    io::{self, BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use lesson_kit::{end_with_parent, unrecorded};

/// How long a server waits for a client, in seconds. The first is asked again only when the last has come, and on a machine
/// with other work to do that can take long.
const PATIENCE: &str = "3600";

/// A server that runs. It is killed when this is dropped.
#[derive(Debug)]
pub struct Served {
    pub address: SocketAddr,
    child: Child,
}

/// What a server takes, as far as the system tells.
#[derive(Debug, Clone, Copy, Default)]
pub struct Taken {
    /// Resident memory, in millions of bytes. It does not count what the kernel keeps for a thread or a socket.
    pub memory: Option<f64>,
    pub threads: Option<f64>,
    /// Only if it was asked for.
    pub core: Option<Core>,
}

/// What the threads that are there have had of a core, since they began.
#[derive(Debug, Clone, Copy)]
pub struct Core {
    /// Their CPU time, in seconds.
    pub time: f64,
    /// How often one of them was given it.
    pub turns: f64,
}

impl Served {
    /// Starts this variant with these settings, on the second core if there is one. What the caller does from then on stays on the first.
    ///
    /// # Errors
    ///
    /// If it can't be started, or doesn't say where it listens.
    pub fn start(variant: &str, settings: &[(&str, &str)]) -> io::Result<Self> {
        let cores = cores();
        // A process begins where its parent is.
        if let Some((_, servers)) = cores {
            stay_on(servers);
        }
        let served = Self::start_anywhere(variant, settings);
        if let Some((clients, _)) = cores {
            stay_on(clients);
        }
        served
    }

    /// Starts this variant on the cores that the caller may use, with these settings.
    ///
    /// # Errors
    ///
    /// If it can't be started, or doesn't say where it listens.
    pub fn start_anywhere(variant: &str, settings: &[(&str, &str)]) -> io::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.arg(variant).env("LISTEN", "127.0.0.1:0").env("PATIENCE", PATIENCE).envs(settings.iter().copied());
        // Nobody is to be turned away.
        end_with_parent(unrecorded(&mut command)).env_remove("CONNECTIONS").stdout(Stdio::piped());
        let child = command.spawn();
        let mut served = Self { address: ([127, 0, 0, 1], 0).into(), child: child? };
        let mut said = String::new();
        BufReader::new(served.child.stdout.take().expect("it is piped")).read_line(&mut said)?;
        let address = said.trim_end().strip_prefix("listening on http://").and_then(|address| address.parse().ok());
        served.address = address.ok_or_else(|| io::Error::other(format!("it said {said:?} and no address")))?;
        Ok(served)
    }

    /// What it takes right now, and what it has had of a core. The more threads there are, the longer the answer takes, and
    /// whoever asks does nothing else meanwhile.
    pub fn takes_and_had(&self) -> Taken {
        Taken { core: self.core(), ..self.takes() }
    }

    /// What it takes right now.
    pub fn takes(&self) -> Taken {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let field = |name| {
            let value = status.lines().find_map(|line| line.strip_prefix(name))?;
            value.split_whitespace().next()?.parse::<f64>().ok()
        };
        Taken { memory: field("VmRSS:").map(|kib| kib * 1024.0 / 1e6), threads: field("Threads:"), core: None }
    }

    /// More exact than what the system tells of the whole process.
    fn core(&self) -> Option<Core> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.id())).ok()?;
        let each = threads.filter_map(|thread| {
            let told = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            // The nanoseconds that it ran, those that it waited for a core, and how often it was given one.
            let mut told = told.split_whitespace().map(|number| number.parse::<f64>().ok());
            Some(Core { time: told.next()?? / 1e9, turns: told.nth(1)?? })
        });
        let add = |all: Core, one: Core| Core { time: all.time + one.time, turns: all.turns + one.turns };
        Some(each.fold(Core { time: 0.0, turns: 0.0 }, add))
    }

    /// Ends it, and waits until it is gone.
    ///
    /// # Errors
    ///
    /// If the system refuses, which it does not.
    pub fn stop(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A core for the client and one for the server, if there are two that we may use.
#[cfg(target_os = "linux")]
pub fn cores() -> Option<(usize, usize)> {
    use std::sync::OnceLock;

    use rustix::thread::{CpuSet, sched_getaffinity};

    // Asked once, before anybody has to stay on one of them.
    static CORES: OnceLock<Option<(usize, usize)>> = OnceLock::new();
    *CORES.get_or_init(|| {
        let allowed = sched_getaffinity(None).ok()?;
        let mut cores = (0..CpuSet::MAX_CPU).filter(|&core| allowed.is_set(core));
        cores.next().zip(cores.next())
    })
}

#[cfg(target_os = "linux")]
pub fn stay_on(core: usize) {
    use rustix::thread::{CpuSet, sched_setaffinity};

    let mut set = CpuSet::new();
    set.set(core);
    // Without it the figures are less steady, no more.
    let _ = sched_setaffinity(None, &set);
}

#[cfg(not(target_os = "linux"))]
pub fn cores() -> Option<(usize, usize)> {
    None
}

#[cfg(not(target_os = "linux"))]
pub fn stay_on(_core: usize) {}
