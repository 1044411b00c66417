//! Sealing: what is private stands encrypted in the database, and the key stands in a file outside
//! of it, so that a copy of the database alone tells nothing of it.
//!
//! A sealed value is a text: `s1.`, the name of its key, a dot, and in base 64 a nonce and what
//! AES-256-GCM-SIV makes of the value. It is bound to its column: in another one it is not opened.
//! An empty text stays empty, and a text that is not sealed is read as it is: it comes from before,
//! or from an instance without a key, as in tests.
//!
//! Each read and each write runs wholly on one thread, so the keys are handed to it by that thread.
//! Nothing that is sealed can be looked for by the database; what must be is compared here.

use std::cell::RefCell;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use anyhow::{Context as _, bail};
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;

use crate::db::migrate::try_lock;
use crate::db::schema::sealing_keys;
use crate::db::{Conn, each_backend, transaction};
use crate::error::Error;

/// A column that holds something sealed: its table and its name, as they stand in what is sealed
/// there, and what its rows are known by, for people.
pub type Column = (&'static str, &'static str, &'static str);

/// Every column that holds something sealed.
pub const COLUMNS: &[Column] = &[
    ("actor_keys", "ed25519_private", "actor"),
    ("actor_keys", "rsa_private", "actor"),
    ("asks_private", "reach", "id"),
    ("asks_private", "text", "id"),
    ("confirmation_private", "note", "confirmation_id"),
    ("decision_voices_private", "words", "id"),
    ("held_replies_private", "extras", "id"),
    ("held_replies_private", "html", "id"),
    ("incoming_promise_private", "note", "incoming_promise_id"),
    ("journal", "body", "id"),
    ("mail_links_private", "email", "token_hash"),
    ("measures_private", "appeal", "id"),
    ("measures_private", "decided_because", "id"),
    ("measures_private", "lifted_because", "id"),
    ("measures_private", "reason", "id"),
    ("messages_private", "extras", "id"),
    ("messages_private", "text", "id"),
    ("need_causes_private", "words", "proposal_id"),
    ("notice_settings_private", "email", "member_id"),
    ("oauth_clients", "client_secret", "id"),
    ("outgoing_confirmation_private", "note", "outgoing_confirmation_id"),
    ("outgoing_promise_private", "note", "outgoing_promise_id"),
    ("passkeys_private", "name", "credential_id"),
    ("promise_private", "note", "promise_id"),
    ("proposal_private", "on_behalf_of", "proposal_id"),
    ("sent_activities", "body", "id"),
    ("turn_private", "note", "turn_id"),
];

/// Before every sealed value.
const MARK: &str = "s1.";
/// Behind a key in the file that only opens.
const OLD: &str = "old";
/// What the name of the file adds that whoever changes the key locks.
const CHANGING: &str = "lock";
/// How long a key is, in bytes.
const KEY_LENGTH: usize = 32;
/// How long the name of a key is, in bytes before they are written out.
const NAME_LENGTH: usize = 6;

/// The keys of an instance. Cheap to clone.
#[derive(Clone)]
pub struct Sealing(Arc<Inner>);

struct Inner {
    path: PathBuf,
    ring: RwLock<Ring>,
    /// The key of which it is known that nothing is sealed with another one.
    alone: Mutex<Option<String>>,
}

/// The keys, the one in use last.
struct Ring {
    keys: Vec<Arc<Key>>,
    /// Those that were in use until the last change and only open: a server that was late to learn of
    /// the change may have sealed something with one of them after everything was sealed anew.
    old: Vec<Arc<Key>>,
    /// When the file was written from which they were read; none if it is not written yet.
    written_at: Option<SystemTime>,
}

struct Key {
    name: String,
    written: String,
    cipher: RandomizedNonceKey,
}

thread_local! {
    static IN_USE: RefCell<Option<Sealing>> = const { RefCell::new(None) };
}

/// While it lives, its thread seals and opens with some keys.
pub(in crate::db) struct Scope(Option<Sealing>);

/// Hands keys to this thread.
pub(in crate::db) fn enter(sealing: Option<Sealing>) -> Scope {
    Scope(IN_USE.replace(sealing))
}

impl Drop for Scope {
    fn drop(&mut self) {
        IN_USE.set(self.0.take());
    }
}

/// Seals a text for a column.
pub(in crate::db) fn seal(column: &str, text: &str) -> Result<String, Error> {
    if text.is_empty() {
        return Ok(String::new());
    }
    IN_USE.with_borrow(|sealing| match sealing {
        Some(sealing) => sealing.seal(column, text),
        None => Ok(text.to_owned()),
    })
}

/// The same, if there is a text.
pub(in crate::db) fn seal_if_any(
    column: &str,
    text: Option<&str>,
) -> Result<Option<String>, Error> {
    text.map(|text| seal(column, text)).transpose()
}

/// Opens what stands in a column.
pub(in crate::db) fn open(column: &str, text: String) -> Result<String, Error> {
    let sealed = parts(&text).map(|(name, data)| (name.to_owned(), data));
    let Some((name, data)) = sealed else { return Ok(text) };
    IN_USE.with_borrow(|sealing| match sealing {
        Some(sealing) => sealing.open(column, &name, data),
        None => Err(Error::internal("something is sealed, and there are no keys to open it")),
    })
}

/// The same, if something stands there.
pub(in crate::db) fn open_if_any(
    column: &str,
    text: Option<String>,
) -> Result<Option<String>, Error> {
    text.map(|text| open(column, text)).transpose()
}

/// The name of the key and the rest of a sealed value; none if it is not sealed.
fn parts(text: &str) -> Option<(&str, Vec<u8>)> {
    let (name, data) = text.strip_prefix(MARK)?.split_once('.')?;
    let is_name = URL_SAFE_NO_PAD.decode(name).is_ok_and(|name| name.len() == NAME_LENGTH);
    let data = URL_SAFE_NO_PAD.decode(data).ok()?;
    (is_name && data.len() > NONCE_LEN).then_some((name, data))
}

impl Key {
    fn fresh() -> anyhow::Result<Self> {
        let mut bytes = [0_u8; KEY_LENGTH];
        let mut name = [0_u8; NAME_LENGTH];
        let no_chance = "the system gives no random numbers";
        aws_lc_rs::rand::fill(&mut bytes).context(no_chance)?;
        aws_lc_rs::rand::fill(&mut name).context(no_chance)?;
        Self::new(URL_SAFE_NO_PAD.encode(name), URL_SAFE_NO_PAD.encode(bytes))
    }

    fn new(name: String, written: String) -> anyhow::Result<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(&written).context("it is not base 64")?;
        anyhow::ensure!(bytes.len() == KEY_LENGTH, "it is not {KEY_LENGTH} bytes long");
        let cipher = RandomizedNonceKey::new(&AES_256_GCM_SIV, &bytes);
        let cipher = cipher.map_err(|_| anyhow::anyhow!("it is no key"))?;
        Ok(Self { name, written, cipher })
    }
}

impl Ring {
    /// Reads the file; none if there is none.
    fn read(path: &Path) -> anyhow::Result<Option<Self>> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        };
        let written_at = std::fs::metadata(path).and_then(|about| about.modified()).ok();
        let lines = text.lines().map(str::trim);
        let (mut keys, mut old) = (Vec::new(), Vec::new());
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (name, written) = line.split_once(' ').unwrap_or((line, ""));
            let (written, is_old) = match written.trim().split_once(' ') {
                Some((written, OLD)) => (written, true),
                _ => (written.trim(), false),
            };
            let key = Key::new(name.to_owned(), written.to_owned());
            let about = || format!("{} holds a key that cannot be read", path.display());
            let key = Arc::new(key.with_context(about)?);
            if is_old { old.push(key) } else { keys.push(key) }
        }
        if keys.is_empty() {
            bail!("{} holds no key: put it back from a backup", path.display());
        }
        Ok(Some(Self { keys, old, written_at: written_at.or(Some(SystemTime::UNIX_EPOCH)) }))
    }

    /// Writes the file in place of the one before, for nobody else to read.
    fn write(&mut self, path: &Path) -> anyhow::Result<()> {
        let mut text = String::from(
            "# With these keys, the last one for what is new, private things in the database are \
             sealed.\n# Whoever loses them loses these things; keep them apart from the database.\n",
        );
        for key in &self.old {
            text.push_str(&format!("{} {} {OLD}\n", key.name, key.written));
        }
        for key in &self.keys {
            text.push_str(&format!("{} {}\n", key.name, key.written));
        }
        let about = || format!("cannot write {}", path.display());
        let folder = path.parent().with_context(about)?;
        std::fs::create_dir_all(folder).with_context(about)?;
        let beside = path.with_extension(format!("new-{}", std::process::id()));
        let mut options = std::fs::OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)
            .with_context(about)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(about)?;
        std::fs::rename(&beside, path).with_context(about)?;
        // The name is on the disk before anything is sealed with what stands there.
        File::open(folder).and_then(|folder| folder.sync_all()).with_context(about)?;
        self.written_at = std::fs::metadata(path).and_then(|about| about.modified()).ok();
        Ok(())
    }
}

impl Sealing {
    /// The keys in a file. If there is none, a key is made; it is written when a database takes it.
    pub fn at(path: &Path) -> anyhow::Result<Self> {
        let ring = match Ring::read(path)? {
            Some(ring) => ring,
            None => Ring { keys: vec![Arc::new(Key::fresh()?)], old: Vec::new(), written_at: None },
        };
        let (path, ring) = (path.to_owned(), RwLock::new(ring));
        Ok(Self(Arc::new(Inner { path, ring, alone: Mutex::default() })))
    }

    /// The name of the key that seals what is new.
    pub fn current(&self) -> String {
        self.with_ring(|ring| ring.keys.last().map(|key| key.name.clone())).unwrap_or_default()
    }

    /// How many keys there are: more than one while what older ones sealed is sealed anew.
    pub fn count(&self) -> usize {
        self.with_ring(|ring| ring.keys.len())
    }

    /// Whether it is known that everything is sealed with the key in use.
    pub(in crate::db) fn is_alone(&self, name: &str) -> bool {
        let alone = self.0.alone.lock().unwrap_or_else(PoisonError::into_inner);
        alone.as_deref() == Some(name)
    }

    /// Notes that everything is sealed with a key.
    pub(in crate::db) fn note_alone(&self, name: String) {
        *self.0.alone.lock().unwrap_or_else(PoisonError::into_inner) = Some(name);
    }

    /// Makes a new key for what is sealed from now on. The ones before still open what they sealed.
    pub fn add_key(&self) -> anyhow::Result<()> {
        let fresh = Arc::new(Key::fresh()?);
        self.change(|ring| ring.keys.push(fresh))
    }

    /// Lets every key that this process knows, but the one in use, only open from now on, and forgets
    /// those that only opened until now.
    pub fn retire_old(&self) -> anyhow::Result<()> {
        let (known, forgotten) = self.with_ring(|ring| (names(&ring.keys), names(&ring.old)));
        let current = self.current();
        self.change(|ring| {
            ring.old.retain(|key| !forgotten.contains(&key.name));
            let is_old = |key: &Arc<Key>| key.name != current && known.contains(&key.name);
            let (old, keys): (Vec<_>, Vec<_>) = ring.keys.drain(..).partition(is_old);
            ring.keys = keys;
            ring.old.extend(old);
        })
    }

    /// Whoever changes the key holds this as long as that takes; nothing if another process does.
    pub fn lock(&self) -> anyhow::Result<Option<File>> {
        let lock = try_lock(&self.0.path.with_extension(CHANGING).to_string_lossy())?;
        if lock.is_some() {
            // Somebody may have changed it before this was alone.
            self.read_again()?;
        }
        Ok(lock)
    }

    /// Reads the file anew if it was changed: another process may have made a key.
    pub fn renew(&self) -> anyhow::Result<()> {
        let written_at = std::fs::metadata(&self.0.path).and_then(|about| about.modified()).ok();
        if written_at.is_none() || written_at == self.with_ring(|ring| ring.written_at) {
            return Ok(());
        }
        self.read_again()
    }

    fn read_again(&self) -> anyhow::Result<()> {
        if let Some(ring) = Ring::read(&self.0.path)? {
            *self.0.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        }
        Ok(())
    }

    /// Lets a database be opened with these keys if they fit, and notes the one in use there.
    pub(in crate::db) fn admit(&self, conn: &mut Conn) -> anyhow::Result<()> {
        if self.fits(conn)? {
            return Ok(());
        }
        transaction(conn, |conn| {
            // Two that start with a key each: the second waits, and sees the first one's. SQLite is
            // let write before it reads, because who read first is not let write after another did.
            match conn {
                Conn::Pg(c) => {
                    diesel::sql_query("LOCK TABLE sealing_keys IN EXCLUSIVE MODE").execute(c)?
                }
                Conn::Sqlite(c) => {
                    diesel::sql_query("DELETE FROM sealing_keys WHERE FALSE").execute(c)?
                }
            };
            if self.fits(conn)? {
                return Ok(());
            }
            self.store()?;
            note(conn, &self.current())
        })?;
        Ok(())
    }

    /// Whether the key in use is noted in a database; an error if we lack one that is.
    fn fits(&self, conn: &mut Conn) -> Result<bool, Error> {
        let known: Vec<String> = sealing_keys::table.select(sealing_keys::name).load(conn)?;
        if known.iter().any(|name| self.find(name).is_none()) {
            // Another process wrote the file after this one had looked for it.
            self.read_again().map_err(|error| Error::internal(format!("{error:#}")))?;
        }
        match known.iter().find(|name| self.find(name).is_none()) {
            Some(missing) => Err(Error::internal(format!(
                "{} lacks the key {missing}, with which private things in this database are \
                 sealed: put the file back from a backup, or copy it from the other server",
                self.0.path.display()
            ))),
            None => Ok(known.contains(&self.current())),
        }
    }

    /// Notes in the database which key is in use, and forgets there the ones that are not any more.
    pub(in crate::db) fn note_keys(&self, conn: &mut Conn) -> Result<(), Error> {
        note(conn, &self.current())?;
        let names = self.with_ring(|ring| names(&ring.keys));
        let gone = sealing_keys::table.filter(sealing_keys::name.ne_all(names));
        diesel::delete(gone).execute(conn)?;
        Ok(())
    }

    fn store(&self) -> anyhow::Result<()> {
        if self.with_ring(|ring| ring.written_at.is_some()) {
            return Ok(());
        }
        self.change(|_| ())
    }

    /// Changes what stands in the file now, which another process may have written.
    fn change(&self, body: impl FnOnce(&mut Ring)) -> anyhow::Result<()> {
        let path = &self.0.path;
        let about = || format!("cannot write {}", path.display());
        let folder = path.parent().with_context(about)?;
        std::fs::create_dir_all(folder).with_context(about)?;
        let folder = File::open(folder).with_context(about)?;
        // Until this ends. Some file systems of other machines have no locks for folders; there the
        // lock of whoever changes the key must do.
        let _ = folder.lock();
        let mut ring = self.0.ring.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = match Ring::read(path)? {
            Some(found) => found,
            None => Ring { keys: ring.keys.clone(), old: ring.old.clone(), written_at: None },
        };
        body(&mut next);
        next.write(path)?;
        *ring = next;
        Ok(())
    }

    fn with_ring<T>(&self, body: impl FnOnce(&Ring) -> T) -> T {
        body(&self.0.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn find(&self, name: &str) -> Option<Arc<Key>> {
        self.with_ring(|ring| {
            ring.keys.iter().chain(&ring.old).find(|key| key.name == name).cloned()
        })
    }

    fn seal(&self, column: &str, text: &str) -> Result<String, Error> {
        let failed = || Error::internal("something private could not be sealed");
        let key = self.with_ring(|ring| ring.keys.last().cloned()).ok_or_else(failed)?;
        let mut data = text.as_bytes().to_vec();
        let nonce = key
            .cipher
            .seal_in_place_append_tag(Aad::from(column.as_bytes()), &mut data)
            .map_err(|_| failed())?;
        let mut all = nonce.as_ref().to_vec();
        all.append(&mut data);
        Ok(format!("{MARK}{}.{}", key.name, URL_SAFE_NO_PAD.encode(all)))
    }

    fn open(&self, column: &str, name: &str, mut data: Vec<u8>) -> Result<String, Error> {
        if self.find(name).is_none() {
            self.read_again()?;
        }
        let key = self
            .find(name)
            .ok_or_else(|| Error::internal(format!("there is no key {name} to open {column}")))?;
        let failed = || Error::internal(format!("what stands in {column} was not sealed there"));
        let (nonce, sealed) = data.split_at_mut_checked(NONCE_LEN).ok_or_else(failed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| failed())?;
        let opened = key
            .cipher
            .open_in_place(nonce, Aad::from(column.as_bytes()), sealed)
            .map_err(|_| failed())?;
        String::from_utf8(opened.to_vec()).map_err(|_| failed())
    }
}

fn names(keys: &[Arc<Key>]) -> Vec<String> {
    keys.iter().map(|key| key.name.clone()).collect()
}

fn note(conn: &mut Conn, name: &str) -> Result<(), Error> {
    let row = sealing_keys::name.eq(name);
    each_backend!(conn, |c| diesel::insert_into(sealing_keys::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "promise_private.note";

    #[test]
    fn what_is_sealed_opens_with_its_key_in_its_column_only() {
        let folder = tempfile::tempdir().unwrap();
        let sealing = Sealing::at(&folder.path().join("keys/sealing")).unwrap();
        let other = Sealing::at(&folder.path().join("others")).unwrap();
        let sealed = {
            let _scope = enter(Some(sealing.clone()));
            let sealed = seal(HERE, "Ring twice, señora.").unwrap();
            assert!(sealed.starts_with(MARK) && !sealed.contains("Ring"));
            assert_ne!(seal(HERE, "Ring twice, señora.").unwrap(), sealed, "never twice the same");
            assert_eq!(open(HERE, sealed.clone()).unwrap(), "Ring twice, señora.");
            assert!(open("turn_private.note", sealed.clone()).is_err());
            assert_eq!(seal(HERE, "").unwrap(), "");
            sealed
        };
        assert!(open(HERE, sealed.clone()).is_err(), "this thread has no keys any more");
        let _scope = enter(Some(other));
        assert!(open(HERE, sealed).is_err());
        for plain in ["", "Hello", "s1.", "s1.a.b", "s1.AAAAAAAA.", "s1. is no list"] {
            assert_eq!(open(HERE, plain.to_owned()).unwrap(), plain);
        }
    }

    #[test]
    fn keys_are_kept_in_a_file_of_ones_own_and_change() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/sealing");
        let sealing = Sealing::at(&path).unwrap();
        assert!(!path.exists(), "it is written when a database takes it");
        sealing.store().unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let before = sealing.seal(HERE, "before").unwrap();
        let server = Sealing::at(&path).unwrap();
        sealing.add_key().unwrap();
        let after = sealing.seal(HERE, "after").unwrap();
        let _scope = enter(Some(server.clone()));
        assert_eq!(open(HERE, after).unwrap(), "after", "it looks into the file again");
        assert_eq!(open(HERE, before.clone()).unwrap(), "before");
        assert_eq!((server.count(), server.current()), (2, sealing.current()));
        sealing.retire_old().unwrap();
        assert_eq!(Sealing::at(&path).unwrap().count(), 1);
        {
            let _scope = enter(Some(Sealing::at(&path).unwrap()));
            assert_eq!(open(HERE, before.clone()).unwrap(), "before", "it opens once more");
            assert!(!seal(HERE, "new").unwrap().contains(before.split('.').nth(1).unwrap()));
        }
        sealing.add_key().unwrap();
        sealing.retire_old().unwrap();
        let _scope = enter(Some(Sealing::at(&path).unwrap()));
        assert!(open(HERE, before).is_err());
        std::fs::write(&path, "nonsense\n").unwrap();
        assert!(Sealing::at(&path).is_err());
    }

    #[test]
    fn of_two_who_change_the_keys_none_loses_one_of_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/sealing");
        let one = Sealing::at(&path).unwrap();
        one.store().unwrap();
        let other = Sealing::at(&path).unwrap();
        one.add_key().unwrap();
        let sealed = one.seal(HERE, "by one").unwrap();
        other.add_key().unwrap();
        // This one does not know the newest key, and must not lose it.
        one.retire_old().unwrap();
        let all = Sealing::at(&path).unwrap();
        assert_eq!((all.current(), all.count()), (other.current(), 2));
        let _scope = enter(Some(all));
        assert_eq!(open(HERE, sealed).unwrap(), "by one");
        // One at a time.
        let lock = one.lock().unwrap().unwrap();
        assert!(other.lock().unwrap().is_none());
        drop(lock);
        assert!(other.lock().unwrap().is_some());
    }
}
