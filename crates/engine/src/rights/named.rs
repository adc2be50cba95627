//! Parties by a field of the type `post`: the posts that it names now, so that to-dos and rights follow it and whoever holds them.

use crate::county::Post;
use crate::env::MatterEnv;
use regulation::expr::{Env, Thing, Value};

/// What a party's name stands for, each element where it is a list of rows.
pub(super) fn rows(named: Value) -> Vec<Value> {
    match named {
        Value::List(values) => values,
        value => vec![value],
    }
}

/// The posts that a field names: of the matter itself (`this`), or of what has that name for whoever looks, of each row where that is a list.
pub(super) fn posts<'w>(env: &MatterEnv<'_, 'w>, seen: &dyn Env, of: &str, field: &str) -> Vec<&'w Post> {
    let county = env.world().county();
    let of_one = |value: Value| match value {
        Value::Thing(thing) => ids(seen.member(&thing, field)),
        _ => Vec::new(),
    };
    let named = rows(seen.root(of)).into_iter().flat_map(of_one);
    let posts = named.filter_map(|id| county.posts.get(&id));
    posts.filter(|post| post.exists_on(env.today())).collect()
}

fn ids(value: Value) -> Vec<String> {
    match value {
        Value::Thing(Thing::Post(id)) | Value::Key(id) => vec![id],
        Value::List(values) => values.into_iter().flat_map(ids).collect(),
        _ => Vec::new(),
    }
}
