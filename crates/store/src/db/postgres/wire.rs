//! Messages to and from the server. What is written waits until somebody needs an answer, so that many statements take one journey.

use super::stream::Stream;
use crate::db::{Error, Result};
use bytes::BytesMut;
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend;
use std::io::{Read, Write};

/// In a transaction, as the server puts it.
pub(super) const IN_TRANSACTION: u8 = b'T';
/// In one that failed: nothing is done before it is taken back.
const FAILED: u8 = b'E';
/// In none.
const IDLE: u8 = b'I';

const READ_AT_ONCE: usize = 16 * 1024;

pub(super) struct Wire {
    stream: Stream,
    out: BytesMut,
    input: BytesMut,
    /// Where the session stands: idle, in a transaction, in one that failed.
    state: u8,
    /// Statements written whose answers nobody has read.
    pub(super) waiting: usize,
    lost: bool,
}

impl Wire {
    pub(super) fn new(stream: Stream) -> Self {
        Wire { stream, out: BytesMut::new(), input: BytesMut::new(), state: IDLE, waiting: 0, lost: false }
    }

    pub(super) fn out(&mut self) -> &mut BytesMut {
        &mut self.out
    }

    pub(super) fn stream(&self) -> &Stream {
        &self.stream
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost
    }

    pub(super) fn in_transaction(&self) -> bool {
        self.state != IDLE
    }

    pub(super) fn has_failed(&self) -> bool {
        self.lost || self.state == FAILED
    }

    pub(super) fn reads_lazily(&self) -> bool {
        self.state == IN_TRANSACTION
    }

    /// What was written just now begins a transaction.
    pub(super) fn begins(&mut self) {
        self.state = IN_TRANSACTION;
    }

    /// Sends what was written.
    pub(super) fn send(&mut self) -> Result<()> {
        if self.lost {
            return Err(Error::lost("the connection was lost before"));
        }
        let sent = self.stream.write_all(&self.out).and_then(|()| self.stream.flush());
        self.out.clear();
        self.lost |= sent.is_err();
        sent.map_err(Error::lost)
    }

    /// The next message.
    pub(super) fn receive(&mut self) -> Result<Message> {
        loop {
            if let Some(message) = Message::parse(&mut self.input)? {
                return Ok(message);
            }
            let before = self.input.len();
            self.input.resize(before + READ_AT_ONCE, 0);
            let read = self.stream.read(&mut self.input[before..]);
            self.input.truncate(before + *read.as_ref().unwrap_or(&0));
            self.lost |= !matches!(read, Ok(1..));
            if read.map_err(Error::lost)? == 0 {
                return Err(Error::lost("the server has closed the connection"));
            }
        }
    }

    /// Sends what was written and reads all answers, those of the last statement handed to `take`. The first that went wrong is what all of it came to: the server
    /// does not do what was written behind it.
    pub(super) fn sync(&mut self, take: impl FnMut(Message) -> Result<()>) -> Result<()> {
        frontend::sync(&mut self.out);
        self.answers(take)
    }

    /// The same without asking for the end, which a simple query brings by itself.
    pub(super) fn answers(&mut self, mut take: impl FnMut(Message) -> Result<()>) -> Result<()> {
        let mut earlier = std::mem::take(&mut self.waiting);
        self.send()?;
        let mut done = Ok(());
        loop {
            match self.receive()? {
                Message::ReadyForQuery(body) => {
                    self.state = body.status();
                    return done;
                }
                Message::ErrorResponse(body) => {
                    let error = Error::server(&body)?;
                    if error.is_lost() {
                        self.lost = true;
                        return Err(error);
                    }
                    done = done.and(Err(error));
                }
                // What the server says of itself and of what it noticed on the way.
                Message::ParameterStatus(_) | Message::NoticeResponse(_) | Message::NotificationResponse(_) => {}
                // Of statements whose answers nobody reads.
                Message::CommandComplete(_) if earlier > 0 => earlier -= 1,
                _ if earlier > 0 => {}
                message => {
                    let taken = take(message);
                    done = done.and(taken);
                }
            }
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if !self.lost {
            self.out.clear();
            frontend::terminate(&mut self.out);
            // Whoever leaves without a word is noticed as well.
            _ = self.send();
        }
    }
}
