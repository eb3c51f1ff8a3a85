//! A headless Chromium, driven over the WebDriver protocol (W3C).

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::say;

/// The key of an element's name in WebDriver's answers.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with one window; it ends with this value.
pub struct Browser {
    driver: Child,
    session: String,
}

impl Browser {
    /// `None`, said aloud, where chromedriver or Chromium is missing.
    pub fn start() -> Option<Browser> {
        let driver = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).spawn();
        let Ok(mut driver) = driver else {
            say(
                "page: the browser tests are skipped, chromedriver is not installed (Debian: apt-get install chromium-driver)",
            );
            return None;
        };
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let (_, rest) = line.split_once("started successfully on port ")?;
            rest.trim_end_matches('.').parse::<u16>().ok()
        });
        // The driver goes on talking: somebody must listen.
        std::thread::spawn(move || lines.count());
        let base = format!("http://127.0.0.1:{}/session", port.expect("chromedriver's port"));
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--window-size=1300,900",
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": arguments}, "goog:loggingPrefs": {"browser": "ALL"}}}});
        let made = post(&base, &wanted);
        let session = format!("{base}/{}", made["sessionId"].as_str().expect("a session"));
        Some(Browser { driver, session })
    }

    pub fn open(&self, page: &Path, step: &str) {
        self.command("url", &json!({"url": format!("file://{}{step}", page.display())}));
        // Another fragment of the same file is no new page.
        self.command("refresh", &json!({}));
    }

    /// What a function body returns.
    pub fn script(&self, body: &str) -> Value {
        self.command("execute/sync", &json!({"script": body, "args": []}))
    }

    pub fn click(&self, selector: &str) {
        self.command(&format!("element/{}/click", self.element(selector)), &json!({}));
    }

    /// Presses a key (WebDriver's code points) with nothing focused.
    pub fn press(&self, key: char) {
        let press = json!({"actions": [{"type": "key", "id": "keys", "actions": [
            {"type": "keyDown", "value": key.to_string()}, {"type": "keyUp", "value": key.to_string()}]}]});
        self.command("actions", &press);
    }

    /// Moves the pointer onto an element.
    pub fn point_at(&self, selector: &str) {
        let element = json!({ELEMENT: self.element(selector)});
        let movement = json!({"actions": [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"},
            "actions": [{"type": "pointerMove", "duration": 0, "x": 0, "y": 0, "origin": element}]}]});
        self.command("actions", &movement);
    }

    /// From now on the screen of a small telephone.
    pub fn narrow(&self) {
        self.screen(360, 740);
    }

    /// From now on a screen of so many pixels.
    pub fn screen(&self, width: u32, height: u32) {
        let screen = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500});
        let command = json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": screen});
        self.command("goog/cdp/execute", &command);
    }

    /// From now on as it is printed.
    pub fn on_paper(&self) {
        let command = json!({"cmd": "Emulation.setEmulatedMedia", "params": {"media": "print"}});
        self.command("goog/cdp/execute", &command);
    }

    /// How many A4 pages it is when it is printed.
    pub fn sheets(&self) -> u64 {
        let paper = json!({"printBackground": true, "paperWidth": 8.27, "paperHeight": 11.69});
        let command = json!({"cmd": "Page.printToPDF", "params": paper});
        let printed = self.command("goog/cdp/execute", &command);
        let count = "return atob(arguments[0]).match(/\\/Type\\s*\\/Page[^s]/g).length";
        let arguments = json!({"script": count, "args": [printed["data"]]});
        self.command("execute/sync", &arguments).as_u64().unwrap()
    }

    /// Everything that the console said since the last time.
    pub fn console(&self) -> Vec<String> {
        let log = self.command("se/log", &json!({"type": "browser"}));
        log.as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["message"].as_str().unwrap_or("").to_owned())
            .collect()
    }

    fn element(&self, selector: &str) -> String {
        let found = self.command("element", &json!({"using": "css selector", "value": selector}));
        found[ELEMENT].as_str().unwrap_or_else(|| panic!("no element {selector}: {found}")).to_owned()
    }

    fn command(&self, path: &str, body: &Value) -> Value {
        post(&format!("{}/{path}", self.session), body)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = ureq::delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn post(url: &str, body: &Value) -> Value {
    let mut answer: Value = ureq::post(url)
        .config()
        .http_status_as_error(false)
        .build()
        .send_json(body)
        .unwrap()
        .body_mut()
        .read_json()
        .unwrap();
    assert!(answer["value"]["error"].is_null(), "{url}: {answer}");
    answer["value"].take()
}
