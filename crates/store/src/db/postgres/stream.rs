//! The way to the server: a socket, encrypted where the address asks for it.

use super::address::{Address, Encryption, Host};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use socket2::{SockRef, TcpKeepalive};
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// So long a server may take to be there.
const CONNECT: Duration = Duration::from_secs(10);
/// A server that went away without a word is noticed after about so long.
const SILENT: Duration = Duration::from_secs(30);

pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Stream {
    pub(super) fn open(host: &Host, address: &Address) -> io::Result<Self> {
        match host {
            Host::Unix(path) => Ok(Stream::Unix(UnixStream::connect(path)?)),
            Host::Tcp(name, port) => {
                let socket = connect(name, *port)?;
                match &address.encryption {
                    Encryption::Off => Ok(Stream::Tcp(socket)),
                    Encryption::Verified(root) => encrypted(socket, name, root.as_deref()),
                }
            }
        }
    }

    /// How long to wait for an answer; `None` for as long as it takes.
    pub(super) fn wait(&self, for_: Option<Duration>) -> io::Result<()> {
        match self {
            Stream::Tcp(socket) => socket.set_read_timeout(for_),
            Stream::Unix(socket) => socket.set_read_timeout(for_),
            Stream::Tls(stream) => stream.sock.set_read_timeout(for_),
        }
    }
}

fn connect(name: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in (name, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT) {
            Ok(socket) => {
                socket.set_nodelay(true)?;
                let reference = SockRef::from(&socket);
                let probes = TcpKeepalive::new().with_time(SILENT / 2).with_interval(SILENT / 6).with_retries(3);
                reference.set_tcp_keepalive(&probes)?;
                #[cfg(target_os = "linux")]
                reference.set_tcp_user_timeout(Some(SILENT))?;
                return Ok(socket);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Asks for encryption and begins it.
fn encrypted(mut socket: TcpStream, name: &str, root: Option<&Path>) -> io::Result<Stream> {
    socket.set_read_timeout(Some(CONNECT))?;
    let mut request = bytes::BytesMut::new();
    postgres_protocol::message::frontend::ssl_request(&mut request);
    socket.write_all(&request)?;
    let mut answer = [0];
    socket.read_exact(&mut answer)?;
    if answer != *b"S" {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "the server has no TLS"));
    }
    let other = |error: rustls::Error| io::Error::new(io::ErrorKind::InvalidData, error);
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(other)?
        .with_root_certificates(roots(root)?)
        .with_no_client_auth();
    let name =
        ServerName::try_from(name.to_owned()).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(other)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut socket)?;
    }
    Ok(Stream::Tls(Box::new(StreamOwned::new(connection, socket))))
}

/// Why the certificate that somebody showed is not believed, if that is what went wrong.
pub(super) fn untrusted(error: &io::Error, root: Option<&Path>) -> Option<String> {
    let rustls::Error::InvalidCertificate(why) = error.get_ref()?.downcast_ref::<rustls::Error>()? else { return None };
    let authorities = root
        .map_or_else(|| "浏览器所信任的机构 / those that browsers trust".to_owned(), |file| file.display().to_string());
    Some(match why {
        CertificateError::UnknownIssuer => {
            format!("签发机构不在其中 / it is issued by none of these authorities: {authorities}")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "证书不是给这个主机名的 / it is not for this host's name".to_owned()
        }
        other => format!("{other:?}"),
    })
}

fn roots(file: Option<&Path>) -> io::Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    let Some(file) = file else {
        store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok(store);
    };
    let bad = |error: &dyn std::fmt::Display| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", file.display()))
    };
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| bad(&error))? {
        store.add(certificate.map_err(|error| bad(&error))?).map_err(|error| bad(&error))?;
    }
    Ok(store)
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(socket) => socket.read(into),
            Stream::Unix(socket) => socket.read(into),
            Stream::Tls(stream) => stream.read(into),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(socket) => socket.write(bytes),
            Stream::Unix(socket) => socket.write(bytes),
            Stream::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Tcp(socket) => socket.flush(),
            Stream::Unix(socket) => socket.flush(),
            Stream::Tls(stream) => stream.flush(),
        }
    }
}
