//! Where a PostgreSQL server is (数据库地址): `postgres://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE?host=/socket/folder&sslmode=…`.

use std::fmt;
use std::path::{Path, PathBuf};

const PORT: u16 = 5432;

/// A server, or several of which one takes writes, and how to come in.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub(super) hosts: Vec<Host>,
    pub(super) user: String,
    pub(super) password: Option<String>,
    pub(super) database: String,
    pub(super) encryption: Encryption,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Host {
    Tcp(String, u16),
    /// The socket itself.
    Unix(PathBuf),
}

/// Whether the way there is encrypted. There is no encryption without knowing to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Encryption {
    Off,
    /// With a certificate for the host's name, of the authorities in a file, or of those that browsers trust.
    Verified(Option<PathBuf>),
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

/// Without the password.
impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts: Vec<String> = self.hosts.iter().map(ToString::to_string).collect();
        write!(formatter, "{}@{}/{}", self.user, hosts.join(","), self.database)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Tcp(name, port) => write!(formatter, "{name}:{port}"),
            Host::Unix(path) => write!(formatter, "{}", path.display()),
        }
    }
}

impl Host {
    /// Whether what is said on the way cannot be heard by another machine.
    fn is_here(&self) -> bool {
        match self {
            Host::Tcp(name, _) => ["localhost", "127.0.0.1", "::1"].contains(&name.as_str()),
            Host::Unix(_) => true,
        }
    }
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        let rest =
            rest.ok_or("数据库地址应以 postgres:// 开头 / the address of the database begins with postgres://")?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (credentials, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) =
            credentials.split_once(':').map_or((credentials, None), |(user, word)| (user, Some(word)));
        if user.is_empty() || database.is_empty() {
            return Err("数据库地址缺用户名或库名 / the address of the database lacks user or database".to_owned());
        }
        let mut address = Address {
            hosts: hosts.split(',').filter(|host| !host.is_empty()).map(tcp).collect::<Result<_, _>>()?,
            user: decoded(user)?,
            password: password.map(decoded).transpose()?,
            database: decoded(database)?,
            encryption: Encryption::Off,
        };
        let (mut mode, mut root) = (None, None);
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let value = decoded(value)?;
            match name {
                "host" if value.starts_with('/') => {
                    let port = address
                        .hosts
                        .first()
                        .map_or(PORT, |host| if let Host::Tcp(_, port) = host { *port } else { PORT });
                    address.hosts = vec![Host::Unix(PathBuf::from(value).join(format!(".s.PGSQL.{port}")))];
                }
                "port" => {
                    let port = value.parse().map_err(|_| format!("端口不是数：{value} / no port: {value}"))?;
                    address.hosts.iter_mut().for_each(|host| host.set_port(port));
                }
                "sslmode" => mode = Some(value),
                "sslrootcert" => root = Some(PathBuf::from(value)),
                // What other programs understand by it may matter: better said than passed over.
                _ => {
                    return Err(format!(
                        "数据库地址中的参数 {name} 不支持 / parameter {name} of the address is not supported"
                    ));
                }
            }
        }
        if address.hosts.is_empty() {
            return Err("数据库地址缺主机 / the address of the database lacks a host".to_owned());
        }
        address.encryption = encryption(mode.as_deref(), root, address.hosts.iter().all(Host::is_here))?;
        Ok(address)
    }

    /// The file of the authorities whose certificates count, if one is named.
    pub(super) fn authorities(&self) -> Option<&Path> {
        match &self.encryption {
            Encryption::Verified(root) => root.as_deref(),
            Encryption::Off => None,
        }
    }

    /// With a password that was kept elsewhere, unless the address has one.
    #[must_use]
    pub fn with_password(mut self, password: Option<String>) -> Self {
        self.password = self.password.or(password);
        self
    }
}

impl Host {
    fn set_port(&mut self, new: u16) {
        match self {
            Host::Tcp(_, port) => *port = new,
            Host::Unix(path) => path.set_file_name(format!(".s.PGSQL.{new}")),
        }
    }
}

fn encryption(mode: Option<&str>, root: Option<PathBuf>, here: bool) -> Result<Encryption, String> {
    match mode {
        None if here && root.is_none() => Ok(Encryption::Off),
        None | Some("verify-full") => Ok(Encryption::Verified(root)),
        Some("disable") => Ok(Encryption::Off),
        Some(other) => Err(format!(
            "sslmode={other} 不核对服务器，请用 verify-full 或 disable / sslmode={other} does not check the server; use verify-full or disable"
        )),
    }
}

/// `name`, `name:port`, `[::1]:port`.
fn tcp(text: &str) -> Result<Host, String> {
    let bad = || format!("主机不可识别：{text} / no host: {text}");
    let (name, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (name, port) = rest.split_once(']').ok_or_else(bad)?;
            (name, port.strip_prefix(':'))
        }
        None => text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port))),
    };
    let port = port.map_or(Ok(PORT), str::parse).map_err(|_| bad())?;
    Ok(Host::Tcp(decoded(name)?, port))
}

/// With `%41` read as `A`.
fn decoded(text: &str) -> Result<String, String> {
    let bad = || format!("转义有误：{text} / a wrong escape in {text}");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        if *first == b'%' {
            let (digits, more) = more.split_at_checked(2).ok_or_else(bad)?;
            bytes.extend(hex::decode(digits).map_err(|_| bad())?);
            rest = more;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read() {
        let address = Address::read("postgres://gongbao:a%40b@db1:5433,db2/county").unwrap();
        assert_eq!(address.hosts, [Host::Tcp("db1".into(), 5433), Host::Tcp("db2".into(), 5432)]);
        assert_eq!((address.user.as_str(), address.password.as_deref()), ("gongbao", Some("a@b")));
        assert_eq!(address.encryption, Encryption::Verified(None));
        assert_eq!(format!("{address:?}"), "gongbao@db1:5433,db2:5432/county");
        let socket = Address::read("postgres://root@/county?host=/run/pg&port=5433").unwrap();
        assert_eq!(socket.hosts, [Host::Unix("/run/pg/.s.PGSQL.5433".into())]);
        assert_eq!(socket.encryption, Encryption::Off);
        let ipv6 = Address::read("postgresql://u@[::1]:6000/d").unwrap();
        assert_eq!((ipv6.hosts, ipv6.encryption), (vec![Host::Tcp("::1".into(), 6000)], Encryption::Off));
    }

    #[test]
    fn what_cannot_be_meant_is_said() {
        for wrong in [
            "mysql://u@h/d",
            "postgres://h/d",
            "postgres://u@h",
            "postgres://u@h:x/d",
            "postgres://u@/d",
            "postgres://u%zz@h/d",
            "postgres://u@h/d?sslmode=require",
            "postgres://u@h/d?options=x",
        ] {
            assert!(Address::read(wrong).is_err(), "{wrong}");
        }
    }
}
