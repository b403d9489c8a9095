//! The lab itself, and what the product does on bad networks. Run by `cargo xtask test lab`, as root on Linux.
//!
//! Where there can be no lab, every test fails and says why: none of them passes without having looked.

mod anew;
mod calls;
mod chat;
mod closed;
mod coturn;
mod cuts;
mod departures;
mod files;
mod middlebox;
mod narrow;
mod network;
mod page_port;
mod passing;
mod servers;
mod storm;
