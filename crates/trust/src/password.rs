//! Passwords (口令), kept only as argon2id hashes in PHC strings.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// How much work one guess at a password costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost(Params);

/// Why a password could not be hashed, or a stored hash not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// The stored text is not an argon2id PHC string.
    #[error("存储的口令摘要格式有误 / the stored password hash is not an argon2id PHC string")]
    StoredHash,
    /// The password is longer than argon2 takes.
    #[error("口令过长 / the password is too long")]
    TooLong,
}

impl Cost {
    /// What real passwords get: 19 MiB and two passes in one lane, the OWASP recommendation for argon2id.
    pub fn standard() -> Self {
        Cost(Params::new(19 * 1024, 2, 1, None).expect("the parameters are within argon2's limits"))
    }

    /// For tests and invented demonstration people only: next to no work, next to no protection.
    pub fn cheap() -> Self {
        Cost(Params::new(8, 1, 1, None).expect("the parameters are within argon2's limits"))
    }
}

/// The PHC string of a password, with a random salt of its own.
///
/// ```
/// use trust::{Cost, hash_password, verify_password};
///
/// let stored = hash_password("老井沟 42", &[5; 16], &Cost::cheap())?;
/// assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
/// assert!(verify_password("老井沟 42", &stored)?);
/// assert!(!verify_password("老井沟 43", &stored)?);
/// # Ok::<(), trust::PasswordFault>(())
/// ```
pub fn hash_password(password: &str, salt: &[u8; 16], cost: &Cost) -> Result<String, PasswordFault> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.0.clone())
        .hash_password_with_salt(password.as_bytes(), salt)
        .map(|hash| hash.to_string())
        .map_err(|_| PasswordFault::TooLong)
}

/// Whether a password is the one behind a stored PHC string. The work is what the string asks for.
pub fn verify_password(password: &str, stored: &str) -> Result<bool, PasswordFault> {
    let hash = PasswordHash::new(stored).map_err(|_| PasswordFault::StoredHash)?;
    match Argon2::default().verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(_) => Err(PasswordFault::StoredHash),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_cost_is_in_the_string() {
        let stored = hash_password("correct horse", &[1; 16], &Cost::standard()).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(verify_password("correct horse", &stored), Ok(true));
    }

    #[test]
    fn what_is_not_a_hash_is_a_fault_not_a_wrong_password() {
        for stored in ["", "plain", "$argon2id$v=19$m=8,t=1,p=1$", "$pbkdf2$i=1$c2FsdHNhbHQ$aGFzaA"] {
            assert_eq!(verify_password("x", stored), Err(PasswordFault::StoredHash), "{stored}");
        }
    }
}
