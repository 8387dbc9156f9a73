//! A Chromium of our own, without a window: what can be asked of it, and how it ends.
//!
//! Most goes through the DevTools protocol, which chromedriver passes on: WebDriver alone knows nothing of paper, of
//! pages without scripts, or of what a screen reader is told.

use std::{
    env, fmt,
    future::Future,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use fantoccini::{Client, ClientBuilder, wd::WebDriverCompatibleCommand};
use hyper_util::client::legacy::connect::HttpConnector;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use crate::{
    processes::Processes,
    programs::{ADVICE, Programs},
};

/// Longer than anything takes on a slow and busy machine.
pub const LIMIT: Duration = Duration::from_secs(60);

/// How often we look for what comes by itself.
const PAUSE: Duration = Duration::from_millis(10);

/// What ends with Ctrl-C, as a shell says it.
const INTERRUPTED: i32 = 130;

/// Chromium's own switches. It runs as whoever starts it, also as root, and asks nobody for anything.
const SWITCHES: [&str; 14] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-breakpad",
    // Text is as wide on every machine as its font, and not as its screen.
    "--font-render-hinting=none",
    // A request to another host is noticed, and never sent.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// A browser with one page. It is ended when dropped.
pub struct Browser {
    runtime: Runtime,
    client: Option<Client>,
    processes: Shared,
    patience: Duration,
}

type Shared = Arc<Mutex<Option<Processes>>>;

/// The processes of every browser that we have started, so that Ctrl-C ends them all. Whoever starts one holds it
/// meanwhile: what has only half started would be missed.
static ALL: Mutex<Vec<Shared>> = Mutex::new(Vec::new());

/// Which of the browser's logs to read.
#[derive(Debug, Clone, Copy)]
pub enum Log {
    /// What stands on the console.
    Console,
    /// What went over the network, and more.
    Events,
}

impl Browser {
    /// Starts one.
    ///
    /// # Errors
    ///
    /// If it does not start.
    pub fn start(programs: &Programs) -> Result<Self, String> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| format!("no runtime for the browser: {error}"))?;
        let mut all = lock(&ALL);
        let (processes, port) = Processes::start(programs)?;
        let profile = processes.profile();
        let shared: Shared = Arc::new(Mutex::new(Some(processes)));
        all.push(Arc::clone(&shared));
        drop(all);
        runtime.spawn(end_when_interrupted());
        let mut browser = Browser { runtime, client: None, processes: shared, patience: LIMIT };

        let mut switches = SWITCHES.map(String::from).to_vec();
        switches.push(format!("--user-data-dir={}", profile.display()));
        let mut options = json!({ "args": switches });
        if let Some(chromium) = &programs.chromium {
            options["binary"] = json!(on_path(chromium));
        }
        let wanted = json!({
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "goog:perfLoggingPrefs": { "enablePage": false },
        });
        let Value::Object(wanted) = wanted else { unreachable!("it is written as an object") };
        let url = format!("http://127.0.0.1:{port}");
        let mut connector = HttpConnector::new();
        // There are thousands of small questions, and each waits for its answer.
        connector.set_nodelay(true);
        let mut builder = ClientBuilder::new(connector);
        builder.capabilities(wanted);
        let client = browser.wait_for(builder.connect(&url)).map_err(|why| format!("{why}; {ADVICE}"))?;
        browser.client = Some(client);
        // As if its window were in front, or nothing could have the focus.
        browser.devtools("Emulation.setFocusEmulationEnabled", &json!({ "enabled": true }))?;
        // The print page asks for the printer as soon as it is loaded, and a page that is being printed already can't
        // be printed for us.
        let no_printer = json!({ "source": "window.print = () => {}" });
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", &no_printer)?;
        Ok(browser)
    }

    /// The runtime that it is driven from.
    #[must_use]
    pub fn runtime(&self) -> &tokio::runtime::Handle {
        self.runtime.handle()
    }

    /// Waits only this long for what the page does by itself; for a page that is known not to do it.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Goes to this address, and waits until all of the page is there.
    ///
    /// # Errors
    ///
    /// If it is not there in time.
    pub fn go(&self, url: &str) -> Result<(), String> {
        self.wait_for(self.client().goto(url))
    }

    /// Sends a command of the DevTools protocol, and gives back its answer.
    ///
    /// # Errors
    ///
    /// If it is refused.
    pub fn devtools(&self, method: &'static str, parameters: &Value) -> Result<Value, String> {
        let command = Command { path: "goog/cdp/execute", body: json!({ "cmd": method, "params": parameters }) };
        self.wait_for(self.client().issue_cmd(command)).map_err(|why| format!("{method}: {why}"))
    }

    /// Calls this JavaScript function in the page, and gives back what it returns or promises.
    ///
    /// # Errors
    ///
    /// If it throws, or returns something else.
    pub fn call<T: DeserializeOwned>(&self, function: &str, argument: &Value) -> Result<T, String> {
        let parameters = json!({
            "expression": format!("({})({argument})", function.trim_end().trim_end_matches(';')),
            "awaitPromise": true,
            "returnByValue": true,
            "userGesture": true,
        });
        let mut answer = self.devtools("Runtime.evaluate", &parameters)?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            let words = thrown.pointer("/exception/description").and_then(Value::as_str);
            return Err(format!("a script of ours failed: {}", words.unwrap_or("without a word")));
        }
        let value = answer.pointer_mut("/result/value").map(Value::take).unwrap_or_default();
        serde_json::from_value(value).map_err(|error| format!("a script of ours returned something else: {error}"))
    }

    /// Asks the page again and again, until the function returns something true.
    ///
    /// # Errors
    ///
    /// If it never does. What was awaited is named by `what`.
    pub fn until(&self, what: &str, function: &str, argument: &Value) -> Result<(), String> {
        let deadline = Instant::now() + self.patience;
        loop {
            // While a page goes and another comes there is nobody to ask.
            match self.call::<Value>(function, argument) {
                Ok(value) if value == true => return Ok(()),
                Err(why) if Instant::now() > deadline => return Err(format!("{what} did not come: {why}")),
                Ok(_) if Instant::now() > deadline => {
                    return Err(format!("{what} did not come within {:?}", self.patience));
                }
                _ => std::thread::sleep(PAUSE),
            }
        }
    }

    /// What was logged since this was last asked.
    ///
    /// # Errors
    ///
    /// If there is no such log.
    pub fn log(&self, log: Log) -> Result<Vec<Value>, String> {
        let kind = match log {
            Log::Console => "browser",
            Log::Events => "performance",
        };
        let answer =
            self.wait_for(self.client().issue_cmd(Command { path: "se/log", body: json!({ "type": kind }) }))?;
        serde_json::from_value(answer).map_err(|error| format!("the log `{kind}` cannot be read: {error}"))
    }

    /// Presses a key, by its name in the DOM, and keeps it there: the next press is one of a key held down.
    ///
    /// # Errors
    ///
    /// If the browser is gone.
    pub fn hold(&self, key: &str) -> Result<(), String> {
        let mut event = json!({ "type": "keyDown", "key": key, "windowsVirtualKeyCode": number(key) });
        match key {
            "Enter" => event["text"] = json!("\r"),
            key if key.chars().count() == 1 => event["text"] = json!(key),
            _ => event["type"] = json!("rawKeyDown"),
        }
        self.devtools("Input.dispatchKeyEvent", &event).map(drop)
    }

    /// Presses and releases a key, by its name in the DOM.
    ///
    /// # Errors
    ///
    /// If the browser is gone.
    pub fn press(&self, key: &str) -> Result<(), String> {
        self.hold(key)?;
        let up = json!({ "type": "keyUp", "key": key, "windowsVirtualKeyCode": number(key) });
        self.devtools("Input.dispatchKeyEvent", &up).map(drop)
    }

    /// Types a text into whatever has the focus.
    ///
    /// # Errors
    ///
    /// If the browser is gone.
    pub fn write(&self, text: &str) -> Result<(), String> {
        text.chars().try_for_each(|c| self.press(&c.to_string()))
    }

    /// Moves the mouse to this point of the window.
    ///
    /// # Errors
    ///
    /// If the browser is gone.
    pub fn hover(&self, x: f64, y: f64) -> Result<(), String> {
        self.devtools("Input.dispatchMouseEvent", &json!({ "type": "mouseMoved", "x": x, "y": y })).map(drop)
    }

    /// Moves the mouse to this point of the window, and clicks there.
    ///
    /// # Errors
    ///
    /// If the browser is gone.
    pub fn click(&self, x: f64, y: f64) -> Result<(), String> {
        self.hover(x, y)?;
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.devtools("Input.dispatchMouseEvent", &event)?;
        }
        Ok(())
    }

    fn client(&self) -> &Client {
        self.client.as_ref().expect("it is there until we are dropped")
    }

    fn wait_for<T, E: fmt::Display>(&self, future: impl Future<Output = Result<T, E>>) -> Result<T, String> {
        match self.runtime.block_on(async { tokio::time::timeout(LIMIT, future).await }) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(format!("the browser said: {error}")),
            Err(_) => Err(format!("the browser did not answer within {LIMIT:?}")),
        }
    }
}

impl fmt::Debug for Browser {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Browser").field("processes", &self.processes).finish_non_exhaustive()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Politely, so that it ends by itself; whatever is left then is killed.
        if let Some(processes) = lock(&self.processes).as_mut() {
            processes.note();
        }
        if let Some(client) = self.client.take() {
            let _ = self.wait_for(client.close());
        }
        drop(lock(&self.processes).take());
        lock(&ALL).retain(|other| !Arc::ptr_eq(other, &self.processes));
    }
}

/// The file that this name means, since chromedriver asks for a path.
fn on_path(name: &Path) -> PathBuf {
    let folders = env::var_os("PATH").unwrap_or_default();
    let mut files = env::split_paths(&folders).map(|folder| folder.join(name));
    // A path stays what it is.
    let found = if name.components().count() > 1 { None } else { files.find(|file| file.is_file()) };
    found.unwrap_or_else(|| name.to_path_buf())
}

/// The number of a key, which Chromium goes by for those that write nothing.
fn number(key: &str) -> u32 {
    match key {
        "Tab" => 9,
        "Enter" => 13,
        "Escape" => 27,
        "ArrowLeft" => 37,
        "ArrowUp" => 38,
        "ArrowRight" => 39,
        "ArrowDown" => 40,
        _ => 0,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ctrl-C ends every browser before it ends us.
async fn end_when_interrupted() {
    if interrupted().await.is_ok() {
        // Never given back, so that none is started meanwhile, and whoever else was told waits for our end.
        let all = lock(&ALL);
        for processes in all.iter() {
            drop(lock(processes).take());
        }
        std::process::exit(INTERRUPTED);
    }
}

#[cfg(unix)]
async fn interrupted() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut ctrl_c, mut terminated) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    std::future::poll_fn(|context| {
        let either = ctrl_c.poll_recv(context).is_ready() || terminated.poll_recv(context).is_ready();
        if either { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    Ok(())
}

#[cfg(not(unix))]
async fn interrupted() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// A command of chromedriver's own, which WebDriver does not know.
#[derive(Debug)]
struct Command {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (hyper::Method, Option<String>) {
        (hyper::Method::POST, Some(self.body.to_string()))
    }
}
