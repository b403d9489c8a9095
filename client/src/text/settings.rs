//! What the settings say, in English. They are a program of their own.

use super::pack::words;

words! {
    /// Every string of the settings.
    pub struct SettingsText {
        settings: "Settings",
        close: "Close",
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
