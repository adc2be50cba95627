//! What lets a citizen, an auditor or a later clerk trust a record without trusting its keeper.
//!
//! Bytes go in; digests, proofs, seals and codes come out. This crate has never heard of a regulation or a
//! database, and it has no source of chance: salts, nonces and keys are arguments, so that every result can be
//! computed again in a test, in an audit or on another machine.
//!
//! - [`Digest`], [`sm3()`]: the hash (SM3, 密码杂凑算法, GB/T 32905).
//! - [`commit`], [`leaf`], [`Tree`]: salted commitments to acts and the Merkle tree over them.
//! - [`Tiles`], [`grow`], [`TilePath`], [`Entry`], [`bundle`]: the same tree kept and served in tiles (C2SP tlog-tiles).
//! - [`Note`], [`NoteKey`], [`NoteSigner`], [`Checkpoint`], [`LogProof`]: what is signed, by whom, and proofs that need no network.
//! - [`WitnessKey`], [`WitnessRequest`]: cosignatures of who watches that a log only grows.
//! - [`DocumentProof`], [`document_digest`]: that a document was issued and stands in the log, as text and as what a QR code holds.
//! - [`Key`], [`seal`], [`open`]: personal data sealed per person with SM4-GCM (GB/T 32907, RFC 8998).
//! - [`StampKey`], [`read_stamp`]: electronic seals of offices over PDFs, in the profile that standard readers verify.
//! - [`mac`]: codes over stored rows.
//! - [`hash_password`], [`verify_password`], [`token_digest`], [`same_bytes`]: sign-in.
//! - [`PasskeySite`], [`PasskeyKey`], [`PublicKey`]: answers of authenticators (WebAuthn), and signatures of sign-in services.
//! - [`check_totp`], [`totp_uri`], [`recovery_digest`]: one-time codes as second factor (RFC 6238).
//! - [`sign_webhook`], [`read_webhook_secret`]: what goes out to other programs, signed (Standard Webhooks).
//! - [`verification_code`], [`read_verification_code`]: the code printed under a certificate's QR code (核验码).
//!
//! The byte formats are fixed in `docs/formats/`; the vectors printed there are run as tests.
#![warn(missing_docs)]

mod base32;
mod checkpoint;
mod cms;
mod code;
mod commitment;
mod compact_proof;
mod cosign;
mod digest;
mod document_proof;
mod entry;
mod log_proof;
mod mac;
mod nodes;
mod note;
mod note_key;
mod passkey;
mod password;
mod public_key;
mod seal;
mod stamp;
mod tile_path;
mod tiles;
mod token;
mod totp;
mod tree;
mod webhook;

pub use checkpoint::Checkpoint;
pub use code::{CodeFault, read_verification_code, verification_code};
pub use commitment::{SALT_BYTES, commit, leaf};
pub use cosign::{WitnessFault, WitnessKey, WitnessRequest};
pub use digest::{Digest, DigestFault, Sha256, Sm3, TreeHash, sm3};
pub use document_proof::{DocumentBody, DocumentProof, DocumentProofFault, Proven, document_digest};
pub use entry::{DocumentRoot, Entry, RootEntry, bundle, read_bundle};
pub use log_proof::{LogProof, LogProofFault};
pub use mac::mac;
pub use note::{Note, NoteFault, NoteSignature};
pub use note_key::{NoteKey, NoteKeyFault, NoteKeyKind, NoteSigner, SignFault, SoftwareKey};
pub use passkey::{NewPasskey, PasskeyAnswer, PasskeyFault, PasskeyKey, PasskeySite, PasskeyUse};
pub use password::{Cost, PasswordFault, hash_password, verify_password};
pub use public_key::{EcdsaForm, PublicKey};
pub use seal::{Key, NONCE_BYTES, SealFault, open, seal, unwrap_key, wrap_key};
pub use stamp::{NewStamp, StampCertificate, StampFault, StampFiles, StampKey, Stamped, read_stamp};
pub use tile_path::{TileKind, TilePath, TilePathFault};
pub use tiles::{ShortTile, TILE_WIDTH, TileId, Tiles, grow, read_tile, tile_bytes};
pub use token::{same_bytes, token_digest};
pub use totp::{
    TOTP_SECRET_BYTES, check_totp, print_base32, print_recovery_code, recovery_digest, totp_code, totp_uri,
};
pub use tree::{Tree, reached_root, verify_consistency, verify_inclusion};
pub use webhook::{WEBHOOK_SECRET_BYTES, print_webhook_secret, read_webhook_secret, sign_webhook};
