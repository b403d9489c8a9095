//! What is said of links, in English: on tiles, and in the panel. A program of its own says it.

use super::pack::words;

words! {
    /// Every string about links; in sentences with values these are named in braces.
    pub struct QualityText {
        /// A person without a name.
        somebody: "Guest",

        // What is wrong.
        their_uplink_loses: "{name}’s uplink loses {loss}\u{a0}% of packets.",
        our_uplink_loses: "Your uplink loses {loss}\u{a0}% of packets.",
        their_downlink_loses: "{loss}\u{a0}% of packets do not reach {name}.",
        our_downlink_loses: "{loss}\u{a0}% of packets do not reach you.",
        path_loses: "{loss}\u{a0}% of packets are lost between {name} and you.",
        their_uplink_narrow: "{name}’s uplink carries too little.",
        our_uplink_narrow: "Your uplink carries too little.",
        path_narrow: "The way between {name} and you carries too little.",
        their_picture_lowered: "Their video was lowered.",
        their_picture_off: "Their video is off until it fits.",
        our_picture_lowered: "Your video was lowered.",
        our_picture_off: "Your video is off until it fits.",
        they_are_busy: "{name}’s device does not keep up with the video.",
        we_are_busy: "Your device does not keep up with the video.",
        far: "What is said takes long: {time}\u{a0}ms there and back.",
        unsteady: "Packets from {name} come unevenly.",
        their_microphone_silent: "{name}’s microphone is on but silent.",
        our_microphone_silent: "Your microphone is on but silent.",
        their_camera_still: "{name}’s camera is on but gives no picture.",
        our_camera_still: "Your camera is on but gives no picture.",
        weak: "The link to {name} is weak.",
        nothing_comes: "Nothing comes from {name}.",

        // What to do about it.
        advice_their_network: "Ask {name} to move closer to the router, or to use a cable.",
        advice_our_network: "Move closer to your router or use a cable, and close what else uses the network.",
        advice_path: "Usually this passes. If not, another network on either side may help.",
        advice_they_are_busy: "Ask {name} to close other programs and tabs.",
        advice_we_are_busy: "Close other programs and tabs.",
        advice_far: "Leave each other a moment before you speak.",
        advice_their_device: "Ask {name} to choose another one in the settings, or to look for a switch on it.",
        advice_our_device: "Choose another one in the settings, or look for a switch on it.",
    }
}
