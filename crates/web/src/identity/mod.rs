//! Who comes in (身份鉴别): where a request comes from, what the county asks of passwords and sessions, and signing in itself.

pub mod entering;
pub mod factor;
pub mod origin;
pub(crate) mod passkey;
pub mod password;
pub mod provider;
pub mod proving;
pub(crate) mod tickets;
pub mod tries;

pub use origin::Origin;

/// What a county asks of those who sign in: `county/sign-in.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRules {
    /// A session not used for so many minutes ends.
    pub idle_minutes: i64,
    /// No session lasts longer.
    pub session_hours: i64,
    /// Who holds a post changes the password after so many days.
    pub password_days: i64,
    /// Who must have a second factor: posts as `level/desk`; `staff` is every officer.
    pub second_factor: Vec<String>,
}

impl Default for SignInRules {
    /// Half an hour, twelve hours, ninety days; a second factor is for whoever wants one.
    fn default() -> SignInRules {
        SignInRules { idle_minutes: 30, session_hours: 12, password_days: 90, second_factor: Vec::new() }
    }
}
