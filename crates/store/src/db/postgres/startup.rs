//! Coming in: who, to which database, with what password, and how the session is to behave.

use super::address::{Address, Host};
use super::stream::{Stream, untrusted};
use super::wire::Wire;
use crate::db::{Error, Result};
use fallible_iterator::FallibleIterator;
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256};
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend;
use std::io;
use std::time::Duration;

/// So long a server may think about letting somebody in.
const ANSWER: Duration = Duration::from_secs(10);

/// How a session goes about its queries. As on SQLite, a plan depends on the statement alone, not on what was bound or counted, and goes
/// along an index, which every query here has.
const OPTIONS: &str =
    "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off -c standard_conforming_strings=on";

/// A session on the first of the servers that takes writes.
pub(super) fn connect(address: &Address, name: &str) -> Result<Wire> {
    let mut last = Error::lost("no server");
    for host in &address.hosts {
        match enter(address, host, name) {
            Ok(wire) => return Ok(wire),
            // Another server would say the same.
            Err(error @ Error::Server { .. }) if !error.is_lost() => return Err(error),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn enter(address: &Address, host: &Host, name: &str) -> Result<Wire> {
    let failed = |error: io::Error| Error::lost(format!("{host}: {error}"));
    let stream = Stream::open(host, address).map_err(|error| match untrusted(&error, address.authorities()) {
        Some(why) => Error::Untrusted { what: format!("{host}: {why}") },
        None => failed(error),
    })?;
    stream.wait(Some(ANSWER)).map_err(failed)?;
    let mut wire = Wire::new(stream);
    let parameters = [
        ("user", address.user.as_str()),
        ("database", address.database.as_str()),
        ("application_name", name),
        ("client_encoding", "UTF8"),
        ("options", OPTIONS),
    ];
    frontend::startup_message(parameters, wire.out())?;
    wire.send()?;
    authenticate(&mut wire, address)?;
    let follows = settle(&mut wire)?;
    if follows {
        return Err(Error::lost(format!("{host}: 只读的备库 / a standby, which takes no writes")));
    }
    wire.stream().wait(None).map_err(failed)?;
    Ok(wire)
}

fn authenticate(wire: &mut Wire, address: &Address) -> Result<()> {
    let password = || address.password.as_deref().ok_or(Error::NoPassword);
    let mut scram = None;
    loop {
        match wire.receive()? {
            Message::AuthenticationOk => return Ok(()),
            Message::AuthenticationCleartextPassword => frontend::password_message(password()?.as_bytes(), wire.out())?,
            Message::AuthenticationSasl(body) => {
                if !body.mechanisms().any(|mechanism| Ok(mechanism == SCRAM_SHA_256))? {
                    return Err(Error::lost("the server asks for a kind of password that is not known here"));
                }
                let begun = ScramSha256::new(password()?.as_bytes(), ChannelBinding::unsupported());
                frontend::sasl_initial_response(SCRAM_SHA_256, begun.message(), wire.out())?;
                scram = Some(begun);
            }
            Message::AuthenticationSaslContinue(body) => {
                let going = scram.as_mut().ok_or_else(|| Error::lost("a server that answers what was not asked"))?;
                going.update(body.data())?;
                frontend::sasl_response(going.message(), wire.out())?;
            }
            Message::AuthenticationSaslFinal(body) => {
                let going = scram.as_mut().ok_or_else(|| Error::lost("a server that answers what was not asked"))?;
                going.finish(body.data())?;
                continue;
            }
            Message::ErrorResponse(body) => return Err(Error::server(&body)?),
            _ => return Err(Error::lost("the server asks for a kind of password that is not known here")),
        }
        wire.send()?;
    }
}

/// Reads what the server says of itself; whether it follows another one.
fn settle(wire: &mut Wire) -> Result<bool> {
    let mut follows = false;
    loop {
        match wire.receive()? {
            Message::ParameterStatus(body) if body.name()? == "in_hot_standby" => follows = body.value()? == "on",
            Message::ReadyForQuery(_) => return Ok(follows),
            Message::ErrorResponse(body) => return Err(Error::server(&body)?),
            _ => {}
        }
    }
}
