//! Results about erasure: whose personal data can still be read.

use crate::case::player::Player;
use crate::keeping::parts;
use crate::world::World;

pub(super) fn erased(player: &mut Player<'_>, owner: &str) -> Result<(), String> {
    match known(player, owner)? {
        true => Err(format!("“{owner}”的信息还在")),
        false => Ok(()),
    }
}

pub(super) fn not_erased(player: &mut Player<'_>, owner: &str) -> Result<(), String> {
    match known(player, owner)? {
        true => Ok(()),
        false => Err(format!("“{owner}”的信息已经删除")),
    }
}

/// Whether data of an owner, which there must be, can be read.
fn known(player: &Player<'_>, owner: &str) -> Result<bool, String> {
    if parts(&player.world, owner).is_empty() {
        return Err(format!("没有“{owner}”这一信息主体"));
    }
    Ok(player.world.has_sealed(owner))
}
