//! What the negotiation reads in descriptions (RFC 8866).

use crate::input::Candidate;

/// Whether a candidate is of the ICE session that the description begins or goes on with.
pub(super) fn belongs(candidate: &Candidate, sdp: &str) -> bool {
    candidate.username_fragment.is_none() || candidate.username_fragment.as_deref() == session(sdp)
}

/// The ICE session that a description begins or goes on with (RFC 8839 §5.4). There is one: everything is bundled.
pub(super) fn session(sdp: &str) -> Option<&str> {
    sdp.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:"))
}

/// Whether the browser that made this offer, if it restarts ICE, must tell its candidates after it has the answer: one of
/// libwebrtc (Chromium, Safari), which says so.
///
/// It pairs its new ports with those that the other side had before as well. Where such a pair works already, and a check
/// comes from a port that it has not been told of, it gives up the pair of the two new ports for it, and sends to a port at
/// which Firefox hears no more. Before they know its candidates, the other side makes no checks.
pub(super) fn tells_candidates_late(offer: &str) -> bool {
    offer.contains("a=msid-semantic: WMS")
}

/// A description without the candidates it tells.
pub(super) fn without_candidates(sdp: &str) -> String {
    sdp.split_inclusive('\n').filter(|line| !line.starts_with("a=candidate:")).collect()
}
