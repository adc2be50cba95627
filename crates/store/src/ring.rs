//! The key ring (密钥环): one key per owner of personal data, wrapped by the county's key; and blind digests for look-ups.
//!
//! The county key is handed in and never stored. An owner whose keys were destroyed gets a new one when new data about
//! them comes in; what the old one sealed stays erased.

use crate::chance::Chance;
use crate::db::{Connection, OptionalExtension, params};
use crate::fault::Fault;
use crate::record::v1::{Opening, Sealed, Sealing};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use trust::{Digest, Key};

/// Bytes of the county key.
pub const COUNTY_KEY_BYTES: usize = 16;

const LEAF_CONTEXT: &str = "gongbao leaf 1\0";
/// What the key of row codes is made for.
const ROW_CONTEXT: &[u8] = b"gongbao row code 1";
const PROOF_CONTEXT: &[u8] = b"gongbao county key 1\0";
/// Under which the next county key is wrapped, and what blind digests are made of is sealed.
const NEXT_ID: &str = "gongbao next county key 1";
const SECRET_CONTEXT: &[u8] = b"gongbao blind secret 1\0";
const BLIND_CONTEXT: &[u8] = b"gongbao blind index 1\0";
/// Keys kept unwrapped at most; beyond it the ring starts over, which costs an unwrapping each.
const KEYS_MAX: usize = 50_000;

pub(crate) struct Ring {
    county: String,
    masters: Mutex<Masters>,
    blind: Digest,
    known: Mutex<Known>,
}

/// The county's keys: there is more than one only while it is changed ([`crate::sql::rotate`]).
struct Masters {
    /// The one in use.
    now: Key,
    /// The one that comes after it: what is wrapped from now on is wrapped with it.
    next: Option<Key>,
    /// The one before, for readers of a moment before the change was over.
    former: Option<Key>,
}

#[derive(Default)]
struct Known {
    keys: BTreeMap<String, Key>,
    /// The key with which an owner's new data is sealed.
    current: BTreeMap<String, String>,
    /// Destroyed while this process ran: a reader of an older moment must not bring them back.
    destroyed: BTreeSet<String>,
}

impl Ring {
    pub(crate) fn new(county: &str, county_key: [u8; COUNTY_KEY_BYTES]) -> Self {
        Ring {
            county: county.to_owned(),
            masters: Mutex::new(Masters { now: Key::new(county_key), next: None, former: None }),
            blind: trust::sm3(&[BLIND_CONTEXT, &county_key].concat()),
            known: Mutex::new(Known::default()),
        }
    }

    /// Something to store beside the data, so that opening it with a wrong county key is noticed at once.
    pub(crate) fn proof(&self, chance: &mut Chance) -> Result<Vec<u8>, Fault> {
        Ok(self.prove(&self.masters().now, chance.draw()?))
    }

    fn prove(&self, master: &Key, nonce: [u8; 12]) -> Vec<u8> {
        trust::seal(master, nonce, PROOF_CONTEXT, self.county.as_bytes())
    }

    pub(crate) fn check_proof(&self, proof: &[u8]) -> Result<(), Fault> {
        match trust::open(&self.masters().now, PROOF_CONTEXT, proof) {
            Ok(county) if county == self.county.as_bytes() => Ok(()),
            _ => Err(Fault::CountyKey),
        }
    }

    /// A digest that only who has the county key can compute: equal values can be looked up, none can be guessed.
    pub(crate) fn blind(&self, parts: &[&str]) -> [u8; 16] {
        let mut bytes = self.blind.as_bytes().to_vec();
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        let digest = trust::sm3(&bytes);
        let (head, _) = digest.as_bytes().split_first_chunk().expect("a digest has 32 bytes");
        *head
    }

    /// The key of the codes over rows beside the journal.
    pub(crate) fn row_key(&self) -> trust::Digest {
        trust::mac(self.blind.as_bytes(), ROW_CONTEXT)
    }

    /// Whether a wrapped key opens, as it is stored and not as it is remembered: by the county's key, or by the one that it is changed to.
    pub(crate) fn unwraps(&self, id: &str, wrapped: &[u8]) -> bool {
        let masters = self.masters();
        let opens = |master: &Key| trust::unwrap_key(master, id, wrapped).is_ok();
        opens(&masters.now) || masters.next.as_ref().is_some_and(opens)
    }

    /// Unwraps an owner's key with whichever of the county's keys it was wrapped.
    fn unwrap(&self, id: &str, wrapped: &[u8]) -> Result<Key, trust::SealFault> {
        let masters = self.masters();
        let others = [&masters.next, &masters.former].into_iter().flatten();
        let tried = trust::unwrap_key(&masters.now, id, wrapped);
        others.fold(tried, |tried, master| tried.or_else(|_| trust::unwrap_key(master, id, wrapped)))
    }

    fn masters(&self) -> std::sync::MutexGuard<'_, Masters> {
        self.masters.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A key by its id; `None` if destroyed.
    fn key(&self, conn: &Connection, id: &str) -> Result<Option<Key>, Fault> {
        if let Some(key) = self.known().keys.get(id) {
            return Ok(Some(key.clone()));
        }
        let wrapped: Option<Option<Vec<u8>>> = conn
            .prepare_cached("SELECT wrapped FROM owner_key WHERE county = ?1 AND id = ?2")?
            .query_row(params![self.county, id], |row| row.get(0))
            .optional()?;
        let Some(wrapped) = wrapped else {
            return Err(Fault::unreadable(format!("key `{id}`"), "there is no such key"));
        };
        let Some(wrapped) = wrapped else {
            return Ok(None);
        };
        let key = self.unwrap(id, &wrapped).map_err(|error| Fault::unreadable(format!("key `{id}`"), error))?;
        self.learn(id, &key);
        Ok(Some(key))
    }

    fn learn(&self, id: &str, key: &Key) {
        let mut known = self.known();
        if known.keys.len() >= KEYS_MAX {
            known.keys.clear();
        }
        if !known.destroyed.contains(id) {
            known.keys.insert(id.to_owned(), key.clone());
        }
    }

    /// Forgets keys that were destroyed.
    pub(crate) fn drop_keys(&self, owner: &str, ids: &[String]) {
        let mut known = self.known();
        known.current.remove(owner);
        for id in ids {
            known.keys.remove(id);
            known.destroyed.insert(id.clone());
        }
    }
}

/// Opens seals with the keys that a connection sees.
pub(crate) struct Opener<'a> {
    pub(crate) ring: &'a Ring,
    pub(crate) conn: &'a Connection,
}

impl Opening for Opener<'_> {
    fn open(&self, sealed: &Sealed) -> Result<Option<String>, Fault> {
        let Some(key) = self.ring.key(self.conn, &sealed.of)? else {
            return Ok(None);
        };
        let damaged = |what: String| Fault::unreadable(format!("a leaf sealed for `{}`", sealed.of), what);
        let bytes = BASE64.decode(&sealed.sealed).map_err(|error| damaged(error.to_string()))?;
        let plain = trust::open(&key, &leaf_context(&sealed.of), &bytes).map_err(|error| damaged(error.to_string()))?;
        String::from_utf8(plain).map(Some).map_err(|error| damaged(error.to_string()))
    }
}

impl Opener<'_> {
    /// Opens bytes that [`Sealer::seal_bytes`] sealed.
    pub(crate) fn open_bytes(&self, key: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        let Some(unwrapped) = self.ring.key(self.conn, key)? else {
            return Ok(None);
        };
        let opened = trust::open(&unwrapped, &leaf_context(key), sealed);
        opened.map(Some).map_err(|error| Fault::unreadable(format!("bytes sealed for `{key}`"), error))
    }
}

/// Seals on the writing connection. Keys made on the way belong to its transaction: [`Sealer::keep`] after it holds.
pub(crate) struct Sealer<'a> {
    ring: &'a Ring,
    conn: &'a Connection,
    chance: &'a mut Chance,
    fresh: Vec<(String, String, Key)>,
}

impl<'a> Sealer<'a> {
    pub(crate) fn new(ring: &'a Ring, conn: &'a Connection, chance: &'a mut Chance) -> Self {
        Sealer { ring, conn, chance, fresh: Vec::new() }
    }

    /// Lets the ring know the keys made: their rows are in the transaction for good.
    pub(crate) fn keep(self) -> FreshKeys {
        FreshKeys(self.fresh)
    }

    /// Seals bytes; returns the id of the key with them.
    pub(crate) fn seal_bytes(&mut self, holder: &str, plain: &[u8]) -> Result<(String, Vec<u8>), Fault> {
        let (id, key) = self.current(holder)?;
        let sealed = trust::seal(&key, self.chance.draw()?, &leaf_context(&id), plain);
        Ok((id, sealed))
    }

    /// Random bytes for a salt.
    pub(crate) fn draw<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        self.chance.draw()
    }

    fn current(&mut self, holder: &str) -> Result<(String, Key), Fault> {
        if let Some((_, id, key)) = self.fresh.iter().find(|(fresh, _, _)| fresh == holder) {
            return Ok((id.clone(), key.clone()));
        }
        if let Some(found) = self.ring.current(holder) {
            return Ok(found);
        }
        let ids = key_ids(self.conn, &self.ring.county, holder)?;
        let live = ids.iter().find(|(_, destroyed)| !destroyed);
        if let Some((id, _)) = live
            && let Some(key) = self.ring.key(self.conn, id)?
        {
            self.fresh.push((holder.to_owned(), id.clone(), key.clone()));
            return Ok((id.clone(), key));
        }
        self.make(holder, ids.len())
    }

    fn make(&mut self, holder: &str, earlier: usize) -> Result<(String, Key), Fault> {
        let id = match earlier {
            0 => holder.to_owned(),
            more => format!("{holder}~{}", more + 1),
        };
        let key = Key::new(self.chance.draw()?);
        let wrapped = self.ring.wrap(&id, self.chance.draw()?, &key);
        self.conn
            .prepare_cached("INSERT INTO owner_key (county, id, owner, wrapped) VALUES (?1, ?2, ?3, ?4)")?
            .put(params![self.ring.county, id, holder, wrapped])?;
        self.fresh.push((holder.to_owned(), id.clone(), key.clone()));
        Ok((id, key))
    }
}

impl Sealing for Sealer<'_> {
    fn seal(&mut self, holder: &str, plain: &str) -> Result<Sealed, Fault> {
        let (of, bytes) = self.seal_bytes(holder, plain.as_bytes())?;
        Ok(Sealed { of, sealed: BASE64.encode(bytes) })
    }
}

/// Keys made or first used in a transaction that has not been committed yet.
pub(crate) struct FreshKeys(Vec<(String, String, Key)>);

impl FreshKeys {
    /// Without those of owners whose keys the same act destroyed.
    pub(crate) fn without<'o>(mut self, owners: impl Iterator<Item = &'o str>) -> Self {
        for owner in owners {
            self.0.retain(|(holder, ..)| holder != owner);
        }
        self
    }
}

impl Ring {
    fn current(&self, holder: &str) -> Option<(String, Key)> {
        let known = self.known();
        let id = known.current.get(holder)?;
        let key = known.keys.get(id)?;
        Some((id.clone(), key.clone()))
    }

    /// Takes up keys whose transaction was committed.
    pub(crate) fn take_up(&self, fresh: FreshKeys) {
        for (holder, id, key) in fresh.0 {
            self.learn(&id, &key);
            let mut known = self.known();
            if known.current.len() >= KEYS_MAX {
                known.current.clear();
            }
            known.current.insert(holder, id);
        }
    }
}

/// Ids of the keys that an owner has or had, with whether they are destroyed, oldest first.
pub(crate) fn key_ids(conn: &Connection, county: &str, owner: &str) -> Result<Vec<(String, bool)>, Fault> {
    let mut statement = conn.prepare_cached(
        "SELECT id, wrapped IS NULL FROM owner_key WHERE county = ?1 AND owner = ?2 ORDER BY length(id), id",
    )?;
    let rows = statement.query_map(params![county, owner], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn leaf_context(key: &str) -> Vec<u8> {
    [LEAF_CONTEXT.as_bytes(), key.as_bytes()].concat()
}

impl Ring {
    /// Forgets everything it had unwrapped: a transaction that made keys was undone.
    pub(crate) fn start_over(&self) {
        let mut known = self.known();
        known.keys.clear();
        known.current.clear();
    }
}

impl Ring {
    /// Seals nothing more with an owner's present key.
    pub(crate) fn leave(&self, owner: &str) {
        self.known().current.remove(owner);
    }
}

/// Changing the county's key (换钥). What it is known by outside the keys it wraps (blind digests, codes of rows) is made of the first key and
/// kept from then on, sealed with the one in use.
impl Ring {
    fn wrap(&self, id: &str, nonce: [u8; 12], key: &Key) -> Vec<u8> {
        let masters = self.masters();
        trust::wrap_key(masters.next.as_ref().unwrap_or(&masters.now), id, nonce, key)
    }

    /// The next county key as it is kept beside the data until the change is over: wrapped by the one in use.
    pub(crate) fn wrap_next(&self, next: &Key, nonce: [u8; 12]) -> Vec<u8> {
        trust::wrap_key(&self.masters().now, NEXT_ID, nonce, next)
    }

    pub(crate) fn unwrap_next(&self, wrapped: &[u8]) -> Result<Key, Fault> {
        trust::unwrap_key(&self.masters().now, NEXT_ID, wrapped).map_err(|_| Fault::CountyKey)
    }

    /// What blind digests are made of, sealed with a county key.
    pub(crate) fn seal_blind(&self, master: Option<&Key>, nonce: [u8; 12]) -> Vec<u8> {
        let masters = self.masters();
        trust::seal(master.unwrap_or(&masters.now), nonce, SECRET_CONTEXT, self.blind.as_bytes())
    }

    /// Takes up what blind digests are made of, when a store opens whose county key was changed.
    pub(crate) fn open_blind(&mut self, sealed: &[u8]) -> Result<(), Fault> {
        let opened = trust::open(&self.masters().now, SECRET_CONTEXT, sealed).map_err(|_| Fault::CountyKey)?;
        self.blind = Digest(opened.try_into().map_err(|_| Fault::CountyKey)?);
        Ok(())
    }

    /// Whether there is a next county key.
    pub(crate) fn turns(&self) -> bool {
        self.masters().next.is_some()
    }

    /// From now on owners' keys are wrapped with the next county key.
    pub(crate) fn begin(&self, next: Key) {
        self.masters().next = Some(next);
    }

    /// The next county key is the one in use.
    pub(crate) fn finish(&self) {
        let mut masters = self.masters();
        if let Some(next) = masters.next.take() {
            masters.former = Some(std::mem::replace(&mut masters.now, next));
        }
    }

    /// An owner's key wrapped with the next county key.
    pub(crate) fn rewrap(&self, id: &str, wrapped: &[u8], nonce: [u8; 12]) -> Result<Vec<u8>, Fault> {
        let key = self.unwrap(id, wrapped).map_err(|error| Fault::unreadable(format!("key `{id}`"), error))?;
        Ok(self.wrap(id, nonce, &key))
    }

    /// Something to store beside the data once the next county key is the one in use.
    pub(crate) fn next_proof(&self, next: &Key, nonce: [u8; 12]) -> Vec<u8> {
        self.prove(next, nonce)
    }
}
