//! Keys of notes: Ed25519, which every witness knows, and SM2 (GB/T 32918) with SM3 beside it.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::Signer as _;
use sm2::dsa::signature::Verifier as _;
use zeroize::Zeroizing;

use crate::cosign::cosigned;
use crate::digest::{Sha256, TreeHash};
use crate::note::{NoteSignature, is_key_name};

/// First byte of an Ed25519 key.
const ED25519: u8 = 0x01;
/// First byte of a witness's key: Ed25519 over a checkpoint and a time (C2SP tlog-cosignature).
pub(crate) const WITNESS: u8 = 0x04;
/// First byte of a key of a kind that the format has no number for; a name follows.
const NAMED: u8 = 0xff;
/// The name of SM2 with SM3 (GB/T 32918.2, RFC 8998).
const SM2_NAME: &[u8] = b"gongbao/sm2sig_sm3";
/// The signer's distinguishing identifier that everybody uses (GM/T 0009).
const SM2_DISTINGUISHING: &str = "1234567812345678";
/// How the text of a secret key begins.
pub(crate) const SECRET_HEAD: &str = "PRIVATE+KEY+";

/// A kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKeyKind {
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// SM2 with SM3 (国密签名, GB/T 32918.2).
    Sm2,
    /// Ed25519 of a witness (见证方), with the time.
    Witness,
}

/// The public half of a key that signs notes: what others verify with. Reads and prints as one line.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteKey {
    name: String,
    id: [u8; 4],
    public: Public,
}

#[derive(Clone, PartialEq, Eq)]
enum Public {
    Ed25519(ed25519_dalek::VerifyingKey),
    Sm2 { point: [u8; 65] },
    Witness(ed25519_dalek::VerifyingKey),
}

/// Why a text is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("密钥不对：{0} / not a key: {0}")]
pub struct NoteKeyFault(pub &'static str);

/// What signs notes. Software here; a token or a cipher machine (密码机) may stand behind it.
pub trait NoteSigner: Send + Sync {
    /// The public half.
    fn key(&self) -> &NoteKey;

    /// The signature over a text.
    ///
    /// # Errors
    /// If the key cannot be used now.
    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignFault>;
}

/// Why nothing could be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("无法签名：{0} / cannot sign: {0}")]
pub struct SignFault(pub String);

/// A key in memory. Signs without chance: the same text gives the same signature.
pub struct SoftwareKey {
    key: NoteKey,
    seed: Zeroizing<[u8; 32]>,
    secret: Secret,
}

enum Secret {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    Sm2(Box<sm2::dsa::SigningKey>),
}

impl NoteKey {
    /// Its name: the log's, or a witness's.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which of the keys of that name.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> NoteKeyKind {
        match self.public {
            Public::Ed25519(_) => NoteKeyKind::Ed25519,
            Public::Sm2 { .. } => NoteKeyKind::Sm2,
            Public::Witness(_) => NoteKeyKind::Witness,
        }
    }

    /// The key of a witness.
    pub(crate) fn witness(name: &str, key: ed25519_dalek::VerifyingKey) -> NoteKey {
        NoteKey::new(name, Public::Witness(key))
    }

    fn new(name: &str, public: Public) -> NoteKey {
        let id = Sha256::hash(&[name.as_bytes(), b"\n", &public.bytes()]);
        let id = *id.as_bytes().first_chunk().expect("a digest is longer");
        NoteKey { name: name.to_owned(), id, public }
    }

    /// Whether this key made a signature of a text.
    #[must_use]
    pub fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        match &self.public {
            Public::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(text, &signature).is_ok()),
            Public::Sm2 { point } => {
                let key = sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_DISTINGUISHING, point);
                let signature = sm2::dsa::Signature::from_slice(signature);
                key.is_ok_and(|key| signature.is_ok_and(|signature| key.verify(text, &signature).is_ok()))
            }
            Public::Witness(key) => signature.split_first_chunk::<8>().is_some_and(|(at, signature)| {
                let text = cosigned(text, u64::from_be_bytes(*at));
                ed25519_dalek::Signature::from_slice(signature)
                    .is_ok_and(|signature| key.verify_strict(&text, &signature).is_ok())
            }),
        }
    }
}

impl Public {
    /// Kind and key, as they are printed and hashed.
    fn bytes(&self) -> Vec<u8> {
        match self {
            Public::Ed25519(key) => [&[ED25519], key.as_bytes().as_slice()].concat(),
            Public::Sm2 { point } => [&[NAMED], SM2_NAME, point].concat(),
            Public::Witness(key) => [&[WITNESS], key.as_bytes().as_slice()].concat(),
        }
    }

    fn read(bytes: &[u8]) -> Option<Public> {
        match bytes.split_first()? {
            (&ED25519, key) => {
                Some(Public::Ed25519(ed25519_dalek::VerifyingKey::from_bytes(key.try_into().ok()?).ok()?))
            }
            (&WITNESS, key) => {
                Some(Public::Witness(ed25519_dalek::VerifyingKey::from_bytes(key.try_into().ok()?).ok()?))
            }
            (&NAMED, named) => {
                let point: [u8; 65] = named.strip_prefix(SM2_NAME)?.try_into().ok()?;
                sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_DISTINGUISHING, &point).ok()?;
                Some(Public::Sm2 { point })
            }
            _ => None,
        }
    }
}

impl fmt::Display for NoteKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}+{}+{}", self.name, hex::encode(self.id), BASE64.encode(self.public.bytes()))
    }
}

impl fmt::Debug for NoteKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NoteKey({self})")
    }
}

impl FromStr for NoteKey {
    type Err = NoteKeyFault;

    fn from_str(text: &str) -> Result<Self, NoteKeyFault> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(bytes)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteKeyFault("应为 名称+编号+公钥 / it should be name+id+key"));
        };
        if !is_key_name(name) {
            return Err(NoteKeyFault("名称不对 / its name is wrong"));
        }
        let public = BASE64.decode(bytes).ok().and_then(|bytes| Public::read(&bytes));
        let key = NoteKey::new(name, public.ok_or(NoteKeyFault("公钥无法识别 / its key is not understood"))?);
        if hex::encode(key.id) == id {
            Ok(key)
        } else {
            Err(NoteKeyFault("编号与公钥不符 / its id does not fit"))
        }
    }
}

impl SoftwareKey {
    /// A key of a kind and a name from 32 secret random bytes.
    ///
    /// # Errors
    /// If the name cannot be one, or, once in 2^32 draws, the bytes are no SM2 key: draw again.
    pub fn new(kind: NoteKeyKind, name: &str, seed: [u8; 32]) -> Result<SoftwareKey, NoteKeyFault> {
        if !is_key_name(name) {
            return Err(NoteKeyFault("名称不对 / its name is wrong"));
        }
        let seed = Zeroizing::new(seed);
        let (secret, public) = match kind {
            NoteKeyKind::Ed25519 => {
                let secret = ed25519_dalek::SigningKey::from_bytes(&seed);
                let public = Public::Ed25519(secret.verifying_key());
                (Secret::Ed25519(Box::new(secret)), public)
            }
            NoteKeyKind::Sm2 => {
                let secret = sm2::dsa::SigningKey::from_slice(SM2_DISTINGUISHING, seed.as_slice())
                    .map_err(|_| NoteKeyFault("不是 SM2 私钥 / not a secret key of SM2"))?;
                let point = secret.verifying_key().to_sec1_bytes();
                let point = (*point).try_into().expect("an uncompressed point has 65 bytes");
                (Secret::Sm2(Box::new(secret)), Public::Sm2 { point })
            }
            NoteKeyKind::Witness => {
                return Err(NoteKeyFault("见证密钥不签检查点本身 / a witness's key signs no notes of its own"));
            }
        };
        Ok(SoftwareKey { key: NoteKey::new(name, public), seed, secret })
    }

    /// The line that [`SoftwareKey::read`] reads. Secret.
    #[must_use]
    pub fn secret_text(&self) -> Zeroizing<String> {
        let head: &[u8] = match self.secret {
            Secret::Ed25519(_) => &[ED25519],
            Secret::Sm2(_) => &[&[NAMED], SM2_NAME].concat(),
        };
        let bytes = Zeroizing::new([head, self.seed.as_slice()].concat());
        let (name, id) = (&self.key.name, hex::encode(self.key.id));
        Zeroizing::new(format!("{SECRET_HEAD}{name}+{id}+{}", BASE64.encode(&*bytes)))
    }

    /// The secret of an Ed25519 key (RFC 8032), for whoever moves it into a token; nothing of another kind. Secret.
    #[must_use]
    pub fn ed25519_seed(&self) -> Option<&[u8; 32]> {
        matches!(self.secret, Secret::Ed25519(_)).then_some(&*self.seed)
    }

    /// Reads a secret key from its line.
    ///
    /// # Errors
    /// If it is none.
    pub fn read(text: &str) -> Result<SoftwareKey, NoteKeyFault> {
        let wrong = NoteKeyFault("应为 PRIVATE+KEY+名称+编号+私钥 / it should be PRIVATE+KEY+name+id+key");
        let mut parts = text.trim().strip_prefix(SECRET_HEAD).unwrap_or_default().splitn(3, '+');
        let (Some(name), Some(id), Some(bytes)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong);
        };
        let bytes = Zeroizing::new(BASE64.decode(bytes).map_err(|_| wrong.clone())?);
        let (kind, seed) = match bytes.split_first() {
            Some((&ED25519, seed)) => (NoteKeyKind::Ed25519, Some(seed)),
            Some((&NAMED, named)) => (NoteKeyKind::Sm2, named.strip_prefix(SM2_NAME)),
            _ => return Err(wrong),
        };
        let seed = seed.and_then(|seed| seed.try_into().ok()).ok_or(wrong)?;
        let key = SoftwareKey::new(kind, name, seed)?;
        if hex::encode(key.key.id) == id {
            Ok(key)
        } else {
            Err(NoteKeyFault("编号与私钥不符 / its id does not fit"))
        }
    }
}

impl NoteSigner for SoftwareKey {
    fn key(&self) -> &NoteKey {
        &self.key
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignFault> {
        match &self.secret {
            Secret::Ed25519(key) => Ok(key.sign(text).to_bytes().to_vec()),
            Secret::Sm2(key) => {
                let signed: Result<sm2::dsa::Signature, _> = key.try_sign(text);
                signed.map(|signature| signature.to_bytes().to_vec()).map_err(|error| SignFault(error.to_string()))
            }
        }
    }
}

/// The line that a signer puts below a text.
pub(crate) fn signature(signer: &dyn NoteSigner, text: &str) -> Result<NoteSignature, SignFault> {
    let key = signer.key();
    Ok(NoteSignature { name: key.name.clone(), id: key.id, signature: signer.sign(text.as_bytes())? })
}
