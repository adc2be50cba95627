//! Rosters: nobody sits twice in one body (gz-d.21), and one post has one name of its unit (gz-d.29).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Code, Document, Member};
use crate::reading::findings::Findings;
use crate::reading::marker::compact;

pub(super) fn check(documents: &[Document], findings: &mut Findings) {
    let mut posts: BTreeMap<String, String> = BTreeMap::new();
    for document in documents {
        document.walk(&mut |block| {
            let members = block.table.as_ref().map_or(&[][..], |table| table.members.as_slice());
            twice(members, findings);
            for member in members {
                one_name(member, &mut posts, findings);
            }
        });
    }
}

/// The same name under the same role, and seats without a name.
fn twice(members: &[Member], findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for member in members {
        if member.name.is_empty() && is_seat(&member.post) {
            findings.doubt(member.line, Code::F28, "只有职务而没有姓名", "a seat without a name");
        } else if !member.name.is_empty() && !seen.insert((&member.role, &member.name)) {
            findings.doubt(member.line, Code::F28, "同一成员列了两次", "a member is listed twice");
        }
    }
}

/// A short post alone; a list of units is no seat.
fn is_seat(post: &str) -> bool {
    post.chars().nth(8).is_none() && !post.contains(['、', '，'])
}

/// A post of the same person whose unit is written longer or shorter than before.
fn one_name(member: &Member, posts: &mut BTreeMap<String, String>, findings: &mut Findings) {
    let post = compact(&member.post);
    if member.name.is_empty() || post.is_empty() {
        return;
    }
    match posts.get(&member.name) {
        Some(before) if is_variant(before, &post) => {
            let zh = format!("“{before}”与“{post}”是同一岗位的两种写法");
            findings.doubt(
                member.line,
                Code::F27,
                zh,
                format!("{before:?} and {post:?} are one post written in two ways"),
            );
        }
        Some(_) => {}
        None => {
            posts.insert(member.name.clone(), post);
        }
    }
}

/// Whether two posts end alike and one is the other with characters left out; the county's own prefix does not count.
fn is_variant(a: &str, b: &str) -> bool {
    let (a, b) = (bare(a), bare(b));
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let mut rest = long.chars();
    let left_out = short.chars().all(|c| rest.any(|other| other == c));
    a != b && long.len() < 200 && left_out && short.chars().last() == long.chars().last() && short.chars().count() >= 4
}

fn bare(post: &str) -> &str {
    post.strip_prefix(['县', '市', '区']).unwrap_or(post)
}
