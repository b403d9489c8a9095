//! English.

use visavis_call::{DeviceFailure, DeviceKind, Problem, Trouble};

use super::Text;

pub(super) static TEXT: Text = Text {
    promise: "Video calls that open from a link. No account, nothing to install.",
    new_call: "New call",
    link_label: "Have a link?",
    link_placeholder: "Paste it here",
    open_link: "Open",
    link_without_key: "This address has no call in it: the part after # is missing. Copy the whole link and paste it again.",
    link_malformed: "This link is cut off or mistyped. Copy the whole link and paste it again.",
    bad_address: "The link you opened is cut off or mistyped. Ask for it again, or paste the whole link below.",
    recent_calls: "Recent calls",
    remember_calls: "Remember calls on this device",
    remember_hint: "Their links stay in this browser. Whoever uses it can open them.",
    no_recent_calls: "Calls you join from now on appear here.",
    forget: "Forget",
    forget_all: "Forget all",
    language: "Language",
    theme: "Theme",
    theme_system: "System",
    theme_light: "Light",
    theme_dark: "Dark",

    home: "Home",
    lobby_title: "Ready to join?",
    lobby_hint: "Nobody sees or hears you before you join.",
    your_name: "Your name",
    name_placeholder: "How others see you",
    join: "Join",
    joining: "Joining…",
    devices: "Devices",
    microphone: "Microphone",
    camera: "Camera",
    camera_off: "Your camera is off",
    camera_starting: "Starting your camera…",

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

    people: "People in the call",
    you: "You",
    nameless: "Guest",
    own_name: |name| format!("{name} (you)"),
    move_tile: "Your own picture. Arrow keys move it to another corner.",
    screens: "Shared screens",
    screen_of: |name| format!("{name}’s screen"),
    connecting: "Connecting…",
    interrupted: |seconds| format!("Reconnecting, {seconds} s"),
    unconnected: |trouble, name| {
        let trouble = match trouble {
            None => "No connection yet".to_owned(),
            Some(Trouble::Unanswered) => format!("{name}'s browser does not answer"),
            Some(Trouble::NoRelay) => {
                format!("No direct way to {name} was found, and this server has no relay")
            }
            Some(Trouble::RelayOutOfReach) => {
                "Your network allows no direct connection, and no relay could be reached".to_owned()
            }
            Some(Trouble::TheirRelayOutOfReach) => {
                format!("{name}'s network allows no direct connection, and no relay could be reached")
            }
            Some(Trouble::NoWay) => format!("Neither a direct way nor the relay reaches {name}"),
        };
        trouble + ". Still trying…"
    },
    muted: "Microphone off",
    invite_title: "Only you are here",
    invite_hint: "Send this link to whoever you want to see. Only people who have it can get in.",
    invite_link: "Link to this call",
    invite_code: "The link as a QR code, for a phone’s camera",
    copy_failed: "The browser did not allow copying. The link is selected: press Ctrl+C or ⌘C.",

    chat: "Chat",
    unread: |count| match count {
        "1" => "Chat, 1 new message".to_owned(),
        _ => format!("Chat, {count} new messages"),
    },
    wrote: |name, words| format!("{name}: {words}"),

    joined: |name| format!("{name} joined."),
    departed: |name| format!("{name} left."),
    was_muted: |name| format!("{name}’s microphone is off."),
    was_unmuted: |name| format!("{name}’s microphone is on."),
    microphone_is_on: "Your microphone is on.",
    microphone_is_off: "Your microphone is off.",
    camera_is_on: "Your camera is on.",
    camera_is_off: "Your camera is off.",
    shows_screen: |name| format!("{name} is sharing a screen."),
    shows_no_screen: |name| format!("{name} stopped sharing."),
    raised_hand: |name| format!("{name} raised a hand."),
    lowered_hand: |name| format!("{name} lowered their hand."),
    screen_is_shown: "You are sharing your screen.",
    screen_is_not_shown: "You stopped sharing your screen.",

    left_title: "You left the call",
    lasted,
    rejoin: "Rejoin",

    sound_blocked: "Your browser holds the sound back until you click.",
    sound_play: "Play sound",
    unheard: "You are muted: nobody hears you.",
    device_found: |device| format!("“{device}” was plugged in."),
    device_use: "Use it",
    device_back: |device| format!("“{device}” is back and used again."),
    microphone_gone: |device| format!("Your microphone was unplugged. “{device}” is used now."),
    camera_gone: |device| format!("Your camera was unplugged. “{device}” is used now."),
    retry: "Try again",
    reload: "Reload",
    dismiss: "Dismiss",
    problem,
};

fn counted(count: u64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

fn lasted(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let (large, small) = match (hours, minutes) {
        (0, 0) => return format!("It lasted {}.", counted(seconds, "second")),
        (0, _) => (counted(minutes, "minute"), (seconds, "second")),
        (_, _) => (counted(hours, "hour"), (minutes, "minute")),
    };
    match small {
        (0, _) => format!("It lasted {large}."),
        (count, unit) => format!("It lasted {large} {}.", counted(count, unit)),
    }
}

fn problem(problem: Problem) -> &'static str {
    use DeviceFailure as F;
    use DeviceKind::{Camera, Microphone};
    match problem {
        Problem::Device(Microphone, F::Refused) => {
            "Your browser has no permission to use the microphone. Allow it in the address bar, then try again."
        }
        Problem::Device(Microphone, F::Missing) => "No microphone was found. Plug one in, then try again.",
        Problem::Device(Microphone, F::Busy) => {
            "Another program is using the microphone. Close that program, then try again."
        }
        Problem::Device(Microphone, F::Unsupported) => {
            "The browser lends its microphone only to pages with an https address. Others won’t hear you."
        }
        Problem::Device(Microphone, F::Lost) => {
            "The microphone was disconnected. Plug it in again or choose another, then try again."
        }
        Problem::Device(Microphone, F::Muted) => {
            "No sound comes from your microphone. Check its own switch and the system’s settings, then try again."
        }
        Problem::Device(Microphone, F::Other) => {
            "The microphone did not start. Check that it is plugged in, then try again."
        }
        Problem::Device(Camera, F::Refused) => {
            "Your browser has no permission to use the camera. Allow it in the address bar, then try again."
        }
        Problem::Device(Camera, F::Missing) => "No camera was found. Plug one in, then try again.",
        Problem::Device(Camera, F::Busy) => {
            "Another program is using the camera. Close that program, then try again."
        }
        Problem::Device(Camera, F::Unsupported) => {
            "The browser lends its camera only to pages with an https address. Others won’t see you."
        }
        Problem::Device(Camera, F::Lost) => {
            "The camera was disconnected. Plug it in again or choose another, then try again."
        }
        Problem::Device(Camera, F::Muted) => {
            "No picture comes from your camera. Check its cover and the system’s settings, then try again."
        }
        Problem::Device(Camera, F::Other) => {
            "The camera did not start. Check that it is plugged in, then try again."
        }
        Problem::Screen(F::Unsupported) => "This browser cannot share a screen. Use one on a computer.",
        Problem::Screen(F::Refused | F::Missing | F::Busy | F::Lost | F::Muted | F::Other) => {
            "Your screen is not shared: the system did not let the browser see it. Allow it in the system’s settings, then try again."
        }
        Problem::DeviceNotChosen(Microphone) => {
            "The microphone you chose did not start. The one before is still used."
        }
        Problem::DeviceNotChosen(Camera) => {
            "The camera you chose did not start. The one before is still used."
        }
        // They are told with the device's name.
        Problem::DeviceFound(_) | Problem::DeviceGone(_) | Problem::DeviceBack(_) => "",
        Problem::RoomFull => "This call is full. Try again when someone has left.",
        Problem::ServerUnreachable => {
            "The server cannot be reached. Check your connection; it is tried again by itself."
        }
        Problem::ServerRefused => "The server did not let you in. Wait a moment, then try again.",
        Problem::Outdated => "There is a newer version of this page. Reload it to join.",
        Problem::TooManyRequests => "The server asks for a short break. Wait a minute, then try again.",
        Problem::ConnectionLost => {
            "The server is out of reach. Your call goes on; new people can join once it is back."
        }
        Problem::FileNotSaved => {
            "A file could not be saved there. It is still in the chat: make room, or choose another place."
        }
        Problem::PanelNotLoaded => "The chat could not be loaded. Check your connection, then open it again.",
    }
}
