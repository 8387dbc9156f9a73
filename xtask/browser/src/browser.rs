//! A Chromium of our own with one page, and what can be asked of it through the DevTools protocol.

use std::{
    cell::{RefCell, RefMut},
    collections::VecDeque,
    env,
    net::TcpStream,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket, client::client_with_config, protocol::WebSocketConfig};

use crate::chromium::Chromium;

/// Longer than anything takes that a page does by itself, on a slow and busy machine.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Longer than the browser takes to answer: to print all pages at once is the most that it is asked for.
const ANSWER: Duration = Duration::from_secs(300);

/// How often we look for what comes by itself.
const PAUSE: Duration = Duration::from_millis(10);

/// A browser with one page. It is ended when dropped.
#[derive(Debug)]
pub struct Browser {
    connection: RefCell<Connection>,
    session: String,
    /// How long to wait for what the page does by itself; less for a page that is known not to do it.
    pub patience: Duration,
    _chromium: Chromium,
}

/// Where questions go, and where answers and events come from.
#[derive(Debug)]
struct Connection {
    socket: WebSocket<TcpStream>,
    asked: u64,
    events: VecDeque<Value>,
}

impl Browser {
    /// Starts the one that `LESSON_CHROMIUM` names, or else the `chromium` on the path.
    pub fn start() -> Result<Self> {
        let program = env::var_os("LESSON_CHROMIUM").filter(|program| !program.is_empty());
        let chromium = Chromium::start(Path::new(&program.unwrap_or_else(|| "chromium".into())))?;
        let mut connection = Connection::open(&chromium.address).context("the browser does not listen")?;
        let page = connection.ask(None, "Target.createTarget", &json!({ "url": "about:blank" }))?;
        let attach = json!({ "targetId": page["targetId"], "flatten": true });
        let session = connection.ask(None, "Target.attachToTarget", &attach)?;
        let session = session["sessionId"].as_str().context("the browser has no page")?.to_owned();
        let browser = Browser { connection: RefCell::new(connection), session, patience: LIMIT, _chromium: chromium };
        for domain in ["Page.enable", "Runtime.enable", "Network.enable", "Log.enable", "DOM.enable"] {
            browser.devtools(domain, &json!({}))?;
        }
        browser.devtools("Page.setLifecycleEventsEnabled", &json!({ "enabled": true }))?;
        // As if its window were in front, or nothing could have the focus.
        browser.devtools("Emulation.setFocusEmulationEnabled", &json!({ "enabled": true }))?;
        // The print page asks for the printer as soon as it is loaded, and a page that is being printed already can't
        // be printed for us.
        let no_printer = json!({ "source": "window.print = () => {}" });
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", &no_printer)?;
        Ok(browser)
    }

    /// Goes to this address, and waits until all of the page is there.
    pub fn go(&self, url: &str) -> Result<()> {
        self.connection().events.clear();
        let answer = self.devtools("Page.navigate", &json!({ "url": url }))?;
        if let Some(error) = answer["errorText"].as_str() {
            bail!("{url}: the browser said: {error}");
        }
        let is_loaded = |event: &Value| {
            let of = &event["params"];
            event["method"] == "Page.lifecycleEvent" && of["name"] == "load" && of["loaderId"] == answer["loaderId"]
        };
        let mut connection = self.connection();
        let mut seen = 0;
        loop {
            while let Some(event) = connection.events.get(seen) {
                if is_loaded(event) {
                    return Ok(());
                }
                seen += 1;
            }
            let event = connection.read().with_context(|| format!("{url} was not loaded"))?;
            connection.events.push_back(event);
        }
    }

    /// Sends a command of the DevTools protocol, and gives back its answer.
    pub fn devtools(&self, method: &str, parameters: &Value) -> Result<Value> {
        self.connection().ask(Some(&self.session), method, parameters)
    }

    /// What has happened since the page was opened, or since this was last asked.
    pub fn events(&self) -> Vec<Value> {
        self.connection().events.drain(..).collect()
    }

    /// Waits for the next thing that happens.
    pub fn next_event(&self) -> Result<Value> {
        self.connection().read()
    }

    /// Calls this JavaScript function in the page, and gives back what it returns or promises.
    pub fn call<T: DeserializeOwned>(&self, function: &str, argument: &Value) -> Result<T> {
        let parameters = json!({
            "expression": format!("({})({argument})", function.trim_end().trim_end_matches(';')),
            "awaitPromise": true,
            "returnByValue": true,
            "userGesture": true,
        });
        let mut answer = self.devtools("Runtime.evaluate", &parameters)?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            let words = thrown.pointer("/exception/description").and_then(Value::as_str);
            bail!("a script of ours failed: {}", words.unwrap_or("without a word"));
        }
        let value = answer.pointer_mut("/result/value").map(Value::take).unwrap_or_default();
        serde_json::from_value(value).context("a script of ours returned something else")
    }

    /// Asks the page again and again, until the function returns something true. What is awaited is named by `what`.
    pub fn until(&self, what: &str, function: &str, argument: &Value) -> Result<()> {
        let deadline = Instant::now() + self.patience;
        loop {
            // While a page goes and another comes there is nobody to ask.
            match self.call::<Value>(function, argument) {
                Ok(value) if value == true => return Ok(()),
                Err(why) if Instant::now() > deadline => return Err(why.context(format!("{what} did not come"))),
                Ok(_) if Instant::now() > deadline => bail!("{what} did not come within {:?}", self.patience),
                _ => std::thread::sleep(PAUSE),
            }
        }
    }

    /// Presses a key, by its name in the DOM, and keeps it there: the next press is one of a key held down.
    pub fn hold(&self, key: &str) -> Result<()> {
        let mut event = json!({ "type": "keyDown", "key": key, "windowsVirtualKeyCode": number(key) });
        match key {
            "Enter" => event["text"] = json!("\r"),
            key if key.chars().count() == 1 => event["text"] = json!(key),
            _ => event["type"] = json!("rawKeyDown"),
        }
        self.devtools("Input.dispatchKeyEvent", &event).map(drop)
    }

    /// Presses and releases a key, by its name in the DOM.
    pub fn press(&self, key: &str) -> Result<()> {
        self.hold(key)?;
        let up = json!({ "type": "keyUp", "key": key, "windowsVirtualKeyCode": number(key) });
        self.devtools("Input.dispatchKeyEvent", &up).map(drop)
    }

    /// Moves the mouse to this point of the window.
    pub fn hover(&self, x: f64, y: f64) -> Result<()> {
        self.devtools("Input.dispatchMouseEvent", &json!({ "type": "mouseMoved", "x": x, "y": y })).map(drop)
    }

    /// Moves the mouse to this point of the window, and clicks there.
    pub fn click(&self, x: f64, y: f64) -> Result<()> {
        self.hover(x, y)?;
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.devtools("Input.dispatchMouseEvent", &event)?;
        }
        Ok(())
    }

    fn connection(&self) -> RefMut<'_, Connection> {
        self.connection.borrow_mut()
    }
}

impl Connection {
    fn open(address: &str) -> Result<Self> {
        let host = address.trim_start_matches("ws://").split('/').next().unwrap_or_default();
        let stream = TcpStream::connect(host)?;
        // There are thousands of small questions, and each waits for its answer.
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER))?;
        // A printed page is as large as it is.
        let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let (socket, _) = client_with_config(address, stream, Some(config)).map_err(|error| anyhow!("{error}"))?;
        Ok(Connection { socket, asked: 0, events: VecDeque::new() })
    }

    /// Asks the browser, or one of its pages.
    fn ask(&mut self, session: Option<&str>, method: &str, parameters: &Value) -> Result<Value> {
        self.asked += 1;
        let mut question = json!({ "id": self.asked, "method": method, "params": parameters });
        if let Some(session) = session {
            question["sessionId"] = json!(session);
        }
        self.socket
            .send(Message::text(question.to_string()))
            .with_context(|| format!("{method}: the browser is gone"))?;
        let deadline = Instant::now() + ANSWER;
        loop {
            let mut message = self.read().with_context(|| format!("{method}: no answer from the browser"))?;
            if message["id"] != self.asked {
                ensure!(Instant::now() < deadline, "{method}: the browser did not answer within {ANSWER:?}");
                self.events.push_back(message);
            } else if let Some(error) = message.get("error") {
                bail!("{method}: the browser said: {}", error["message"].as_str().unwrap_or("no"));
            } else {
                return Ok(message["result"].take());
            }
        }
    }

    fn read(&mut self) -> Result<Value> {
        loop {
            if let Message::Text(text) = self.socket.read()? {
                return serde_json::from_str(&text).context("the browser sends what is no JSON");
            }
        }
    }
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
