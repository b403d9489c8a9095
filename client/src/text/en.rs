//! What the pages of a call say, in English.

use super::pack::words;

words! {
    /// Every string of the pages of a call; in sentences with values these are named in braces.
    pub struct Text {
        /// How times are written: a BCP 47 tag.
        locale: "en",

        // Lobby.
        home: "Home",
        lobby_title: "Ready to join?",
        lobby_hint: "Nobody sees or hears you before you join.",
        nobody_inside: "Nobody is here yet.",
        one_inside: "{name} is here.",
        two_inside: "{name} and {other} are here.",
        /// Counted: those who are not named.
        many_inside: "one: {name}, {other} and {count} other are here. | other: {name}, {other} and {count} others are here.",
        your_name: "Your name",
        name_placeholder: "How others see you",
        join: "Join",
        joining: "Joining…",
        devices: "Devices",
        microphone: "Microphone",
        camera: "Camera",
        camera_off: "Your camera is off",
        camera_starting: "Starting your camera…",

        // Controls.
        controls: "Call controls",
        microphone_turn_on: "Turn on microphone",
        microphone_turn_off: "Turn off microphone",
        camera_turn_on: "Turn on camera",
        camera_turn_off: "Turn off camera",
        share: "Share your screen",
        share_stop: "Stop sharing your screen",
        react: "React or raise your hand",
        raise_hand: "Raise hand",
        lower_hand: "Lower hand",
        hand_is_up: "Hand is raised",
        copy_link: "Copy link",
        copied: "Link copied",
        leave: "Leave",
        settings: "Settings",

        // The stage.
        people: "People in the call",
        you: "You",
        /// A person without a name.
        nameless: "Guest",
        /// The user's own name on their tile.
        own_name: "{name} (you)",
        move_tile: "Your own picture. Arrow keys move it to another corner.",
        screens: "Shared screens",
        screen_of: "{name}’s screen",
        /// The button on somebody, or on a screen, that makes it large whoever speaks.
        pin: "Keep large",
        zoom: "Zoom",
        full_screen: "Full screen",
        connecting: "Connecting…",
        interrupted: "Reconnecting, {seconds} s",
        unconnected: "No connection yet. Still trying…",
        unanswered: "{name}’s browser does not answer. Still trying…",
        no_relay: "No direct way to {name} was found, and this server has no relay. Still trying…",
        relay_out_of_reach: "Your network allows no direct connection, and no relay could be reached. Still trying…",
        their_relay_out_of_reach: "{name}’s network allows no direct connection, and no relay could be reached. Still trying…",
        no_way: "Neither a direct way nor the relay reaches {name}. Still trying…",
        muted: "Microphone off",
        invite_title: "Only you are here",
        invite_hint: "Send this link to whoever you want to see. Only people who have it can get in.",
        invite_link: "Link to this call",
        copy_failed: "The browser did not allow copying. The link is selected: press Ctrl+C or ⌘C.",

        // The chat; what its panel says is in `chat`.
        chat: "Chat",
        /// Counted.
        unread: "one: Chat, {count} new message | other: Chat, {count} new messages",
        /// Who wrote, and what.
        wrote: "{name}: {words}",

        // Said to a screen reader.
        joined: "{name} joined.",
        departed: "{name} left.",
        was_muted: "{name}’s microphone is off.",
        was_unmuted: "{name}’s microphone is on.",
        microphone_is_on: "Your microphone is on.",
        microphone_is_off: "Your microphone is off.",
        camera_is_on: "Your camera is on.",
        camera_is_off: "Your camera is off.",
        shows_screen: "{name} is sharing a screen.",
        shows_no_screen: "{name} stopped sharing.",
        raised_hand: "{name} raised a hand.",
        lowered_hand: "{name} lowered their hand.",
        screen_is_shown: "You are sharing your screen.",
        screen_is_not_shown: "You stopped sharing your screen.",

        // After the call.
        new_call: "New call",
        left_title: "You left the call",
        /// How long the call was.
        lasted: "It lasted {time}.",
        /// So long, and a little longer.
        and_more: "{time} {more}",
        /// Counted.
        hours: "one: {count} hour | other: {count} hours",
        /// Counted.
        minutes: "one: {count} minute | other: {count} minutes",
        /// Counted.
        seconds: "one: {count} second | other: {count} seconds",
        rejoin: "Rejoin",

        // Problems: what is the matter and what to do, in a sentence or two.
        /// The browser plays no sound before the user does something.
        sound_blocked: "Your browser holds the sound back until you click.",
        sound_play: "Play sound",
        /// The user speaks while they are muted.
        unheard: "You are muted: nobody hears you.",
        /// A device was plugged in that is not used.
        device_found: "“{name}” was plugged in.",
        device_use: "Use it",
        /// The device that the user chose is there again, and used.
        device_back: "“{name}” is back and used again.",
        microphone_gone: "Your microphone was unplugged. “{name}” is used now.",
        camera_gone: "Your camera was unplugged. “{name}” is used now.",
        microphone_muted: "No sound comes from your microphone. Check its own switch and the system’s settings, then try again.",
        camera_muted: "No picture comes from your camera. Check its cover and the system’s settings, then try again.",
        microphone_not_chosen: "The microphone you chose did not start. The one before is still used.",
        camera_not_chosen: "The camera you chose did not start. The one before is still used.",
        retry: "Try again",
        reload: "Reload",
        dismiss: "Dismiss",
        microphone_refused: "Your browser has no permission to use the microphone. Allow it in the address bar, then try again.",
        microphone_missing: "No microphone was found. Plug one in, then try again.",
        microphone_busy: "Another program is using the microphone. Close that program, then try again.",
        microphone_unsupported: "The browser lends its microphone only to pages with an https address. Others won’t hear you.",
        microphone_lost: "The microphone was disconnected. Plug it in again or choose another, then try again.",
        microphone_failed: "The microphone did not start. Check that it is plugged in, then try again.",
        camera_refused: "Your browser has no permission to use the camera. Allow it in the address bar, then try again.",
        camera_missing: "No camera was found. Plug one in, then try again.",
        camera_busy: "Another program is using the camera. Close that program, then try again.",
        camera_unsupported: "The browser lends its camera only to pages with an https address. Others won’t see you.",
        camera_lost: "The camera was disconnected. Plug it in again or choose another, then try again.",
        camera_failed: "The camera did not start. Check that it is plugged in, then try again.",
        screen_unsupported: "This browser cannot share a screen. Use one on a computer.",
        screen_failed: "Your screen is not shared: the system did not let the browser see it. Allow it in the system’s settings, then try again.",
        room_locked: "This call is locked. Ask the person who invited you.",
        removed: "You were removed from the call.",
        /// The host asks the user to mute, and so it is done.
        asked_to_mute: "{name} asked you to mute. Your microphone is off.",
        room_full: "This call is full. Try again when someone has left.",
        server_unreachable: "The server cannot be reached. Check your connection; it is tried again by itself.",
        server_refused: "The server did not let you in. Wait a moment, then try again.",
        outdated: "There is a newer version of this page. Reload it to join.",
        too_many_requests: "The server asks for a short break. Wait a minute, then try again.",
        connection_lost: "The server is out of reach. Your call goes on; new people can join once it is back.",
        file_not_saved: "A file could not be saved there. It is still in the chat: make room, or choose another place.",
        panel_not_loaded: "This part of the page could not be loaded. Check your connection, then open it again.",
    }
}
