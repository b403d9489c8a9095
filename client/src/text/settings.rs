//! What the settings say, in English. They are a program of their own.

use super::pack::words;

words! {
    /// Every string of the settings.
    pub struct SettingsText {
        settings: "Settings",
        close: "Close",
        look: "View",
        layout_grid: "Everybody equally large",
        layout_speaker: "Whoever speaks is large",
        hide_own: "Hide my own picture",
        hide_own_hint: "The others see you as before",
        screen: "Your screen",
        screen_text: "Sharp text",
        screen_text_hint: "For slides, documents and code",
        screen_motion: "Smooth motion",
        screen_motion_hint: "For films and games",
        devices: "Devices",
        microphone: "Microphone",
        camera: "Camera",
        speaker: "Speaker",
        browser_choice: "Browser’s choice",
        test_sound: "Play a test sound",
        processing: "Your microphone’s sound",
        echo_cancellation: "Cancel echo",
        echo_cancellation_hint: "Keeps what comes out of your speaker out of the call",
        noise_suppression: "Suppress noise",
        noise_suppression_hint: "Turn it off to play music",
        auto_gain_control: "Adjust volume",
        auto_gain_control_hint: "Makes a quiet voice louder",
        invite: "Invite others",
        invite_link: "Link to this call",
        invite_code: "The link as a QR code, for a phone’s camera",
        invite_share: "Share the link",
        invite_mail: "Send the link by e-mail",
        /// What the mail is about.
        invite_subject: "Video call",
        /// What it says; the link stands below.
        invite_letter: "Join my video call with this link:",
        copy_link: "Copy link",
        copied: "Link copied",
        copy_failed: "The browser did not allow copying. The link is selected: press Ctrl+C or ⌘C.",
        shortcuts: "Keyboard shortcuts",
        /// The space bar's name.
        space: "Space",
        key_microphone: "Microphone on or off",
        key_talk: "Hold to talk while muted",
        key_camera: "Camera on or off",
        key_screen: "Share your screen, or stop",
        key_hand: "Raise or lower your hand",
        key_chat: "Open or close the chat",
        key_settings: "Open or close this panel",
    }
}
