//! Cryptographic messages (CMS, RFC 5652), as far as a detached signature over a PDF needs them: the profile of PAdES (ETSI EN 319 142)
//! at level B-B, with ECDSA over P-256 and SHA-256. Standard readers know it.

use der::asn1::{Any, ObjectIdentifier, OctetString, SetOfVec};
use der::{Decode, Encode, Sequence, ValueOrd};
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
/// Which certificate signed, by its digest (ESS, RFC 5035): without it, another certificate for the same key could be put in its place.
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
/// ECDSA with SHA-256.
pub(crate) const ECDSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

#[derive(Sequence)]
struct ContentInfo {
    content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    content: SignedData,
}

#[derive(Sequence)]
struct SignedData {
    version: u8,
    digest_algorithms: SetOfVec<AlgorithmIdentifierOwned>,
    content: Encapsulated,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    certificates: Option<SetOfVec<Certificate>>,
    signers: SetOfVec<SignerInfo>,
}

/// The content is not here: it is the PDF.
#[derive(Sequence)]
struct Encapsulated {
    content_type: ObjectIdentifier,
}

#[derive(Clone, PartialEq, Eq, Sequence, ValueOrd)]
struct SignerInfo {
    version: u8,
    signer: Signer,
    digest_algorithm: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    attributes: SetOfVec<Attribute>,
    signature_algorithm: AlgorithmIdentifierOwned,
    signature: OctetString,
}

#[derive(Clone, PartialEq, Eq, Sequence, ValueOrd)]
struct Signer {
    issuer: Name,
    serial: SerialNumber,
}

#[derive(Sequence)]
struct SigningCertificate {
    certificates: Vec<CertificateDigest>,
}

/// The algorithm is SHA-256 where none stands.
#[derive(Sequence)]
struct CertificateDigest {
    digest: OctetString,
}

/// A signature as it was read: what the signer says, still to be checked against the content and the certificate.
pub(crate) struct Read {
    /// The signer's certificate, then the others.
    pub(crate) certificates: Vec<Certificate>,
    /// The digest of the content.
    pub(crate) digest: Vec<u8>,
    /// What was signed.
    pub(crate) signed: Vec<u8>,
    /// The signature over it.
    pub(crate) signature: Vec<u8>,
}

/// What is to be signed over content with this SHA-256, by the first of these certificates.
pub(crate) fn attributes(digest: &[u8; 32], certificate: &[u8; 32]) -> der::Result<SetOfVec<Attribute>> {
    let essential =
        SigningCertificate { certificates: vec![CertificateDigest { digest: OctetString::new(*certificate)? }] };
    SetOfVec::try_from(vec![
        attribute(CONTENT_TYPE, &DATA)?,
        attribute(MESSAGE_DIGEST, &OctetString::new(*digest)?)?,
        attribute(SIGNING_CERTIFICATE, &essential)?,
    ])
}

fn attribute<T: Encode>(oid: ObjectIdentifier, value: &T) -> der::Result<Attribute> {
    let values = SetOfVec::try_from(vec![Any::from_der(&value.to_der()?)?])?;
    Ok(Attribute { oid, values })
}

/// The message around a signature.
pub(crate) fn message(
    certificates: &[Certificate],
    attributes: SetOfVec<Attribute>,
    signature: &[u8],
) -> der::Result<Vec<u8>> {
    let own = certificates.first().ok_or_else(|| der::Error::from(der::ErrorKind::Failed))?.tbs_certificate();
    let sha_256 = AlgorithmIdentifierOwned { oid: SHA_256, parameters: None };
    let signer = SignerInfo {
        version: 1,
        signer: Signer { issuer: own.issuer().clone(), serial: own.serial_number().clone() },
        digest_algorithm: sha_256.clone(),
        attributes,
        signature_algorithm: AlgorithmIdentifierOwned { oid: ECDSA, parameters: None },
        signature: OctetString::new(signature)?,
    };
    let content = SignedData {
        version: 1,
        digest_algorithms: SetOfVec::try_from(vec![sha_256])?,
        content: Encapsulated { content_type: DATA },
        certificates: Some(SetOfVec::try_from(certificates.to_vec())?),
        signers: SetOfVec::try_from(vec![signer])?,
    };
    ContentInfo { content_type: SIGNED_DATA, content }.to_der()
}

/// Reads a message with one signer whose certificate is in it and named by its digest; nothing if it is none.
pub(crate) fn read(message: &[u8]) -> Option<Read> {
    let info = ContentInfo::from_der(message).ok()?;
    let signer = match info.content.signers.as_slice() {
        [signer] if info.content_type == SIGNED_DATA && signer.signature_algorithm.oid == ECDSA => signer.clone(),
        _ => return None,
    };
    let mut certificates = info.content.certificates?.into_vec();
    let own = certificates.iter().position(|one| {
        let one = one.tbs_certificate();
        *one.issuer() == signer.signer.issuer && *one.serial_number() == signer.signer.serial
    })?;
    certificates.swap(0, own);
    let value = |oid| signer.attributes.iter().find(|one| one.oid == oid)?.values.get(0)?.to_der().ok();
    let content_type = ObjectIdentifier::from_der(&value(CONTENT_TYPE)?).ok()?;
    let essential = SigningCertificate::from_der(&value(SIGNING_CERTIFICATE)?).ok()?;
    let named = essential.certificates.first()?.digest.as_bytes().to_vec();
    if content_type != DATA || named != super::stamp::certificate_digest(&certificates[0])? {
        return None;
    }
    let digest = OctetString::from_der(&value(MESSAGE_DIGEST)?).ok()?.as_bytes().to_vec();
    let signed = signer.attributes.to_der().ok()?;
    Some(Read { certificates, digest, signed, signature: signer.signature.as_bytes().to_vec() })
}
