//! living
