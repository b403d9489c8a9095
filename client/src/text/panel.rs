//! What the chat's panel says, and the cards of files in it, in English.

use super::pack::words;

words! {
    /// Every string of the panel; in sentences with values these are named in braces.
    pub struct PanelText {
        /// How times are written: a BCP 47 tag.
        locale: "en",
        you: "You",
        /// A person without a name.
        nameless: "Guest",
        title: "Chat",
        close: "Close",
        messages: "Messages",
        message: "Message",
        send: "Send",
        to: "To",
        everyone: "Everyone",
        only_to: "only to {name}",
        only_to_you: "only to you",
        chat_empty: "Nobody has written yet. Who joins later sees what was written to everyone.",
        chat_shortened: "Earlier messages are not kept any more.",
        latest: "Latest messages",
        one_types: "{name} is typing…",
        two_type: "{name} and {other} are typing…",
        many_type: "Several people are typing…",
        edit: "Edit",
        editing: "You are changing a message.",
        cancel: "Cancel",
        delete: "Delete",
        was_edited: "edited",
        was_deleted: "Message deleted",
        nobody: "They have left. Choose who shall read this.",
        /// Counted, in characters.
        too_long: "one: {count} character too many | other: {count} characters too many",
        chat_settings: "What is kept",
        keep_chat: "Keep on this device",
        keep_chat_hint: "Encrypted with the key in the call’s link, for when you come back.",
        clear_chat: "Clear messages here",

        // Files.
        attach: "Send files",
        accept: "Accept",
        /// Counted: so many files, of so much altogether.
        offered: "one: {count} file offered, {size} | other: {count} files offered, {size}",
        accept_all: "Accept all",
        /// Counted: so many files, of so much altogether.
        received: "one: {count} file received, {size} | other: {count} files received, {size}",
        save_all: "Save all",
        decline: "Decline",
        pause: "Pause",
        go_on: "Resume",
        stop: "Cancel",
        /// Of a file of one's own that does not flow at the moment.
        withdraw: "Stop offering",
        save: "Save",
        remove: "Remove",
        try_again: "Try again",
        show: "Show picture",
        progress: "Progress",
        /// Bytes, and thousand times as many each.
        units: "B kB MB GB TB",
        /// Between whole ones and tenths.
        point: ".",
        of: "{done} of {size}",
        speed: "{size}/s",
        seconds_left: "{count}\u{a0}s left",
        minutes_left: "{count}\u{a0}min left",
        hours_left: "{count}\u{a0}h left",
        declined: "Declined",
        preparing: "Making room…",
        waiting: "Waiting for {name}",
        paused: "Paused",
        held: "Paused by {name}",
        done: "Received and verified",
        full: "There is not enough space on this device. Free some, then try again.",
        not_stored: "This browser cannot store it here. Private windows often cannot.",
        changed: "The sender’s file has changed. Ask for it anew.",
        damaged: "What arrived was not what was offered, again and again.",
        withdrawn: "Not offered any more",
        own_withdrawn: "You do not offer it any more",
        own_changed: "The file has changed on your disk. Send it anew.",
        asked: "has not answered yet",
        nobody_here: "Offered to whoever joins",
        has_it: "has it",
        wants_it_not: "declined",
        others: "From other calls",
    }
}
