//! As little HTTP/1.1 as the tool needs: it shares the processor with the server that it measures,
//! so what it does not do, it does not cost.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

use crate::keys::{host_of, path_of};

/// The longest head or body that is read, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;
/// How many headers a head may hold.
const MOST_HEADERS: usize = 64;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request that a fake host received.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its method.
    pub method: String,
    /// Its path and query.
    pub path: String,
    /// Its headers, in order, names in small letters.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

/// An answer of the server.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers, in order, names in small letters.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

/// A connection that is kept open between requests.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// How the body of an answer ends.
#[derive(Clone, Copy)]
enum End {
    After(usize),
    Chunked,
}

struct Head {
    status: u16,
    length: usize,
    end: End,
    closes: bool,
}

impl Request {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends a whole request and reads the answer to its end. Says the status and whether the
    /// connection can be used again.
    pub async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<(u16, bool)> {
        let (head, end) = self.read(request).await?;
        self.buffer.drain(..end);
        Ok((head.status, !head.closes))
    }

    /// [`Connection::exchange`] for those who want the body too.
    pub async fn ask(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        let (head, end) = self.read(request).await?;
        let whole = self.buffer.get(..end).context("an answer is shorter than it says")?;
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut parsed = httparse::Response::new(&mut headers);
        parsed.parse(whole)?;
        let headers = owned(parsed.headers);
        let body = whole.get(head.length..).unwrap_or_default();
        let body = match head.end {
            End::After(_) => body.to_vec(),
            End::Chunked => unchunked(body).context("a chunked answer cannot be read")?.0,
        };
        self.buffer.drain(..end);
        Ok(Answer { status: head.status, headers, body })
    }

    async fn read(&mut self, request: &[u8]) -> anyhow::Result<(Head, usize)> {
        self.stream.write_all(request).await?;
        loop {
            if let Some(head) = parse_head(&self.buffer)? {
                let body = self.buffer.get(head.length..).unwrap_or_default();
                let end = match head.end {
                    End::After(length) => (body.len() >= length).then_some(length),
                    End::Chunked => unchunked(body).map(|(_, used)| used),
                };
                if let Some(end) = end {
                    let end = head.length + end;
                    return Ok((head, end));
                }
            }
            let read = self.stream.read_buf(&mut self.buffer);
            let count = tokio::time::timeout(PATIENCE, read).await.context("no answer")??;
            if count == 0 {
                bail!("the connection was closed");
            }
            if self.buffer.len() > LONGEST {
                bail!("the answer is too long");
            }
        }
    }
}

/// Gets a document, as a machine of the fediverse does.
pub async fn get(url: &Url, accept: &str) -> anyhow::Result<Answer> {
    let mut connection = Connection::open(address_of(url).await?).await?;
    connection.ask(&get_request(url, &[format!("Accept: {accept}")])).await
}

/// A whole GET request as it goes over the wire.
pub fn get_request(url: &Url, headers: &[String]) -> Vec<u8> {
    let mut request = format!("GET {} HTTP/1.1\r\nHost: {}\r\n", path_of(url), host_of(url));
    for header in headers {
        request.push_str(header.trim());
        request.push_str("\r\n");
    }
    request.push_str("User-Agent: mutuals-load\r\n\r\n");
    request.into_bytes()
}

/// Where a server answers.
pub async fn address_of(url: &Url) -> anyhow::Result<SocketAddr> {
    if url.scheme() != "http" {
        bail!("{url}: this tool speaks plain HTTP only; measure before the proxy");
    }
    let host = url.host_str().context("the address has no host")?;
    let port = url.port_or_known_default().unwrap_or(80);
    let mut found = tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await?;
    found.next().with_context(|| format!("{url} leads nowhere"))
}

/// A request at the start of a buffer and its length, if all of it is there.
pub fn parse_request(buffer: &[u8]) -> anyhow::Result<Option<(Request, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head) = parsed.parse(buffer)? else { return Ok(None) };
    let (method, path) = (parsed.method.unwrap_or_default(), parsed.path.unwrap_or_default());
    let headers = owned(parsed.headers);
    if find(&headers, "transfer-encoding").is_some() {
        bail!("a chunked request");
    }
    let length: usize = find(&headers, "content-length").map_or(Ok(0), str::parse)?;
    if length > LONGEST {
        bail!("a request is too long");
    }
    let end = head.saturating_add(length);
    let Some(body) = buffer.get(head..end) else { return Ok(None) };
    let request =
        Request { method: method.to_owned(), path: path.to_owned(), headers, body: body.to_vec() };
    Ok(Some((request, end)))
}

fn parse_head(buffer: &[u8]) -> anyhow::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = parsed.parse(buffer)? else { return Ok(None) };
    let (mut end, mut closes) = (End::After(0), false);
    for header in parsed.headers.iter() {
        let value = std::str::from_utf8(header.value).unwrap_or_default();
        if header.name.eq_ignore_ascii_case("content-length") {
            end = End::After(value.parse()?);
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            end = End::Chunked;
        } else if header.name.eq_ignore_ascii_case("connection") {
            closes = value.eq_ignore_ascii_case("close");
        }
    }
    let status = parsed.code.unwrap_or_default();
    if matches!(status, 204 | 304) {
        end = End::After(0);
    }
    Ok(Some(Head { status, length, end, closes }))
}

/// The content of a chunked body and how much of the buffer it took, if all of it is there.
fn unchunked(buffer: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut content, mut place) = (Vec::new(), 0_usize);
    loop {
        let rest = buffer.get(place..)?;
        let Ok(httparse::Status::Complete((head, size))) = httparse::parse_chunk_size(rest) else {
            return None;
        };
        let size = usize::try_from(size).ok()?;
        let end = head.checked_add(size)?;
        content.extend_from_slice(rest.get(head..end)?);
        // The line break behind the chunk. Trailers are not read.
        rest.get(end..end.checked_add(2)?)?;
        place += end + 2;
        if size == 0 {
            return Some((content, place));
        }
    }
}

fn owned(headers: &[httparse::Header<'_>]) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    headers.iter().map(|header| (header.name.to_ascii_lowercase(), text(header.value))).collect()
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunked_body_is_read_when_it_is_complete() {
        let whole = b"4\r\nWiki\r\n3\r\nped\r\n0\r\n\r\nrest";
        assert_eq!(unchunked(whole), Some((b"Wikiped".to_vec(), 22)));
        assert_eq!(unchunked(&whole[..15]), None);
    }

    #[test]
    fn a_request_is_read_when_its_body_is_there() {
        let raw = b"POST /inbox HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}";
        assert!(parse_request(&raw[..raw.len() - 1]).unwrap().is_none());
        let (request, used) = parse_request(raw).unwrap().unwrap();
        assert_eq!((used, request.body.as_slice()), (raw.len(), b"{}".as_slice()));
        assert_eq!(request.header("host"), Some("a"));
    }
}
