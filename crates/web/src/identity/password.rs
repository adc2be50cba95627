//! What a password must be (口令规则), as classified protection level 3 asks (GB/T 22239-2019, 8.1.4.1): long and mixed enough, not the
//! name, none of those of before; who holds a post changes it in time.

use super::SignInRules;
use crate::lang::Both;
use jiff::ToSpan;
use jiff::civil::DateTime;
use store::aside::{Account, Given};

/// Fewest characters.
pub const CHARACTERS_MIN: usize = 10;
/// Most characters: what is hashed is bounded.
pub const CHARACTERS_MAX: usize = 128;
/// Of the four kinds (capital, small letter, digit, other), so many at least.
const KINDS_MIN: usize = 3;
/// So many characters in a row may not run on as `1234`, `abcd` or `aaaa` do.
const RUN_MAX: usize = 4;
/// Parts of names shorter than this may occur.
const NAME_CHARACTERS_MIN: usize = 2;

/// What is wrong with a wished password; `None`: nothing. `past` are the PHC strings of the one that holds and of those before.
#[must_use]
pub fn fault(wished: &str, names: &[&str], past: &[String]) -> Option<Both> {
    let characters: Vec<char> = wished.chars().collect();
    if characters.len() < CHARACTERS_MIN || characters.len() > CHARACTERS_MAX {
        return Some(Both::new(
            format!("密码要有 {CHARACTERS_MIN} 至 {CHARACTERS_MAX} 个字符"),
            format!("A password has {CHARACTERS_MIN} to {CHARACTERS_MAX} characters"),
        ));
    }
    if kinds(&characters) < KINDS_MIN {
        return Some(Both::new(
            "大写字母、小写字母、数字、其他字符，至少要有三种",
            "Take at least three of: capitals, small letters, digits, others",
        ));
    }
    if has_name(wished, names) {
        return Some(Both::new("密码里不能有用户名或者姓名", "It may not contain your name"));
    }
    if runs_on(&characters) {
        return Some(Both::new(
            "不能有 1234、abcd、aaaa 这样四个以上连续的字符",
            "It may not contain four characters in a row such as 1234, abcd or aaaa",
        ));
    }
    // A stored text that is no hash cannot be this password.
    if past.iter().any(|stored| trust::verify_password(wished, stored).unwrap_or(false)) {
        return Some(Both::new("最近用过的密码不能再用", "You had this password not long ago"));
    }
    None
}

/// The rules in a sentence, for the form.
#[must_use]
pub fn rules() -> Both {
    Both::new(
        format!(
            "至少 {CHARACTERS_MIN} 个字符，大写、小写、数字、其他字符至少三种，不含姓名和用户名，不与最近五次相同。"
        ),
        format!(
            "At least {CHARACTERS_MIN} characters, three of capitals, small letters, digits and others; not your name; none of the last five."
        ),
    )
}

fn kinds(characters: &[char]) -> usize {
    let kinds: [fn(&char) -> bool; 4] = [
        |one| one.is_uppercase(),
        |one| one.is_lowercase(),
        |one| one.is_numeric(),
        |one| !one.is_uppercase() && !one.is_lowercase() && !one.is_numeric(),
    ];
    kinds.iter().filter(|is| characters.iter().any(is)).count()
}

fn has_name(wished: &str, names: &[&str]) -> bool {
    let wished = wished.to_lowercase();
    let backwards: String = wished.chars().rev().collect();
    names.iter().map(|name| name.to_lowercase()).any(|name| {
        name.chars().count() >= NAME_CHARACTERS_MIN && (wished.contains(&name) || backwards.contains(&name))
    })
}

fn runs_on(characters: &[char]) -> bool {
    characters.windows(RUN_MAX).any(|window| {
        let steps: Vec<i64> =
            window.windows(2).map(|pair| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]))).collect();
        steps.iter().all(|step| *step == steps[0]) && (-1..=1).contains(&steps[0])
    })
}

/// Why somebody has to set a new password before going on; `None`: they need not.
#[must_use]
pub fn due(account: &Account, is_staff: bool, rules: &SignInRules, now: DateTime) -> Option<Both> {
    match account.given {
        Given::Demo => None,
        Given::Office => Some(Both::new(
            "现在的密码是管理员给的，只用来设置您自己的密码",
            "Your password was given by an administrator: set one of your own",
        )),
        Given::Own if is_staff && account.since.saturating_add(rules.password_days.days()) <= now => Some(Both::new(
            format!("工作人员的密码每 {} 天要换一次", rules.password_days),
            format!("Officers change their password every {} days", rules.password_days),
        )),
        Given::Own => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use store::aside::AccountState;

    fn says(wished: &str, past: &[String]) -> String {
        fault(wished, &["zhou.x", "周明花"], past).map(|both| both.zh).unwrap_or_default()
    }

    #[test]
    fn what_is_wrong_with_a_password() {
        for (wished, part) in [
            ("Ab3-efg", "10 至"),
            ("abcdefxyzuvw", "三种"),
            ("alllowercase9", "三种"),
            ("Zhou.X-2022-ok", "用户名"),
            ("周明花Ab-97531", "用户名"),
            ("x.uohz-AB-975", "用户名"),
            ("River-1234-Ab", "连续"),
            ("River-dcba-A9", "连续"),
            ("Riverrrrr-A9", "连续"),
        ] {
            assert!(says(wished, &[]).contains(part), "{wished}: {}", says(wished, &[]));
        }
        assert!(says(&"Ab3-".repeat(40), &[]).contains("128"));
        for good in ["River-Ab-975", "老井沟的水 Ab97", "correct Horse 7 battery"] {
            assert_eq!(says(good, &[]), "", "{good}");
        }
    }

    #[test]
    fn none_of_before_comes_back() {
        let past = [trust::hash_password("River-Ab-975", &[1; 16], &trust::Cost::cheap()).unwrap(), "damaged".into()];
        assert!(says("River-Ab-975", &past).contains("最近用过"));
        assert_eq!(says("River-Ab-976", &past), "");
    }

    #[test]
    fn when_a_new_one_is_due() {
        let rules = SignInRules::default();
        let since = date(2022, 1, 1).at(9, 0, 0, 0);
        let account = |given| Account {
            person: "zhou".into(),
            login: "zhou.x".into(),
            password: String::new(),
            given,
            since,
            state: AccountState::Active,
        };
        let is_due =
            |given, staff, days: i64| due(&account(given), staff, &rules, since.saturating_add(days.days())).is_some();
        assert!(is_due(Given::Office, false, 0), "an administrator's password serves once");
        assert!(!is_due(Given::Own, true, 89) && is_due(Given::Own, true, 90));
        assert!(!is_due(Given::Own, false, 1000), "residents keep theirs");
        assert!(!is_due(Given::Demo, true, 1000), "everybody knows it anyway");
    }
}
