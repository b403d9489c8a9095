//! The harness of the end-to-end tests: the real server, real browsers, and people who sit before them.
//!
//! A test is a scene: `perform` gives it a [`Stage`], the stage starts servers and seats people, and when the scene
//! fails it leaves a screenshot, the page's HTML and its console in `target/e2e`. Everything is done through the
//! page's stable names (`data-testid`, `data-state`, …); this crate knows none of the application's own code.
//!
//! `perform_in_lab` also gives it a [`Lab`]: networks of its own, in which servers and people can be placed.
//!
//! Nothing here sleeps in place of a condition: see [`wait::until`].

pub mod audit;
pub mod bare;
pub mod browser;
pub mod certificate;
pub mod chat;
pub mod coturn;
pub mod edition;
pub mod file_loops;
pub mod files;
pub mod fit;
pub mod floor;
pub mod frames;
pub mod gallery;
pub mod gateway;
pub mod gauge;
pub mod lab;
pub mod person;
pub mod quality;
pub mod repairs;
pub mod report;
pub mod screens;
pub mod server;
pub mod site;
pub mod stage;
pub mod stats;
pub mod table;
pub mod tiles;
pub mod tool;
pub mod voice;
pub mod wait;
pub mod watch;
pub mod ways;

pub use browser::{Devices, Kind, Place, Setup};
pub use certificate::Certificate;
pub use chat::Message;
pub use coturn::Coturn;
pub use files::{Card, TestFile};
pub use gateway::Gateway;
pub use lab::{Access, Conditions, Firewall, Lab, Nat, Screen};
pub use person::Person;
pub use server::Server;
pub use stage::{Outcome, Stage, all_see_and_hear_each_other, all_see_each_other, perform, perform_in_lab};
pub use stats::{Expect, Quality};
pub use tiles::Tile;
pub use ways::Way;
