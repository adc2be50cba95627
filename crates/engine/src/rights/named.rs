//! Parties by a field of the type `post`: the posts that it names now, so that to-dos and rights follow it and whoever holds them.

use crate::county::Post;
use crate::env::MatterEnv;
use regulation::expr::{Env, Thing, Value};

/// The posts that a field names: of the matter itself (`this`), or of what has that name for whoever looks.
pub(super) fn posts<'w>(env: &MatterEnv<'_, 'w>, seen: &dyn Env, of: &str, field: &str) -> Vec<&'w Post> {
    let Value::Thing(thing) = seen.root(of) else {
        return Vec::new();
    };
    let county = env.world().county();
    let named = ids(seen.member(&thing, field));
    named.iter().filter_map(|id| county.posts.get(id)).filter(|post| post.exists_on(env.today())).collect()
}

fn ids(value: Value) -> Vec<String> {
    match value {
        Value::Thing(Thing::Post(id)) | Value::Key(id) => vec![id],
        Value::List(values) => values.into_iter().flat_map(ids).collect(),
        _ => Vec::new(),
    }
}
