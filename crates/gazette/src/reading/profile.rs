//! What one county's gazette is called and who issues in it: data, not code.

/// The names a gazette's text is read by. They come from a file of the county (`county/gazette.csv`).
///
/// An empty profile reads too: a number of any series that stands alone under a title is then a document's number, and
/// nothing is said about issuers and groups.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// Name of the publication (刊名).
    pub name: String,
    /// Phrases printed on the covers (办刊宗旨).
    pub purposes: Vec<String>,
    /// Posts whose holders sign in person, such as 县长.
    pub posts: Vec<String>,
    /// Series of numbers with their issuers.
    pub series: Vec<Series>,
}

/// A series of document numbers (机关代字).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Its code.
    pub code: String,
    /// Whose documents it numbers, as titles and signatures name it.
    pub issuer: String,
    /// The contents group of these documents.
    pub group: String,
}

/// What is wrong with a line of the profile's file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("第{line}行：{zh} / line {line}: {en}")]
pub struct ProfileFault {
    /// Line, from 1.
    pub line: u64,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

impl Profile {
    /// Reads `kind,value,issuer,group` rows: `name`, `purpose` and `post` have a value; `series` has all three.
    ///
    /// ```
    /// let text = "kind,value,issuer,group\nname,某县人民政府公报,,\nseries,某政发,某县人民政府,县政府文件\n";
    /// let profile = gazette::reading::Profile::from_csv(text)?;
    /// assert_eq!(profile.series[0].issuer, "某县人民政府");
    /// # Ok::<(), gazette::reading::ProfileFault>(())
    /// ```
    pub fn from_csv(text: &str) -> Result<Profile, ProfileFault> {
        let mut profile = Profile::default();
        for row in csv::Reader::from_reader(text.as_bytes()).records() {
            let row = row.map_err(|fault| ProfileFault {
                line: fault.position().map_or(0, csv::Position::line),
                zh: "应有四列",
                en: "four columns are expected",
            })?;
            let line = row.position().map_or(0, csv::Position::line);
            let fault = |zh, en| ProfileFault { line, zh, en };
            let [kind, value, issuer, group] = [0, 1, 2, 3].map(|column| row.get(column).unwrap_or_default().trim());
            match kind {
                _ if value.is_empty() => return Err(fault("缺少值", "the value is missing")),
                "name" => profile.name = value.to_owned(),
                "purpose" => profile.purposes.push(value.to_owned()),
                "post" => profile.posts.push(value.to_owned()),
                "series" if issuer.is_empty() || group.is_empty() => {
                    return Err(fault("缺少机关或分组", "issuer or group is missing"));
                }
                "series" => profile.series.push(Series {
                    code: value.to_owned(),
                    issuer: issuer.to_owned(),
                    group: group.to_owned(),
                }),
                _ => {
                    return Err(fault(
                        "类别应为 name、purpose、post、series",
                        "a kind is name, purpose, post or series",
                    ));
                }
            }
        }
        Ok(profile)
    }

    /// The series of a code.
    pub fn series(&self, code: &str) -> Option<&Series> {
        self.series.iter().find(|series| series.code == code)
    }

    /// The longest issuer that a text starts with.
    pub fn issuer_of(&self, text: &str) -> Option<&str> {
        let issuers = self.series.iter().map(|series| series.issuer.as_str());
        issuers.filter(|issuer| text.starts_with(issuer)).max_by_key(|issuer| issuer.len())
    }

    /// Whether a text is the name of an issuer and nothing else.
    pub fn is_issuer(&self, text: &str) -> bool {
        self.series.iter().any(|series| series.issuer == text)
    }

    /// Whether a text consists of the purposes printed on the covers and nothing else.
    pub fn is_purposes(&self, text: &str) -> bool {
        let mut words = text.split_whitespace().peekable();
        words.peek().is_some() && words.all(|word| self.purposes.iter().any(|purpose| purpose == word))
    }

    /// The post that a line calls to sign, and what stands behind its colon: the holder's name or nothing.
    pub fn signing_post<'a>(&'a self, text: &'a str) -> Option<(&'a str, &'a str)> {
        self.posts.iter().find_map(|post| {
            let holder = text.strip_prefix(post.as_str())?.trim_start().strip_prefix(['：', ':'])?;
            Some((post.as_str(), holder.trim())).filter(|(_, holder)| holder.chars().nth(8).is_none())
        })
    }
}
