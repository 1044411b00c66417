//! A mail server over a real socket that takes what comes, or refuses it, and keeps it for a test to
//! read.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use mutuals::config::Config;

/// The mail server.
#[derive(Clone)]
pub struct Sink {
    pub address: SocketAddr,
    mails: Arc<Mutex<Vec<Mail>>>,
    refuses: Arc<Mutex<Option<u16>>>,
}

/// A mail as it came.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// To whom, as the envelope says.
    pub to: Vec<String>,
    /// Header and body, each line ending with a line feed, folded lines put together.
    pub text: String,
}

impl Mail {
    /// The value of a header field.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (head, _) = self.text.split_once("\n\n").unwrap();
        head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The secret at the end of a link to a path.
    pub fn token(&self, path: &str) -> String {
        let (_, rest) = self.text.split_once(path).unwrap();
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
    }
}

impl Sink {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let sink = Self { address, mails: Arc::default(), refuses: Arc::default() };
        let shared = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Whoever hangs up in the middle of a mail sent none.
                tokio::spawn(shared.clone().talk(stream));
            }
        });
        sink
    }

    /// A configuration that sends mails here.
    pub fn configure(&self, mut config: Config) -> Config {
        config.mail.url = format!("smtp://{}", self.address);
        config.mail.from = "Ring <ring@ring.example>".into();
        config
    }

    /// Every mail that came, in order.
    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }

    /// Refuses everybody to whom a mail goes from now on, or nobody.
    pub fn refuse(&self, code: Option<u16>) {
        *self.refuses.lock().unwrap() = code;
    }

    /// RFC 5321, as much of it as a client needs.
    async fn talk(self, stream: TcpStream) -> Option<()> {
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        let mut mail = Mail::default();
        writer.write_all(b"220 sink.example\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            let upper = line.to_uppercase();
            let refuses = *self.refuses.lock().unwrap();
            let answer = if upper.starts_with("EHLO") {
                "250-sink.example\r\n250 8BITMIME".to_owned()
            } else if upper.starts_with("RCPT TO:") {
                mail.to.push(line.split(['<', '>']).nth(1).unwrap().to_owned());
                match refuses {
                    Some(code) => format!("{code} {} is not welcome", mail.to.join(" ")),
                    None => "250 ok".to_owned(),
                }
            } else if upper == "DATA" {
                writer.write_all(b"354 go on\r\n").await.ok()?;
                while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                    let folds = line.starts_with([' ', '\t']) && !mail.text.contains("\n\n");
                    if folds {
                        mail.text.pop();
                    }
                    mail.text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.text.push('\n');
                }
                mail.text = readable(&mail.text);
                self.mails.lock().unwrap().push(std::mem::take(&mut mail));
                "250 taken".to_owned()
            } else if upper == "QUIT" {
                writer.write_all(b"221 bye\r\n").await.ok()?;
                return None;
            } else {
                "250 ok".to_owned()
            };
            writer.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
        None
    }
}

/// A mail whose body is written as quoted-printable (RFC 2045, 6.7), as people see it.
fn readable(mail: &str) -> String {
    let (head, body) = mail.split_once("\n\n").unwrap();
    if !head.to_lowercase().contains("quoted-printable") {
        return mail.to_owned();
    }
    let joined = body.replace("=\n", "");
    let mut parts = joined.split('=');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(part[2..].as_bytes());
    }
    format!("{head}\n\n{}", String::from_utf8(bytes).unwrap())
}
