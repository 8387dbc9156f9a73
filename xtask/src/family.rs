//! Ends a process together with those that it has started.
//!
//! A process group would make this simpler, but Ctrl-C reaches only the terminal's own group, and a learner who presses
//! it must not leave anything running. So the children stay in our group, and are found by their parents.

use std::process::{Child, Command, Stdio};

/// Kills the child and its descendants. What has ended already is none of our concern. The child is still to be waited
/// for.
pub fn kill(child: &mut Child) {
    // The child goes first, or it might answer the end of its own children by starting more.
    if cfg!(windows) {
        quietly(Command::new("taskkill").args(["/T", "/F", "/PID", &child.id().to_string()]));
        let _ = child.kill();
    } else {
        let below = descendants(child.id(), &parents());
        let _ = child.kill();
        if !below.is_empty() {
            // The standard library signals only its own children. `kill` is built into every shell, while the program
            // of that name is missing on small machines.
            let kill = ["-c", "kill -KILL \"$@\"", "sh"];
            quietly(Command::new("sh").args(kill).args(below.iter().map(u32::to_string)));
        }
    }
}

fn quietly(command: &mut Command) {
    let _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}

/// Every process of this machine with its parent, as (process, parent).
fn parents() -> Vec<(u32, u32)> {
    // Linux shows them as files, and small machines lack `ps`. Other Unix systems have no such files, but `ps`.
    if let Ok(folders) = std::fs::read_dir("/proc") {
        let found: Vec<_> = folders
            .flatten()
            .filter_map(|folder| std::fs::read_to_string(folder.path().join("stat")).ok())
            .filter_map(|stat| from_stat(&stat))
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    let listed = Command::new("ps").args(["-A", "-o", "pid=", "-o", "ppid="]).stdin(Stdio::null()).output();
    listed.map_or_else(|_| Vec::new(), |listed| from_ps(&String::from_utf8_lossy(&listed.stdout)))
}

/// Reads `/proc/<process>/stat`: `7 (name) S 1 ...`, where the name may hold spaces and brackets itself.
fn from_stat(stat: &str) -> Option<(u32, u32)> {
    let (process, rest) = stat.split_once(" (")?;
    let (_, rest) = rest.rsplit_once(") ")?;
    Some((process.parse().ok()?, rest.split_whitespace().nth(1)?.parse().ok()?))
}

fn from_ps(listed: &str) -> Vec<(u32, u32)> {
    let pair = |line: &str| {
        let (process, parent) = line.trim().split_once(char::is_whitespace)?;
        Some((process.parse().ok()?, parent.trim().parse().ok()?))
    };
    listed.lines().filter_map(pair).collect()
}

/// Children, their children, and so on, each generation before the next.
fn descendants(ancestor: u32, parents: &[(u32, u32)]) -> Vec<u32> {
    let mut found = vec![ancestor];
    let mut index = 0;
    while let Some(&parent) = found.get(index) {
        let children = parents.iter().filter(|&&(child, of)| of == parent && !found.contains(&child));
        let children: Vec<_> = children.map(|&(child, _)| child).collect();
        found.extend(children);
        index += 1;
    }
    found.split_off(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stat_file() {
        assert_eq!(from_stat("7 (a) b (c) S 1 7 7 0 -1"), Some((7, 1)));
        assert_eq!(from_stat("nonsense"), None);
        assert_eq!(from_stat(""), None);
    }

    #[test]
    fn a_list_of_ps() {
        assert_eq!(from_ps("    1     0\n  207     1\nPID PPID\n"), [(1, 0), (207, 1)]);
    }

    #[test]
    fn descendants_of_all_generations_and_nobody_else() {
        let parents = [(1, 0), (5, 1), (9, 6), (6, 5), (7, 5), (8, 1)];
        assert_eq!(descendants(5, &parents), [6, 7, 9]);
        assert_eq!(descendants(8, &parents), [0_u32; 0]);
        // The kernel's own process is its own parent on some systems, which must not go round for ever.
        assert_eq!(descendants(0, &[(0, 0), (1, 0)]), [1]);
    }

    #[cfg(unix)]
    #[test]
    fn we_find_ourselves_below_our_parent() {
        let parent = std::os::unix::process::parent_id();
        assert!(descendants(parent, &parents()).contains(&std::process::id()));
    }
}
