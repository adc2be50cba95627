//! Where people may sign in as well (统一身份认证): the file that says so, and the connection to it.

use crate::settings;
use anyhow::{Context, Result, anyhow, bail};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use web::lang::Both;
use web::{Named, Provider, ProviderSettings, Wire};

/// How long one exchange may take: somebody waits for it.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest answer that is read.
const BODY_BYTES_MAX: u64 = 512 * 1024;

/// Settings of the file, as `setting,value`.
const SETTINGS: [&str; 10] = [
    "issuer",
    "client-id",
    "client-secret-file",
    "scope",
    "claim",
    "names",
    "label",
    "label-en",
    "second-factor",
    "certificates",
];

/// The service that a file names. Files named in it lie beside it.
pub fn provider(file: &Path) -> Result<Arc<Provider>> {
    let read = || -> Result<Provider> {
        let settings = settings::read(&std::fs::read_to_string(file)?, &SETTINGS)?;
        let beside = |name: &str| settings.get(name).map(|name| file.with_file_name(name));
        let secret = beside("client-secret-file")
            .map(|path| std::fs::read_to_string(&path).with_context(|| path.display().to_string()))
            .transpose()?;
        let certificates = beside("certificates")
            .map(|path| std::fs::read(&path).with_context(|| path.display().to_string()))
            .transpose()?;
        let provider = ProviderSettings {
            client_secret: secret.map(|secret| secret.trim().to_owned()).filter(|secret| !secret.is_empty()),
            ..without_secret(&settings)?
        };
        Provider::new(provider, Box::new(Line::new(certificates.as_deref())?)).map_err(|fault| anyhow!("{fault}"))
    };
    let read =
        read().with_context(|| format!("{}：统一身份认证的设置 / settings of the sign-in service", file.display()))?;
    Ok(Arc::new(read))
}

fn without_secret(settings: &BTreeMap<String, String>) -> Result<ProviderSettings> {
    let optional = |name: &str| settings.get(name).cloned();
    let needed = |name: &str| optional(name).ok_or_else(|| anyhow!("缺 {name} / is missing"));
    let names = match optional("names").as_deref() {
        None | Some("person") => Named::Person,
        Some("sign-in") => Named::Login,
        Some(other) => bail!("names：应为 person 或 sign-in，不是 {other} / must be person or sign-in"),
    };
    let label = optional("label").unwrap_or_else(|| "统一身份认证".into());
    let scope = optional("scope").unwrap_or_else(|| "openid profile".into());
    if !scope.split(' ').any(|one| one == "openid") {
        bail!("scope：要有 openid / must have openid");
    }
    let second_factor = optional("second-factor").unwrap_or_default();
    Ok(ProviderSettings {
        issuer: needed("issuer")?,
        client_id: needed("client-id")?,
        client_secret: None,
        scope,
        claim: needed("claim")?,
        names,
        label: Both::new(label.clone(), optional("label-en").unwrap_or_else(|| "your organisation".into())),
        second_factor: second_factor
            .split(';')
            .map(str::trim)
            .filter(|one| !one.is_empty())
            .map(str::to_owned)
            .collect(),
    })
}

/// Connections to the service. No redirect is followed: what is asked carries secrets.
struct Line {
    agent: Agent,
}

impl Line {
    /// With certificates of an authority of one's own, if they are given, in place of the public ones.
    fn new(certificates: Option<&[u8]>) -> Result<Line> {
        let mut tls = TlsConfig::builder();
        if let Some(pem) = certificates {
            let all: Result<Vec<Certificate<'static>>, _> = ureq::tls::parse_pem(pem)
                .filter_map(|item| match item {
                    Ok(ureq::tls::PemItem::Certificate(certificate)) => Some(Ok(certificate)),
                    Ok(_) => None,
                    Err(fault) => Some(Err(fault)),
                })
                .collect();
            let all = all.context("certificates")?;
            if all.is_empty() {
                bail!("certificates：里面没有证书 / no certificate in it");
            }
            tls = tls.root_certs(RootCerts::new_with_certs(&all));
        }
        let agent = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .tls_config(tls.build())
            .user_agent("gongbao")
            .build()
            .into();
        Ok(Line { agent })
    }
}

impl Wire for Line {
    fn get(&self, address: &str, bearer: Option<&str>) -> Result<Vec<u8>> {
        let mut request = self.agent.get(address).header("accept", "application/json");
        if let Some(token) = bearer {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut answer = request.call()?;
        if answer.status().as_u16() != 200 {
            bail!("{address}: status {}", answer.status().as_u16());
        }
        Ok(answer.body_mut().with_config().limit(BODY_BYTES_MAX).read_to_vec()?)
    }

    fn post(&self, address: &str, form: &[(&str, &str)], basic: Option<(&str, &str)>) -> Result<(u16, Vec<u8>)> {
        let mut request = self.agent.post(address).header("accept", "application/json");
        if let Some((name, secret)) = basic {
            request = request.header("authorization", basic_credentials(name, secret));
        }
        let mut answer = request.send_form(form.iter().copied())?;
        let body = answer.body_mut().with_config().limit(BODY_BYTES_MAX).read_to_vec()?;
        Ok((answer.status().as_u16(), body))
    }
}

/// Name and secret, each encoded as a form before (RFC 6749, 2.3.1).
fn basic_credentials(name: &str, secret: &str) -> String {
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!(
        "Basic {}",
        base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            format!("{}:{}", encoded(name), encoded(secret))
        )
    )
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

    use super::*;

    const WHOLE: &str = "setting,value\nissuer,https://id.example\nclient-id,gongbao\nclaim,employee\n";

    fn fault(text: &str) -> String {
        let fault = settings::read(text, &SETTINGS).and_then(|settings| without_secret(&settings).map(|_| ()));
        fault.map_or_else(|fault| format!("{fault:#}"), |()| String::new())
    }

    #[test]
    fn what_a_file_says() {
        assert_eq!(fault(WHOLE), "");
        let least = without_secret(&settings::read(WHOLE, &SETTINGS).unwrap()).unwrap();
        assert_eq!(
            (least.scope.as_str(), least.names, least.second_factor.len()),
            ("openid profile", Named::Person, 0)
        );
        let more = "names,sign-in\nscope,openid work\nsecond-factor,mfa; otp\nlabel,县政务认证\nlabel-en,County\n";
        let all =
            without_secret(&settings::read(&format!("\u{feff}{WHOLE}# 说明\n{more}"), &SETTINGS).unwrap()).unwrap();
        assert_eq!((all.names, all.second_factor), (Named::Login, vec!["mfa".to_owned(), "otp".to_owned()]));
        assert_eq!((all.label.zh.as_str(), all.label.en.as_str()), ("县政务认证", "County"));
        for (text, says) in [
            ("issuer,https://id.example\n", "setting,value"),
            ("setting,value\nissuer,https://id.example\n", "client-id"),
            (&format!("{WHOLE}colour,red\n"), "没有这个设置 colour"),
            (&format!("{WHOLE}claim,sub\n"), "两次"),
            (&format!("{WHOLE}names,mail\n"), "person"),
            (&format!("{WHOLE}scope,profile\n"), "openid"),
            (&format!("{WHOLE}a,b,c\n"), "CSV"),
            ("", "setting,value"),
        ] {
            assert!(fault(text).contains(says), "{text}: {}", fault(text));
        }
    }

    #[test]
    fn files_beside_it_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("oidc.csv");
        let write = |more: &str| std::fs::write(&file, format!("{WHOLE}client-secret-file,secret\n{more}")).unwrap();
        write("");
        assert!(provider(&file).is_err(), "no secret there");
        std::fs::write(folder.path().join("secret"), "a secret\n").unwrap();
        assert_eq!(provider(&file).unwrap().settings.client_secret.as_deref(), Some("a secret"));
        write("certificates,own.pem\n");
        std::fs::write(folder.path().join("own.pem"), "nothing").unwrap();
        assert!(provider(&file).is_err());
        std::fs::write(&file, WHOLE.replace("https", "http")).unwrap();
        assert!(provider(&file).is_err(), "over a wire that anybody reads");
        assert!(provider(&folder.path().join("missing.csv")).is_err());
    }

    #[test]
    fn name_and_secret_are_encoded_before() {
        // printf 'a%%3Ab:c+d%%25' | base64
        assert_eq!(basic_credentials("a:b", "c d%"), "Basic YSUzQWI6YytkJTI1");
    }
}
