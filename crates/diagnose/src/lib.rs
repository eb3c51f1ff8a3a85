//! From a trace and two configurations to ranked causes.
