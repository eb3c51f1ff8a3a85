//! A trace and its diagnosis as text and JSON.
