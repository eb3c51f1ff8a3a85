//! Two endpoints, a network between them, faults, and the trace of what happened.
