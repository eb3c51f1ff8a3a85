//! g^x and g^xy behind a memo, so that repeated runs of one seed pay for each power once, and both sides of a
//! simulated exchange for one g^xy.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::FxBuildHasher;

use crate::crypto::{DhError, DhGroup, Private};

/// A pure function with a bounded memory, owned by the caller and shared by its copies. It only saves time:
/// every handle equals every other, and none is hashed.
#[derive(Clone, Default)]
pub struct Powers(Option<Arc<Mutex<Memo>>>);

/// What a power is made of.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    /// g^x.
    Public(DhGroup, Private),
    /// g^xy with both exponents known, the lower first: one for both sides.
    Between(DhGroup, [Private; 2]),
    /// g^xy with a value from elsewhere: altered on the way, or made up.
    With(DhGroup, Private, Vec<u8>),
}

impl Key {
    fn between(group: DhGroup, one: Private, other: Private) -> Key {
        // Sorted: g^xy is the same from either side.
        Key::Between(group, if one <= other { [one, other] } else { [other, one] })
    }
}

/// Without a seed, and never walked through: what it holds does not depend on any order.
type Map<K, V> = HashMap<K, V, FxBuildHasher>;

#[derive(Default)]
struct Memo {
    capacity: usize,
    known: Map<Key, Result<Vec<u8>, DhError>>,
    /// The exponents behind the public values in `known`. Values of two groups are never equal but by forgery, so
    /// the group is checked and not looked up.
    exponents: Map<Vec<u8>, (DhGroup, Private)>,
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
        let Some(memo) = &self.0 else {
            return group.public(private);
        };
        let key = Key::Public(group, private.clone());
        remember(memo, key, || Ok(group.public(private))).unwrap_or_default()
    }

    /// This is a public value that was made here: it arrived as it was sent.
    pub(crate) fn has_made(&self, group: DhGroup, public: &[u8]) -> bool {
        let Some(memo) = &self.0 else {
            return false;
        };
        lock(memo).exponents.get(public).is_some_and(|(its, _)| *its == group)
    }

    /// g^xy, [`DhGroup::shared_len`] bytes.
    ///
    /// # Errors
    /// [`DhError`]: the peer's value cannot be used.
    pub fn shared(&self, group: DhGroup, private: &Private, peers: &[u8]) -> Result<Vec<u8>, DhError> {
        let Some(memo) = &self.0 else {
            return group.shared(private, peers);
        };
        // Found by its bytes, so only a value that arrived as it was sent.
        let known = lock(memo).exponents.get(peers).filter(|(its, _)| *its == group).cloned();
        let key = match known {
            Some((_, other)) => Key::between(group, private.clone(), other),
            None => Key::With(group, private.clone(), peers.to_vec()),
        };
        remember(memo, key, || group.shared(private, peers))
    }

    /// Computes both sides of many exchanges at once, far cheaper than one power after the other, and remembers
    /// them: for a caller who knows what will be asked. Those known already cost nothing. Remembers no more than its
    /// capacity.
    pub fn prepare(&self, group: DhGroup, mut pairs: Vec<[Private; 2]>) {
        let Some(memo) = &self.0 else {
            return;
        };
        let between = |[x, y]: &[Private; 2]| Key::between(group, x.clone(), y.clone());
        // Runs of one seed ask for the same pairs: each is worth one computation.
        pairs.sort();
        pairs.dedup();
        {
            let memo = lock(memo);
            pairs.retain(|pair| !memo.known.contains_key(&between(pair)));
        }
        // Without the lock: the other threads go on with what is known.
        let exchanges = group.exchanges(&pairs);
        let mut memo = lock(memo);
        for (pair, exchange) in pairs.iter().zip(exchanges) {
            for (private, public) in pair.iter().zip(exchange.publics) {
                memo.insert(Key::Public(group, private.clone()), Ok(public));
            }
            memo.insert(between(pair), Ok(exchange.shared));
        }
    }
}

/// The lock is not held while computing; two threads may compute the same power, which is harmless.
fn remember(
    memo: &Mutex<Memo>,
    key: Key,
    compute: impl Fn() -> Result<Vec<u8>, DhError>,
) -> Result<Vec<u8>, DhError> {
    if let Some(value) = lock(memo).known.get(&key) {
        return value.clone();
    }
    // Without the lock: two threads may do the same work, but none waits for a power.
    let value = compute();
    lock(memo).insert(key, value.clone());
    value
}

/// A panic elsewhere leaves the memo whole: each insertion is complete or has not begun.
fn lock(memo: &Mutex<Memo>) -> MutexGuard<'_, Memo> {
    // Whatever a panic left undone: a memo that lacks a value is still right.
    memo.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memo {
    fn insert(&mut self, key: Key, value: Result<Vec<u8>, DhError>) {
        if self.capacity == 0 || self.known.contains_key(&key) {
            return;
        }
        while self.order.len() >= self.capacity {
            self.forget_oldest();
        }
        if let (Key::Public(group, private), Ok(public)) = (&key, &value) {
            self.exponents.insert(public.clone(), (*group, private.clone()));
        }
        self.order.push_back(key.clone());
        self.known.insert(key, value);
    }

    fn forget_oldest(&mut self) {
        let oldest = self.order.pop_front();
        if let Some(Ok(public)) = oldest.and_then(|key| self.known.remove(&key)) {
            // Only a public value has an exponent here.
            self.exponents.remove(&public);
        }
    }
}

impl PartialEq for Powers {
    fn eq(&self, _: &Powers) -> bool {
        // A memo is no part of what an endpoint is: the explorer's worlds may differ in it and be one.
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
