//! A token (密码设备) behind PKCS#11: a card, a cipher machine or a program that keeps keys which do not leave it.
//!
//! Two kinds of work: under a key of its own (AES-256-GCM) it seals what would otherwise lie open in a file, the county's key above all; and it
//! signs with the log's Ed25519 key. National algorithms are offered by too few modules under numbers that all understand, so that what is SM2
//! stays software and is sealed like the rest (`docs/decisions/0034-keys-in-a-token.md`).

use crate::system;
use anyhow::{Context, Result, anyhow, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use trust::{NoteKey, NoteSigner, SignFault};
use zeroize::Zeroizing;

/// The module's file.
pub const MODULE: &str = "GONGBAO_PKCS11_MODULE";
/// The token's label.
const LABEL: &str = "GONGBAO_PKCS11_TOKEN";
/// A file that holds the user's PIN.
const PIN_FILE: &str = "GONGBAO_PKCS11_PIN_FILE";

/// The label of the key that seals.
const SEALING: &str = "gongbao-county";
/// What precedes the name and number of the log's key in its label.
const SIGNING: &str = "gongbao-log";
/// The curve of Ed25519 as an object identifier (RFC 8410): 1.3.101.112.
const ED25519: [u8; 5] = [0x06, 0x03, 0x2b, 0x65, 0x70];
/// How the text of a file begins that a token sealed.
const SEALED_HEAD: &str = "TOKEN+SEALED+";
/// How the line of a key begins that is in a token; its public half follows.
const KEY_HEAD: &str = "TOKEN+KEY+";
/// What is sealed along: other data that the same key may seal does not pass for a secret file.
const PURPOSE: &[u8] = b"gongbao secret file 1";
const NONCE_BYTES: usize = 12;
const TAG_BITS: u64 = 128;

/// A token that somebody signed in to.
pub struct Token {
    context: Pkcs11,
    label: String,
    pin: AuthPin,
    /// The session in use; a token that was pulled out and put back gets another one.
    session: Mutex<Option<Session>>,
}

impl Token {
    /// The token that the environment names; nothing where it names none. One for the whole process: a module is loaded once.
    pub fn named() -> Result<Option<Arc<Token>>> {
        static TOKEN: OnceLock<Result<Option<Arc<Token>>, String>> = OnceLock::new();
        let open = || Token::from_environment().map_err(|fault| format!("{fault:#}"));
        TOKEN.get_or_init(open).clone().map_err(|said| anyhow!(said))
    }

    fn from_environment() -> Result<Option<Arc<Token>>> {
        let Some(module) = std::env::var_os(MODULE).filter(|module| !module.is_empty()) else { return Ok(None) };
        let said =
            |name: &str| std::env::var(name).with_context(|| format!("有 {MODULE}，还须设 {name} / {name} is missing"));
        let (label, file) = (said(LABEL)?, PathBuf::from(said(PIN_FILE)?));
        let pin = std::fs::read_to_string(&file).map(Zeroizing::new);
        let pin = pin.with_context(|| format!("无法读取 {PIN_FILE} {} / cannot read it", file.display()))?;
        Ok(Some(Arc::new(Token::open(Path::new(&module), &label, pin.trim())?)))
    }

    /// Loads a module, finds the token of that label and signs in.
    fn open(module: &Path, label: &str, pin: &str) -> Result<Token> {
        let place = || format!("密码设备模块 {} / the PKCS#11 module", module.display());
        let context = Pkcs11::new(module).with_context(place)?;
        match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(fault) => return Err(fault).with_context(place),
        }
        let token = Token { context, label: label.to_owned(), pin: AuthPin::from(pin), session: Mutex::default() };
        token.with(|_| Ok(()))?;
        Ok(token)
    }

    fn begin(&self) -> Result<Session> {
        for slot in self.context.get_slots_with_token()? {
            if self.context.get_token_info(slot)?.label() == self.label {
                let session = self.context.open_rw_session(slot)?;
                return match session.login(UserType::User, Some(&self.pin)) {
                    Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
                    Err(fault) => {
                        Err(fault).with_context(|| format!("{}：PIN 未被接受 / its PIN was not taken", self.label))
                    }
                };
            }
        }
        bail!("没有名为 {} 的密码设备 / there is no token of that label", self.label)
    }

    /// Works with the session; once more with a fresh one where the token has lost it.
    fn with<T>(&self, work: impl Fn(&Session) -> Result<T>) -> Result<T> {
        let mut held = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = held.as_ref() {
            match work(session) {
                Err(fault) if is_lost(&fault) => *held = None,
                done => return done,
            }
        }
        work(held.insert(self.begin()?))
    }

    /// Seals bytes; the key that does is made in the token the first time.
    fn seal(&self, plain: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE_BYTES] = system::random()?;
        self.with(|session| {
            let key = match find(session, ObjectClass::SECRET_KEY, SEALING)? {
                Some(key) => key,
                None => session.generate_key(&Mechanism::AesKeyGen, &sealing_key())?,
            };
            let mut iv = nonce;
            let params = GcmParams::new(&mut iv, PURPOSE, TAG_BITS.into())?;
            let sealed = session.encrypt(&Mechanism::AesGcm(params), key, plain)?;
            Ok([nonce.as_slice(), &sealed].concat())
        })
    }

    /// Opens what [`Token::seal`] sealed.
    fn unseal(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let (nonce, text) =
            sealed.split_first_chunk::<NONCE_BYTES>().context("密文不完整 / what was sealed is cut off")?;
        self.with(|session| {
            let key = find(session, ObjectClass::SECRET_KEY, SEALING)?;
            let key = key.with_context(|| format!("{}：没有密钥 {SEALING} / the token has no such key", self.label))?;
            let mut iv = *nonce;
            let params = GcmParams::new(&mut iv, PURPOSE, TAG_BITS.into())?;
            let plain = session.decrypt(&Mechanism::AesGcm(params), key, text);
            plain.map(Zeroizing::new).with_context(|| format!("{}：打不开 / does not open it", self.label))
        })
    }

    /// Takes an Ed25519 key in, unless it has it: from then on it signs and never shows it.
    fn take(&self, label: &str, seed: &[u8; 32]) -> Result<()> {
        self.with(|session| {
            if find(session, ObjectClass::PRIVATE_KEY, label)?.is_none() {
                session.create_object(&signing_key(label, seed))?;
            }
            Ok(())
        })
    }

    /// Signs a text with the key of that label.
    fn sign(&self, label: &str, text: &[u8]) -> Result<Vec<u8>> {
        self.with(|session| {
            let key = find(session, ObjectClass::PRIVATE_KEY, label)?;
            let key = key.with_context(|| format!("{}：没有密钥 {label} / the token has no such key", self.label))?;
            let scheme = EddsaParams::new(EddsaSignatureScheme::Ed25519);
            Ok(session.sign(&Mechanism::Eddsa(scheme), key, text)?)
        })
    }
}

/// What a file that holds a secret is to say: the secret sealed, where the environment names a token, else itself.
pub fn sealed(text: &str) -> Result<Zeroizing<String>> {
    let Some(token) = Token::named()? else { return Ok(Zeroizing::new(text.to_owned())) };
    let sealed = token.seal(text.as_bytes())?;
    if *token.unseal(&sealed)? != text.as_bytes() {
        bail!("{}：加密后打不开 / what the token sealed it does not open", token.label);
    }
    Ok(Zeroizing::new(format!("{SEALED_HEAD}{}\n", BASE64.encode(sealed))))
}

/// What such a file said.
pub fn opened(text: Zeroizing<String>) -> Result<Zeroizing<String>> {
    let Some(sealed) = text.trim().strip_prefix(SEALED_HEAD) else { return Ok(text) };
    let token = Token::named()?.with_context(|| {
        format!("由密码设备加密，请设 {MODULE}、{LABEL}、{PIN_FILE} / a token sealed it: name that in the environment")
    })?;
    let sealed = BASE64.decode(sealed).context("密文不完整 / what was sealed is not whole")?;
    let plain = token.unseal(&sealed)?;
    let text = std::str::from_utf8(&plain).context("不是文字 / not a text")?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// A key of the log that signs in a token.
pub struct TokenKey {
    key: NoteKey,
    token: Arc<Token>,
}

impl TokenKey {
    /// Puts a key into a token: the line that names it, once a signature of the token's has verified.
    pub fn take(token: &Arc<Token>, key: &NoteKey, seed: &[u8; 32]) -> Result<String> {
        let label = signing_label(key);
        token.take(&label, seed)?;
        let own = TokenKey { key: key.clone(), token: Arc::clone(token) };
        own.sign(b"gongbao").with_context(|| format!("{label}：密码设备签名不对 / the token signs wrongly"))?;
        Ok(format!("{KEY_HEAD}{key}"))
    }

    /// The key that a line names; nothing if it names none in a token.
    pub fn read(line: &str) -> Result<Option<TokenKey>> {
        let Some(key) = line.trim().strip_prefix(KEY_HEAD) else { return Ok(None) };
        let token = Token::named()?
            .with_context(|| format!("密钥在密码设备里，请设 {MODULE} / the key is in a token: name it"))?;
        Ok(Some(TokenKey { key: key.parse()?, token }))
    }
}

impl NoteSigner for TokenKey {
    fn key(&self) -> &NoteKey {
        &self.key
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignFault> {
        let signature =
            self.token.sign(&signing_label(&self.key), text).map_err(|fault| SignFault(format!("{fault:#}")))?;
        // A token that holds another key under this name signs nothing that anybody would believe.
        if self.key.verifies(text, &signature) {
            Ok(signature)
        } else {
            Err(SignFault(format!("{}：签名与公钥不符 / its signature does not fit the key", self.token.label)))
        }
    }
}

/// Whether the token went away, or forgot the session.
fn is_lost(fault: &anyhow::Error) -> bool {
    let lost = |fault: &Error| match fault {
        Error::Pkcs11(fault, _) => matches!(
            fault,
            RvError::SessionHandleInvalid
                | RvError::SessionClosed
                | RvError::DeviceRemoved
                | RvError::DeviceError
                | RvError::TokenNotPresent
                | RvError::UserNotLoggedIn
        ),
        _ => false,
    };
    fault.chain().filter_map(|cause| cause.downcast_ref()).any(lost)
}

fn find(session: &Session, class: ObjectClass, label: &str) -> Result<Option<ObjectHandle>> {
    let wanted = [Attribute::Class(class), Attribute::Label(label.into()), Attribute::Token(true)];
    Ok(session.find_objects(&wanted)?.first().copied())
}

/// A log's name may have had other keys: the key's own number tells them apart.
fn signing_label(key: &NoteKey) -> String {
    format!("{SIGNING} {} {}", key.name(), hex::encode(key.id()))
}

/// What never leaves: neither shown nor wrapped by another key.
fn kept(label: &str) -> Vec<Attribute> {
    vec![
        Attribute::Label(label.into()),
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
    ]
}

fn sealing_key() -> Vec<Attribute> {
    let own = [Attribute::ValueLen(32.into()), Attribute::Encrypt(true), Attribute::Decrypt(true)];
    kept(SEALING).into_iter().chain(own).collect()
}

fn signing_key(label: &str, seed: &[u8; 32]) -> Vec<Attribute> {
    let own = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::KeyType(KeyType::EC_EDWARDS),
        Attribute::EcParams(ED25519.to_vec()),
        Attribute::Value(seed.to_vec()),
        Attribute::Sign(true),
    ];
    kept(label).into_iter().chain(own).collect()
}
