//! How long the server waits for a slow connection (慢连接): a request that trickles in, or an answer that nobody takes, ends. Each open
//! connection holds memory and one of a bounded number of places, so whoever keeps many open without sending would shut others out.
//!
//! A phone on a poor line sends some kilobytes a second; what this asks for is a fortieth of that, and only after two minutes. So long an
//! answer may take to be made: a connection cannot tell a request that does not come from one that is being worked on.

use axum::Router;
use axum::extract::connect_info::{Connected, IntoMakeServiceWithConnectInfo};
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{Next, from_fn};
use axum::serve::IncomingStream;
use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};

/// Connections at once. Each has a file descriptor and some ten kilobytes.
const CONNECTIONS: usize = 4_096;

/// What a connection is allowed.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Waiting for all of a small request, and for its answer to begin.
    pub grace: Duration,
    /// Bytes a second that a longer request must come to on average.
    pub bytes_per_second: u64,
    /// Waiting for the other side to take some of the answer.
    pub stalled: Duration,
}

impl Patience {
    const USUAL: Patience =
        Patience { grace: Duration::from_secs(120), bytes_per_second: 100, stalled: Duration::from_secs(60) };

    /// When what has come until `now` is too little: later the more has come, but silence ends as soon after much as after little.
    fn ends(&self, began: Instant, bytes: u64, now: Instant) -> Instant {
        let earned = began + self.grace + Duration::from_secs(bytes / self.bytes_per_second);
        earned.min(now + self.grace)
    }
}

/// Accepts connections, so many at once, and each with patience.
pub struct Listener {
    listener: TcpListener,
    places: Arc<Semaphore>,
}

impl Listener {
    pub fn new(listener: TcpListener) -> Listener {
        Listener::with_places(listener, CONNECTIONS)
    }

    fn with_places(listener: TcpListener, places: usize) -> Listener {
        Listener { listener, places: Arc::new(Semaphore::new(places)) }
    }
}

impl axum::serve::Listener for Listener {
    type Io = Connection<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let place = Arc::clone(&self.places).acquire_owned().await.expect("nobody closes it");
        let (stream, address) = axum::serve::Listener::accept(&mut self.listener).await;
        (Connection::new(stream, Patience::USUAL, Some(place)), address)
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(SocketAddr);

impl Connected<IncomingStream<'_, Listener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Peer {
        Peer(*stream.remote_addr())
    }
}

/// Pages over connections of a [`Listener`]: each request carries `ConnectInfo<SocketAddr>`, as over any other.
pub fn pages(router: Router) -> IntoMakeServiceWithConnectInfo<Router, Peer> {
    let named = |ConnectInfo(Peer(peer)): ConnectInfo<Peer>, mut request: Request, next: Next| async move {
        request.extensions_mut().insert(ConnectInfo(peer));
        next.run(request).await
    };
    router.layer(from_fn(named)).into_make_service_with_connect_info()
}

/// Waits until somebody asks the program to stop: requests under way are then answered, and no more are taken.
pub async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        match terminate {
            Ok(mut terminate) => tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} },
            Err(_) => _ = interrupt.await,
        }
    }
    #[cfg(not(unix))]
    {
        _ = interrupt.await;
    }
}

/// A connection that ends when the other side makes no headway.
pub struct Connection<S> {
    stream: S,
    patience: Patience,
    /// Since when a request is waited for, and how much of it came. Whatever is written begins this anew.
    began: Instant,
    bytes: u64,
    reading: Pin<Box<Sleep>>,
    writing: Option<Pin<Box<Sleep>>>,
    _place: Option<OwnedSemaphorePermit>,
}

impl<S> Connection<S> {
    fn new(stream: S, patience: Patience, place: Option<OwnedSemaphorePermit>) -> Connection<S> {
        let began = Instant::now();
        let reading = Box::pin(sleep_until(patience.ends(began, 0, began)));
        Connection { stream, patience, began, bytes: 0, reading, writing: None, _place: place }
    }

    fn wait_anew(&mut self) {
        self.began = Instant::now();
        self.bytes = 0;
        self.reading.as_mut().reset(self.patience.ends(self.began, 0, self.began));
        self.writing = None;
    }

    /// What is written was taken in part, or the wait for that is over.
    fn taken<T>(&mut self, cx: &mut Context<'_>, written: Poll<Result<T>>) -> Poll<Result<T>> {
        if written.is_ready() {
            self.wait_anew();
            return written;
        }
        let patience = self.patience;
        let writing = self.writing.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + patience.stalled)));
        match writing.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(too_slow())),
            Poll::Pending => Poll::Pending,
        }
    }
}

fn too_slow() -> Error {
    Error::new(ErrorKind::TimedOut, "the other side makes no headway")
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let before = into.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, into);
        let came = (into.filled().len() - before) as u64;
        if came > 0 {
            self.bytes += came;
            let ends = self.patience.ends(self.began, self.bytes, Instant::now());
            self.reading.as_mut().reset(ends);
        }
        match read {
            // A trickle is never waited for, but it is not fast enough either.
            Poll::Ready(Ok(())) if came > 0 && self.reading.deadline() <= Instant::now() => {
                Poll::Ready(Err(too_slow()))
            }
            Poll::Ready(read) => Poll::Ready(read),
            Poll::Pending => self.reading.as_mut().poll(cx).map(|()| Err(too_slow())),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.taken(cx, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[std::io::IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.taken(cx, written)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    const SHORT: Patience =
        Patience { grace: Duration::from_millis(20), bytes_per_second: 100, stalled: Duration::from_millis(20) };

    fn run<T>(test: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(test)
    }

    #[test]
    fn silence_ends_and_what_comes_buys_time() {
        run(async {
            for sent in ["GET / HTTP/1.1\r\n".to_owned(), "x".repeat(1 << 20)] {
                let (near, mut far) = duplex(1 << 20);
                far.write_all(sent.as_bytes()).await.unwrap();
                let mut near = Connection::new(near, SHORT, None);
                near.read_exact(&mut vec![0; sent.len()]).await.unwrap();
                let waited = near.read_u8().await.unwrap_err();
                assert_eq!(waited.kind(), ErrorKind::TimedOut, "{} bytes and no more", sent.len());
            }
        });
        let (patience, began) = (Patience::USUAL, Instant::now());
        let ends = |bytes, now: u64| (patience.ends(began, bytes, began + Duration::from_secs(now)) - began).as_secs();
        assert_eq!(ends(50, 100), 120, "a byte now and then buys nothing");
        assert_eq!(ends(1_000, 100), 130, "a hundred bytes buy a second");
        assert_eq!(ends(1 << 20, 100), 220, "a million bytes buy no silence");
    }

    /// Polls once: whether it is ready needs no waiting.
    async fn ready<T>(future: impl Future<Output = T>) -> Option<T> {
        let mut future = std::pin::pin!(future);
        std::future::poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending => Poll::Ready(None),
        })
        .await
    }

    #[test]
    fn connections_are_bounded_and_one_that_ends_makes_room() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            use axum::serve::Listener as _;
            let mut listener = Listener::with_places(TcpListener::bind("127.0.0.1:0").await.unwrap(), 2);
            let address = listener.local_addr().unwrap();
            let mut callers = Vec::new();
            for _ in 0..3 {
                callers.push(TcpStream::connect(address).await.unwrap());
            }
            let (first, second) = (listener.accept().await.0, listener.accept().await.0);
            assert!(ready(Arc::clone(&listener.places).acquire_owned()).await.is_none(), "both places are taken");
            assert!(ready(listener.accept()).await.is_none(), "the third waits");
            drop(first);
            listener.accept().await;
            drop(second);
        });
    }

    #[test]
    fn an_answer_that_nobody_takes_ends_and_one_that_is_taken_waits_anew() {
        run(async {
            let (near, mut far) = duplex(16);
            let mut near = Connection::new(near, SHORT, None);
            near.write_all(b"sixteen bytes ..").await.unwrap();
            let mut taken = [0; 16];
            far.read_exact(&mut taken).await.unwrap();
            near.write_all(b"sixteen bytes ..").await.unwrap();
            let stalled = near.write_all(b"more").await.unwrap_err();
            assert_eq!(stalled.kind(), ErrorKind::TimedOut);
        });
    }
}
