//! g^x and g^xy behind a memo, so that repeated runs of one seed pay for each power once.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::crypto::{DhError, DhGroup, Private};

/// A pure function with a bounded memory, owned by the caller and shared by its copies. It only saves time:
/// every handle equals every other, and none is hashed.
#[derive(Clone, Default)]
pub struct Powers(Option<Arc<Mutex<Memo>>>);

type Key = (DhGroup, Private, Option<Vec<u8>>);

#[derive(Default)]
struct Memo {
    capacity: usize,
    known: BTreeMap<Key, Result<Vec<u8>, DhError>>,
    /// In order of arrival: the first goes first.
    order: VecDeque<Key>,
}

impl Powers {
    /// Remembers up to `capacity` powers.
    pub fn new(capacity: usize) -> Powers {
        Powers(Some(Arc::new(Mutex::new(Memo { capacity, ..Memo::default() }))))
    }

    /// Remembers nothing, as a live peer should.
    pub fn none() -> Powers {
        Powers(None)
    }

    /// g^x, [`DhGroup::public_len`] bytes.
    pub fn public(&self, group: DhGroup, private: &Private) -> Vec<u8> {
        self.remember((group, private.clone(), None), || Ok(group.public(private))).unwrap_or_default()
    }

    /// g^xy, [`DhGroup::shared_len`] bytes.
    ///
    /// # Errors
    /// [`DhError`]: the peer's value cannot be used.
    pub fn shared(&self, group: DhGroup, private: &Private, peers: &[u8]) -> Result<Vec<u8>, DhError> {
        self.remember((group, private.clone(), Some(peers.to_vec())), || group.shared(private, peers))
    }

    /// Computes many powers at once, where that is cheaper, and remembers them: for a caller who knows what will
    /// be asked. `None` asks for g^x, a peer's public value for g^xy. Remembers no more than its capacity.
    pub fn prepare(&self, group: DhGroup, mut work: Vec<(Private, Option<Vec<u8>>)>) {
        let Some(memo) = &self.0 else {
            return;
        };
        let key = |(private, peers): &(Private, Option<Vec<u8>>)| (group, private.clone(), peers.clone());
        work.sort();
        work.dedup();
        {
            let memo = lock(memo);
            work.retain(|item| !memo.known.contains_key(&key(item)));
        }
        let values = group.batch(&work);
        let mut memo = lock(memo);
        for (item, value) in work.iter().zip(values) {
            memo.insert(key(item), value);
        }
    }

    /// The lock is not held while computing; two threads may compute the same power, which is harmless.
    fn remember(&self, key: Key, compute: impl Fn() -> Result<Vec<u8>, DhError>) -> Result<Vec<u8>, DhError> {
        let Some(memo) = &self.0 else {
            return compute();
        };
        if let Some(value) = lock(memo).known.get(&key) {
            return value.clone();
        }
        let value = compute();
        lock(memo).insert(key, value.clone());
        value
    }
}

/// A panic elsewhere leaves the memo whole: each insertion is complete or has not begun.
fn lock(memo: &Mutex<Memo>) -> MutexGuard<'_, Memo> {
    memo.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memo {
    fn insert(&mut self, key: Key, value: Result<Vec<u8>, DhError>) {
        if self.capacity == 0 || self.known.contains_key(&key) {
            return;
        }
        while self.order.len() >= self.capacity {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
        self.order.push_back(key.clone());
        self.known.insert(key, value);
    }
}

impl PartialEq for Powers {
    fn eq(&self, _: &Powers) -> bool {
        true
    }
}

impl Eq for Powers {}

impl Hash for Powers {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl fmt::Debug for Powers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Powers")
    }
}
