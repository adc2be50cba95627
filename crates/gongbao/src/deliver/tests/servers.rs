//! A mail server and a receiver of events: each takes one connection after another and remembers what came.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What a server shares with the test: what came, and what to answer next instead of success.
struct Shared<T> {
    came: Mutex<Vec<T>>,
    answers: Mutex<VecDeque<String>>,
}

struct Server<T> {
    address: SocketAddr,
    shared: Arc<Shared<T>>,
}

impl<T: Clone + Send + 'static> Server<T> {
    /// `talk` holds one conversation. The thread ends with the process.
    fn start(talk: fn(TcpStream, &Shared<T>)) -> Server<T> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared { came: Mutex::default(), answers: Mutex::default() });
        let own = Arc::clone(&shared);
        std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| talk(stream, &own)));
        Server { address, shared }
    }

    fn answer_next(&self, answer: &str) {
        self.shared.answers.lock().unwrap().push_back(answer.to_owned());
    }

    fn received(&self) -> Vec<T> {
        self.shared.came.lock().unwrap().clone()
    }
}

impl<T> Shared<T> {
    fn answer(&self) -> Option<String> {
        self.answers.lock().unwrap().pop_front()
    }
}

/// A mail as it came.
#[derive(Debug, Clone)]
pub struct Mail {
    pub to: String,
    pub data: String,
}

impl Mail {
    /// Its id.
    pub fn id(&self) -> String {
        let line = self.data.lines().find(|line| line.starts_with("Message-ID:"));
        line.expect("every mail has an id").to_owned()
    }

    /// Every part in base 64, decoded; the rest as it is.
    pub fn decoded(&self) -> String {
        let parts = self.data.split("\r\n\r\n").map(|part| {
            let lines: String = part.lines().take_while(|line| !line.starts_with("--")).collect();
            BASE64.decode(lines).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| part.to_owned())
        });
        parts.collect::<Vec<_>>().join("\n").replace("=\r\n", "")
    }
}

/// A mail server (RFC 5321, as far as a sender needs it).
pub struct MailServer(Server<Mail>);

impl MailServer {
    pub fn start() -> MailServer {
        MailServer(Server::start(smtp))
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.0.address)
    }

    /// What it says next to a recipient.
    pub fn answer_next(&self, answer: &str) {
        self.0.answer_next(answer);
    }

    pub fn received(&self) -> Vec<Mail> {
        self.0.received()
    }
}

fn smtp(mut stream: TcpStream, shared: &Shared<Mail>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let mut say = |text: &str| _ = stream.write_all(format!("{text}\r\n").as_bytes());
    say("220 test");
    let mut mail = Mail { to: String::new(), data: String::new() };
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => say("250 test"),
            "RCPT" => {
                mail.to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                say(shared.answer().as_deref().unwrap_or("250 ok"));
            }
            "DATA" => {
                say("354 go on");
                let mut part = String::new();
                while lines.read_line(&mut part).unwrap_or(0) > 0 && !(part.ends_with("\r\n.\r\n") || part == ".\r\n") {
                }
                mail.data = part;
                shared.came.lock().unwrap().push(mail.clone());
                say("250 ok");
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 ok"),
        }
    }
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    head: String,
    pub body: String,
}

impl Request {
    /// The value of a header.
    pub fn header(&self, name: &str) -> &str {
        let found =
            self.head.lines().filter_map(|line| line.split_once(": ")).find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value).unwrap_or_else(|| panic!("no {name} in {}", self.head))
    }

    /// The event in the body.
    pub fn event(&self) -> serde_json::Value {
        assert!(self.header("content-type").starts_with("application/cloudevents+json"));
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A receiver of events.
pub struct Receiver(Server<Request>);

impl Receiver {
    pub fn start() -> Receiver {
        Receiver(Server::start(http))
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.0.address)
    }

    /// The status it answers next.
    pub fn answer_next(&self, answer: &str) {
        self.0.answer_next(answer);
    }

    pub fn received(&self) -> Vec<Request> {
        self.0.received()
    }
}

fn http(mut stream: TcpStream, shared: &Shared<Request>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while lines.read_line(&mut head).unwrap_or(0) > 0 && !head.ends_with("\r\n\r\n") {}
    let mut request = Request { head, body: String::new() };
    let mut body = vec![0; request.header("content-length").parse().unwrap()];
    lines.read_exact(&mut body).unwrap();
    request.body = String::from_utf8(body).unwrap();
    shared.came.lock().unwrap().push(request);
    let status = shared.answer().unwrap_or_else(|| "204 No Content".to_owned());
    _ = stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").as_bytes());
}
