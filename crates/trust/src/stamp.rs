//! Electronic seals of offices (电子印章): who stamped a document, and that nothing in it was changed since. The signatures are those that
//! standard PDF readers verify; the certificates are X.509, made here for a sample county, or a county's own.

use std::fmt;
use std::time::{Duration, SystemTime};

use der::{Encode, EncodePem};
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use x509_cert::Certificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, Builder as _, CertificateBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier};
use x509_cert::ext::{Extension, ToExtension as _};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};
use zeroize::Zeroizing;

use crate::cms;
use crate::digest::{Sha256, TreeHash};

const COMMON_NAME: der::asn1::ObjectIdentifier = der::asn1::ObjectIdentifier::new_unwrap("2.5.4.3");

/// An office's certificate, or that of the authority that issues them (证书).
#[derive(Clone, PartialEq, Eq)]
pub struct StampCertificate(Certificate);

/// What an office stamps documents with: its secret key and its certificate, those above it behind.
pub struct StampKey {
    secret: SigningKey,
    chain: Vec<Certificate>,
}

/// A key and certificate as they lie in files.
pub struct StampFiles {
    /// The secret key (PKCS #8), in PEM.
    pub key: Zeroizing<String>,
    /// The certificates, in PEM, the key's own first.
    pub certificates: String,
}

/// What to write into a new certificate.
#[derive(Debug, Clone, Copy)]
pub struct NewStamp<'a> {
    /// Whose it is: an office, or the authority.
    pub name: &'a str,
    /// 32 secret random bytes.
    pub seed: [u8; 32],
    /// 16 random bytes.
    pub serial: [u8; 16],
    /// Valid from, in seconds since 1970.
    pub from: u64,
    /// Valid to, in seconds since 1970.
    pub to: u64,
}

/// Who stamped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// The office, as its certificate has it.
    pub name: String,
    /// Who issued the certificate.
    pub issuer: String,
    /// Its serial number, in hexadecimal.
    pub serial: String,
    /// Valid from and to, in seconds since 1970.
    pub valid: (u64, u64),
    /// Whether an authority that is known issued it.
    pub trusted: bool,
}

/// Why a stamp is none, or cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StampFault {
    /// A key or certificate is not one that can be used.
    #[error("证书或私钥不可用：{0} / the certificate or its key cannot be used: {0}")]
    Key(String),
    /// The bytes are no signature of the kind that is used here.
    #[error("签章数据不完整或格式不对 / the signature is cut off or of another kind")]
    Form,
    /// The content is not what was stamped.
    #[error("加盖电子印章以后内容被改动 / the content was changed after it was stamped")]
    Altered,
    /// The signature was not made by the key of the certificate.
    #[error(
        "签章不是用证书的密钥作出的，或者签章被改动 / the signature was not made with the certificate's key, or was altered"
    )]
    Signature,
}

fn unusable(error: impl fmt::Display) -> StampFault {
    StampFault::Key(error.to_string())
}

impl fmt::Debug for StampCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "StampCertificate({}, {})", self.name(), self.fingerprint())
    }
}

impl StampCertificate {
    /// Reads the certificates of a PEM file.
    ///
    /// # Errors
    /// If there is none or one cannot be read.
    pub fn read_all(pem: &str) -> Result<Vec<StampCertificate>, StampFault> {
        let chain = Certificate::load_pem_chain(pem.as_bytes()).map_err(unusable)?;
        if chain.is_empty() {
            return Err(StampFault::Key("没有证书 / there is no certificate".to_owned()));
        }
        Ok(chain.into_iter().map(StampCertificate).collect())
    }

    /// Whose it is.
    #[must_use]
    pub fn name(&self) -> String {
        common_name(self.0.tbs_certificate().subject())
    }

    /// The certificate in PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        self.0.to_pem(der::pem::LineEnding::LF).expect("what was read can be written")
    }

    /// The SHA-256 of the certificate: what people compare it by.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        certificate_digest(&self.0).map(hex::encode).unwrap_or_default()
    }

    /// Whether this authority issued a certificate.
    fn issued(&self, other: &Certificate) -> bool {
        let (own, of) = (self.0.tbs_certificate(), other.tbs_certificate());
        let constraints = own.get_extension::<BasicConstraints>().ok().flatten();
        let authority = constraints.is_some_and(|(_, constraints)| constraints.ca);
        let signed = || {
            let key = verifying_key(&self.0)?;
            let signature = DerSignature::try_from(other.signature().as_bytes()?).ok()?;
            key.verify(&of.to_der().ok()?, &signature).ok()
        };
        authority && own.subject() == of.issuer() && other.signature_algorithm().oid == cms::ECDSA && signed().is_some()
    }
}

impl StampKey {
    /// Reads a key and its certificates from PEM.
    ///
    /// # Errors
    /// If they cannot be read, do not belong together or are of another kind than P-256.
    pub fn read(files: &StampFiles) -> Result<StampKey, StampFault> {
        let secret = SigningKey::from_pkcs8_pem(&files.key)
            .map_err(|_| StampFault::Key("私钥应是 P-256 的 PKCS #8 / the key must be PKCS #8 for P-256".to_owned()))?;
        let chain = StampCertificate::read_all(&files.certificates)?;
        let chain: Vec<Certificate> = chain.into_iter().map(|one| one.0).collect();
        if chain.first().and_then(verifying_key).as_ref() != Some(secret.verifying_key()) {
            return Err(StampFault::Key("证书不是这把私钥的 / the certificate is not that of this key".to_owned()));
        }
        Ok(StampKey { secret, chain })
    }

    /// A new authority, which signs its own certificate.
    ///
    /// # Errors
    /// If the random bytes are no key: draw again.
    pub fn new_authority(new: &NewStamp<'_>) -> Result<StampFiles, StampFault> {
        let secret = SigningKey::from_slice(&new.seed).map_err(unusable)?;
        let name = named(new.name)?;
        let own = certificate(new, &secret, (&secret, name), true)?;
        files(&secret, &[own])
    }

    /// A new office's key, with a certificate that this authority signs.
    ///
    /// # Errors
    /// If the random bytes are no key: draw again.
    pub fn new_office(&self, new: &NewStamp<'_>) -> Result<StampFiles, StampFault> {
        let secret = SigningKey::from_slice(&new.seed).map_err(unusable)?;
        let issuer = self.chain[0].tbs_certificate().subject().clone();
        let own = certificate(new, &secret, (&self.secret, issuer), false)?;
        files(&secret, &[vec![own], self.chain.clone()].concat())
    }

    /// The signature over content with this SHA-256: a CMS message for a PDF.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn stamp(&self, digest: &[u8; 32]) -> Result<Vec<u8>, StampFault> {
        let own = certificate_digest(&self.chain[0]).ok_or(StampFault::Form)?;
        let attributes = cms::attributes(digest, &own).map_err(unusable)?;
        let signature: DerSignature = self.secret.sign(&attributes.to_der().map_err(unusable)?);
        cms::message(&self.chain, attributes, signature.as_bytes()).map_err(unusable)
    }

    /// The key's own certificate.
    #[must_use]
    pub fn certificate(&self) -> StampCertificate {
        StampCertificate(self.chain[0].clone())
    }
}

impl fmt::Debug for StampKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "StampKey({})", self.certificate().name())
    }
}

/// Who stamped content with this SHA-256, if the message is their signature over it.
///
/// # Errors
/// If it is not.
pub fn read_stamp(message: &[u8], digest: &[u8; 32], known: &[StampCertificate]) -> Result<Stamped, StampFault> {
    let read = cms::read(message).ok_or(StampFault::Form)?;
    let certificate = read.certificates.first().ok_or(StampFault::Form)?;
    if read.digest != digest {
        return Err(StampFault::Altered);
    }
    let key = verifying_key(certificate).ok_or(StampFault::Form)?;
    let signature = DerSignature::try_from(read.signature.as_slice()).map_err(|_| StampFault::Form)?;
    key.verify(&read.signed, &signature).map_err(|_| StampFault::Signature)?;
    let of = certificate.tbs_certificate();
    let seconds = |time: &Time| time.to_unix_duration().as_secs();
    Ok(Stamped {
        name: common_name(of.subject()),
        issuer: common_name(of.issuer()),
        serial: hex::encode(of.serial_number().as_bytes()),
        valid: (seconds(&of.validity().not_before), seconds(&of.validity().not_after)),
        trusted: known.iter().any(|known| known.0 == *certificate || known.issued(certificate)),
    })
}

/// The SHA-256 of a certificate.
pub(crate) fn certificate_digest(certificate: &Certificate) -> Option<[u8; 32]> {
    Some(Sha256::hash(&[&certificate.to_der().ok()?]).0)
}

fn verifying_key(certificate: &Certificate) -> Option<VerifyingKey> {
    let key = certificate.tbs_certificate().subject_public_key_info();
    VerifyingKey::from_sec1_bytes(key.subject_public_key.as_bytes()?).ok()
}

fn common_name(name: &Name) -> String {
    let parts = name.iter_rdn().flat_map(|part| part.iter()).filter(|part| part.oid == COMMON_NAME);
    parts.map(|part| String::from_utf8_lossy(part.value.value()).into_owned()).next().unwrap_or_default()
}

/// A name as certificates have it, what has a meaning in its notation escaped.
fn named(name: &str) -> Result<Name, StampFault> {
    let escaped = name.chars().flat_map(|sign| {
        let special = "\\,+\"<>;=#".contains(sign);
        special.then_some('\\').into_iter().chain([sign])
    });
    format!("CN={}", escaped.collect::<String>()).parse().map_err(unusable)
}

fn files(secret: &SigningKey, chain: &[Certificate]) -> Result<StampFiles, StampFault> {
    let key = secret.to_pkcs8_pem(der::pem::LineEnding::LF).map_err(unusable)?;
    let certificates = chain.iter().map(|one| one.to_pem(der::pem::LineEnding::LF)).collect::<Result<_, _>>();
    Ok(StampFiles { key, certificates: certificates.map_err(unusable)? })
}

fn certificate(
    new: &NewStamp<'_>,
    own: &SigningKey,
    (signer, issuer): (&SigningKey, Name),
    authority: bool,
) -> Result<Certificate, StampFault> {
    let time = |seconds| Time::try_from(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).map_err(unusable);
    let mut serial = new.serial;
    // A serial number is above nought, so its first bit is clear.
    serial[0] = serial[0] & 0x7f | 0x40;
    let profile = Profile { subject: named(new.name)?, issuer, authority };
    let validity = Validity::new(time(new.from)?, time(new.to)?);
    let key = SubjectPublicKeyInfoOwned::from_key(own.verifying_key()).map_err(unusable)?;
    let serial = SerialNumber::new(&serial).map_err(unusable)?;
    let builder = CertificateBuilder::new(profile, serial, validity, key).map_err(unusable)?;
    builder.build::<_, DerSignature>(signer).map_err(unusable)
}

/// What stands in a certificate besides names and key.
struct Profile {
    subject: Name,
    issuer: Name,
    authority: bool,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        own: SubjectPublicKeyInfoRef<'_>,
        _issuer: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let uses = if self.authority {
            KeyUsages::KeyCertSign | KeyUsages::CRLSign
        } else {
            KeyUsages::DigitalSignature | KeyUsages::NonRepudiation
        };
        let constraints = BasicConstraints { ca: self.authority, path_len_constraint: self.authority.then_some(0) };
        let identifier = SubjectKeyIdentifier::try_from(own)?;
        Ok(vec![
            constraints.to_extension(tbs.subject(), &[])?,
            KeyUsage(uses).to_extension(tbs.subject(), &[])?,
            identifier.to_extension(tbs.subject(), &[])?,
        ])
    }
}
